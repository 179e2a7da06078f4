/** `feature-columns explain`: one row, step by step. */
import { createRuntime, FeatureColumnError, type AnyLayer } from 'feature-columns';
import { runLines } from './absent_features.js';
import { explanationLines } from './explanation_text.js';
import { inputFormat } from './formats.js';
import { atInput } from './input_error.js';
import { openRows } from './row_source.js';
import { csvFormat, helpOf, optionsOf, UsageError, wholeNumber } from './usage.js';

/** JSON has no bigint, NaN or Infinity: they are strings. */
const plain = (_: string, value: unknown) => (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value);

export async function explain(args: readonly string[]): Promise<void> {
  const { values, positionals } = optionsOf('explain', args);
  if (values.help) return void process.stdout.write(helpOf('explain'));
  if (positionals.length > 0) throw new UsageError(`explain takes no argument "${positionals[0]}"; the input is --input`);
  if (values.spec === undefined) throw new UsageError('explain needs --spec');
  if (values.input === '-' && process.stdin.isTTY) throw new UsageError('there is no input: give --input, or pipe rows in');
  const format = inputFormat(values['input-format'], values.input);
  if (format !== 'ndjson' && format !== 'csv') throw new UsageError('explain reads ndjson and csv');
  const csv = csvFormat(format, values['csv-delimiter'], values['csv-list-separator']);
  const row = wholeNumber('row', values.row, 0);
  const runtime = await createRuntime();
  try {
    const layer: AnyLayer = await runtime.load(values.spec);
    const source = await openRows({ input: values.input, format, batchSize: 1, spec: values.spec, csv, keepOthers: false });
    for await (const batch of source.batches()) {
      if (batch.first < row) continue;
      const [problem] = batch.problems?.values() ?? [];
      if (problem) throw problem;
      const { result: explanation } = await runLines(batch.bytes, (line) => layer.explain(line)).catch((error: unknown) => {
        throw atInput(error, batch);
      });
      if (values.json) process.stdout.write(`${JSON.stringify(explanation, plain)}\n`);
      else process.stdout.write(`${[...explanationLines(explanation)].join('\n')}\n`);
      return;
    }
    throw new FeatureColumnError('invalid_argument', `the input has no row ${row}; rows are counted from 0`);
  } finally {
    runtime.dispose();
  }
}
