/** The command line: `feature-columns <command>`. Exit code 0 done, 1 the data failed, 2 wrong usage. */
import { isMainThread, workerData } from 'node:worker_threads';
import { readFileSync } from 'node:fs';
import { ClosedPipe, openDestination, removeUnfinished } from './destination.js';
import { inspect } from './inspect.js';
import { localRunner, serveWorker } from './layer_runner.js';
import { threadedRunner, type RowFormat } from './runner.js';
import { ScoredRows } from './score.js';
import { streamRows, type OnError, type RowSink, type Summary } from './stream.js';
import { NdjsonVectors, NpyVectors } from './transform.js';
import { helpOf, isCommand, oneOf, optionsOf, UsageError, wholeNumber, type CommandName } from './usage.js';

const packageVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

const ending = (name: string) => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

function inputFormat(given: string | undefined, input: string): RowFormat {
  if (given !== undefined) return oneOf('input-format', given, ['ndjson', 'tfrecord']);
  return ['tfrecord', 'tfrecords'].includes(ending(input)) ? 'tfrecord' : 'ndjson';
}

async function runStream(command: 'transform' | 'score', args: readonly string[]): Promise<void> {
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
  const formats = command === 'transform' ? (['ndjson', 'npy'] as const) : (['ndjson'] as const);
  const outputFormat = oneOf('output-format', text('output-format') ?? (ending(output) === 'npy' && command === 'transform' ? 'npy' : 'ndjson'), formats as readonly ('ndjson' | 'npy')[]);
  const threads = wholeNumber('threads', text('threads') ?? '1', 1);
  const batchSize = wholeNumber('batch-size', text('batch-size') ?? '1024', 1);
  const steps = text('steps') === undefined ? undefined : wholeNumber('steps', text('steps') as string, 1);
  const maxErrors = text('max-errors') === undefined ? Infinity : wholeNumber('max-errors', text('max-errors') as string, 0);
  const onError: OnError = oneOf('on-error', text('on-error') ?? 'fail', ['fail', 'skip', 'null']);
  const quiet = values['quiet'] === true;

  const runner = threads === 1 ? await localRunner(spec, format) : await threadedRunner(new URL(import.meta.url), spec, format, threads);
  const destination = await openDestination(output, outputFormat === 'npy');
  let summary: Summary;
  try {
    if (runner.info.kind === 'sequence_features' && outputFormat === 'npy' && steps === undefined) {
      throw new UsageError('sequences as .npy need --steps N: every row of an array has the same number of steps');
    }
    let sink: RowSink;
    let npy: NpyVectors | undefined;
    if (command === 'score') sink = new ScoredRows(destination, format);
    else if (outputFormat === 'npy') sink = npy = new NpyVectors(destination, runner.info, runner.info.kind === 'sequence_features' ? steps : undefined);
    else sink = new NdjsonVectors(destination);
    summary = await streamRows(runner, { input, format, batchSize, depth: threads === 1 ? 1 : threads + 1, onError, maxErrors, quiet }, sink);
    await npy?.finish();
    await destination.finish();
  } catch (error) {
    await destination.discard();
    throw error;
  } finally {
    await runner.close();
  }
  if (summary.errors > 0 && !quiet) process.stderr.write(`${summary.rows} rows written, ${summary.errors} bad rows ${onError === 'skip' ? 'left out' : 'written as null'}\n`);
}

const run: Record<CommandName, (args: readonly string[]) => Promise<void>> = {
  transform: (args) => runStream('transform', args),
  score: (args) => runStream('score', args),
  inspect,
};

async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  if (command === undefined) throw new UsageError('a command is missing');
  if (command === '--help' || command === '-h' || command === 'help') {
    const [topic] = rest;
    return void process.stdout.write(helpOf(topic !== undefined && isCommand(topic) ? topic : undefined));
  }
  if (command === '--version') return void process.stdout.write(`${packageVersion()}\n`);
  if (!isCommand(command)) throw new UsageError(`there is no command "${command}"`);
  await run[command](rest);
}

/** The exit code of a failure, after telling it on standard error. */
function report(error: unknown): number {
  if (error instanceof ClosedPipe) return 0;
  if (error instanceof UsageError) {
    process.stderr.write(`feature-columns: ${error.message}\n\n${helpOf()}`);
    return 2;
  }
  const known = error instanceof Error && 'code' in error;
  process.stderr.write(`feature-columns: ${known ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

if (!isMainThread && workerData !== null && typeof workerData === 'object' && 'featureColumnsWorker' in workerData) {
  await serveWorker((workerData as { featureColumnsWorker: { spec: string; format: RowFormat } }).featureColumnsWorker);
} else {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    removeUnfinished();
    process.exit(0);
  });
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    process.once(signal, () => {
      removeUnfinished();
      process.exit(code);
    });
  }
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.exitCode = report(error);
  }
}
