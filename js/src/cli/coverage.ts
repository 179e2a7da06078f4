/** `feature-columns coverage`: what the columns do not know of an input, in constant memory. */
import { createRuntime, type AnyLayer, type ColumnCoverage, type Coverage, type RawValue } from 'feature-columns';
import { inputFormat } from './formats.js';
import { atInput } from './input_error.js';
import { openRows } from './row_source.js';
import { csvFormat, helpOf, optionsOf, UsageError, wholeNumber } from './usage.js';

/** Different unknown values that are counted for a column; those that come later are only in its sums. */
const MOST_DISTINCT = 100_000;

type Counts = 'rows' | 'values' | 'missing' | 'emptyRows' | 'outOfVocabulary' | 'outOfRange' | 'notANumber';
const COUNTS: readonly Counts[] = ['rows', 'values', 'missing', 'emptyRows', 'outOfVocabulary', 'outOfRange', 'notANumber'];

/** The coverage of one column over all batches. */
class ColumnTotals {
  private readonly sums = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<Counts, number>;
  private readonly unknown = new Map<RawValue, number>();
  private complete = true;

  constructor(private readonly name: string, private readonly type: string) {}

  add(column: ColumnCoverage): void {
    for (const name of COUNTS) this.sums[name] += column[name];
    for (const { value, count } of column.unknown) {
      const known = this.unknown.get(value);
      if (known === undefined && this.unknown.size >= MOST_DISTINCT) this.complete = false;
      else this.unknown.set(value, (known ?? 0) + count);
    }
  }

  report(top: number) {
    const unknown = [...this.unknown].sort((a, b) => b[1] - a[1]).slice(0, top).map(([value, count]) => ({ value, count }));
    return { name: this.name, type: this.type, ...this.sums, distinctUnknown: this.unknown.size, distinctUnknownComplete: this.complete, unknown };
  }
}

type Report = ReturnType<ColumnTotals['report']>;

/** Adds up the coverage of batches; columns stay in their order. */
class Totals {
  rows = 0;
  private readonly columns = new Map<string, ColumnTotals>();

  add({ rows, columns }: Coverage): void {
    this.rows += rows;
    for (const column of columns) {
      const key = `${column.type} ${column.name}`;
      const totals = this.columns.get(key) ?? new ColumnTotals(column.name, column.type);
      this.columns.set(key, totals);
      totals.add(column);
    }
  }

  report(top: number): Report[] {
    return [...this.columns.values()].map((column) => column.report(top));
  }
}

const percent = (part: number, whole: number) => (whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(part > 0 && part / whole < 0.001 ? 3 : 1)} %)`);
const shown = (value: RawValue) => (typeof value === 'string' ? JSON.stringify(value) : String(value));

function* textOf(rows: number, columns: readonly Report[]): Generator<string> {
  yield `${rows} row${rows === 1 ? '' : 's'}`;
  for (const { name, type, values, missing, emptyRows, outOfVocabulary, outOfRange, notANumber, distinctUnknown, distinctUnknownComplete, unknown } of columns) {
    yield `\n${name}  (${type})`;
    yield `  values ${values}, missing ${missing}${percent(missing, values)}, rows without any ${emptyRows}${percent(emptyRows, rows)}`;
    if (outOfVocabulary > 0) yield `  out of vocabulary ${outOfVocabulary}${percent(outOfVocabulary, values)}`;
    if (outOfRange > 0) yield `  out of range ${outOfRange}${percent(outOfRange, values)}`;
    if (notANumber > 0) yield `  NaN ${notANumber}${percent(notANumber, values)}`;
    if (unknown.length > 0) {
      yield `  unknown values: ${distinctUnknownComplete ? '' : 'at least '}${distinctUnknown}; the most frequent: ${unknown.map(({ value, count }) => `${shown(value)} × ${count}`).join(', ')}`;
    }
  }
}

export async function coverage(args: readonly string[]): Promise<void> {
  const { values, positionals } = optionsOf('coverage', args);
  if (values.help) return void process.stdout.write(helpOf('coverage'));
  if (positionals.length > 0) throw new UsageError(`coverage takes no argument "${positionals[0]}"; the input is --input`);
  if (values.spec === undefined) throw new UsageError('coverage needs --spec');
  if (values.input === '-' && process.stdin.isTTY) throw new UsageError('there is no input: give --input, or pipe rows in');
  const format = inputFormat(values['input-format'], values.input);
  if (format === 'tfrecord') throw new UsageError('coverage reads ndjson, csv and arrow');
  const csv = csvFormat(format, values['csv-delimiter'], values['csv-list-separator']);
  const top = wholeNumber('top', values.top, 0);
  const batchSize = wholeNumber('batch-size', values['batch-size'], 1);
  const runtime = await createRuntime();
  try {
    const layer: AnyLayer = await runtime.load(values.spec);
    const totals = new Totals();
    const source = await openRows({ input: values.input, format, batchSize, spec: values.spec, csv, keepOthers: false });
    for await (const batch of source.batches()) {
      const [problem] = batch.problems?.values() ?? [];
      if (problem) throw problem;
      try {
        totals.add(layer.coverage(batch.columns ?? batch.bytes, { top: MOST_DISTINCT }));
      } catch (error) {
        throw atInput(error, batch);
      }
    }
    const columns = totals.report(top);
    if (values.json) process.stdout.write(`${JSON.stringify({ rows: totals.rows, columns }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`);
    else process.stdout.write(`${[...textOf(totals.rows, columns)].join('\n')}\n`);
  } finally {
    runtime.dispose();
  }
}
