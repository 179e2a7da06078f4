/** `feature-columns transform` and `score`: rows in, outputs out, in the formats that files and options say. */
import { FeatureColumnError } from 'feature-columns';
import { openDestination, type Destination } from './destination.js';
import { inputFormat, isArrowFile, outputFormat, type OutputFormat } from './formats.js';
import { localRunner } from './layer_runner.js';
import { openRows, rowFormat } from './row_source.js';
import { threadedRunner, type Job, type LayerInfo, type Output } from './runner.js';
import { nullScore, scoreName } from './score.js';
import { streamRows, type OnError, type RowSink, type Summary } from './stream.js';
import { dataOf, lengthsOf, Lines, NpyVectors, nullVector } from './transform.js';
import { csvFormat, helpOf, oneOf, optionsOf, UsageError, wholeNumber } from './usage.js';

type StreamCommand = 'transform' | 'score';

/** The layers whose output is vectors, not predictions. */
const VECTORS = ['dense_features', 'sequence_features'];

/** @throws FeatureColumnError `invalid_argument` for a layer that the command is not for: before any row is read */
function checkKind(command: StreamCommand, { kind }: LayerInfo): void {
  if (command === 'score' && VECTORS.includes(kind)) throw new FeatureColumnError('invalid_argument', `score takes a spec of an estimator or a linear_model, and not of ${kind}; its vectors are what transform writes`);
  if (command === 'transform' && kind !== 'linear_model' && !VECTORS.includes(kind)) throw new FeatureColumnError('invalid_argument', `transform takes a spec of ${VECTORS.join(', ')} or linear_model, and not of ${kind}; its predictions are what score writes`);
}

const OUTPUT_FORMATS = { transform: ['ndjson', 'npy', 'arrow'], score: ['ndjson', 'arrow'] } as const;

async function sinkOf(command: StreamCommand, format: OutputFormat, destination: Destination, isFile: boolean, info: LayerInfo, steps: number | undefined): Promise<RowSink> {
  const sequences = info.kind === 'sequence_features';
  if (format === 'npy') return new NpyVectors(destination, info, sequences ? steps : undefined);
  if (format === 'ndjson') return new Lines(destination, command === 'score' ? nullScore : nullVector);
  const { ArrowSink } = await import('./arrow_output.js');
  if (command === 'transform') {
    const column = { name: 'features', width: info.width, integers: false, steps: sequences };
    const features = (outputs: readonly Output[]) => [{ ...column, output: dataOf(outputs), lengths: lengthsOf(outputs) }];
    return ArrowSink.open(destination, isFile, features, info.width > 0 ? [column] : undefined);
  }
  return ArrowSink.open(destination, isFile, (outputs) =>
    outputs.map((output) => {
      const width = output.shape.slice(1).reduce((product, size) => product * size, 1);
      return { name: scoreName(output), width, integers: output.data instanceof Int32Array, steps: false, output, lengths: undefined };
    }));
}

/** @param entry the program that worker threads start with */
export async function runStream(command: StreamCommand, args: readonly string[], entry: URL): Promise<void> {
  const { values, positionals } = optionsOf(command, args) as { values: Record<string, string | boolean | undefined>; positionals: string[] };
  if (values['help']) return void process.stdout.write(helpOf(command));
  if (positionals.length > 0) throw new UsageError(`${command} takes no argument "${positionals[0]}"; the input is --input`);
  const text = (name: string) => values[name] as string | undefined;
  const spec = text('spec');
  if (spec === undefined) throw new UsageError(`${command} needs --spec`);
  const input = text('input') ?? '-';
  const output = text('output') ?? '-';
  if (input === '-' && process.stdin.isTTY) throw new UsageError('there is no input: give --input, or pipe rows in');
  const format = inputFormat(text('input-format'), input);
  const csv = csvFormat(format, text('csv-delimiter'), text('csv-list-separator'));
  const outFormat = outputFormat(text('output-format'), output, OUTPUT_FORMATS[command]);
  const threads = wholeNumber('threads', text('threads') ?? '1', 1);
  const batchSize = wholeNumber('batch-size', text('batch-size') ?? '1024', 1);
  const steps = text('steps') === undefined ? undefined : wholeNumber('steps', text('steps') as string, 1);
  const maxErrors = text('max-errors') === undefined ? Infinity : wholeNumber('max-errors', text('max-errors') as string, 0);
  const onError: OnError = oneOf('on-error', text('on-error') ?? 'fail', ['fail', 'skip', 'null']);
  const quiet = values['quiet'] === true;

  const job: Job = { spec, format: rowFormat(format), text: outFormat !== 'ndjson' ? undefined : command === 'score' ? 'scores' : 'vectors' };
  const runner = threads === 1 ? await localRunner(job) : await threadedRunner(entry, job, threads);
  let summary: Summary;
  try {
    checkKind(command, runner.info);
    if (runner.info.kind === 'sequence_features' && outFormat === 'npy' && steps === undefined) {
      throw new UsageError('sequences as .npy need --steps N: every row of an array has the same number of steps');
    }
    const source = await openRows({ input, format, batchSize, spec, csv, keepOthers: command === 'score' && outFormat === 'ndjson' });
    const destination = await openDestination(output, outFormat === 'npy');
    try {
      const sink = await sinkOf(command, outFormat, destination, isArrowFile(output), runner.info, steps);
      summary = await streamRows(runner, source, { depth: threads === 1 ? 1 : threads + 1, onError, maxErrors, quiet }, sink);
      await sink.finish?.();
      await destination.finish();
    } catch (error) {
      await destination.discard();
      throw error;
    }
  } finally {
    await runner.close();
  }
  if (summary.errors > 0 && !quiet) process.stderr.write(`${summary.rows} rows written, ${summary.errors} bad rows ${onError === 'skip' ? 'left out' : 'written as null'}\n`);
}
