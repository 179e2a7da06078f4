/** The loop that transform and score share: batches in, outputs in order, bad rows handled as asked. */
import { FeatureColumnError } from 'feature-columns';
import { Progress } from './progress.js';
import type { RowSource } from './row_source.js';
import type { Result, Runner } from './runner.js';
import type { RowBatch } from './source.js';

export type OnError = 'fail' | 'skip' | 'null';

export interface StreamOptions {
  /** Batches under way at once: the number of threads and one more, so that none waits. */
  readonly depth: number;
  readonly onError: OnError;
  readonly maxErrors: number;
  readonly quiet: boolean;
}

/** Receives the results of whole batches, or null for a bad row that is to be written as null. */
export interface RowSink {
  rows(batch: RowBatch, result: Result): Promise<void>;
  nullRow(batch: RowBatch, error: FeatureColumnError): Promise<void>;
  /** After the last row. */
  finish?(): Promise<void>;
}

export interface Summary {
  rows: number;
  errors: number;
}

/** An error of a batch, told in the rows of the whole input. */
function atInput(error: unknown, batch: RowBatch): unknown {
  if (!(error instanceof FeatureColumnError) || error.row === undefined || batch.problems) return error;
  const line = batch.lines?.[error.row];
  if (line === undefined && batch.first === 0) return error;
  const row = batch.first + error.row;
  return new FeatureColumnError(error.code, `${error.message} (${line === undefined ? `row ${row}` : `line ${line}`} of the input)`, {
    cause: error,
    row,
    ...(error.column === undefined ? {} : { column: error.column }),
    ...(error.value === undefined ? {} : { value: error.value }),
  });
}

/** Data that is bad, not a program or machine that is: what --on-error is about. */
const isBadData = (error: unknown): error is FeatureColumnError =>
  error instanceof FeatureColumnError && !['internal', 'out_of_memory', 'disposed', 'aborted', 'network', 'not_found'].includes(error.code);

/** The result of a batch, or the error of its first bad row. */
async function resultOf(runner: Runner, batch: RowBatch): Promise<Result> {
  const [problem] = batch.problems?.values() ?? [];
  if (problem) throw problem;
  return runner.run(batch);
}

export async function streamRows(runner: Runner, source: RowSource & { readonly size?: number }, options: StreamOptions, sink: RowSink): Promise<Summary> {
  const progress = new Progress(!options.quiet && process.stderr.isTTY === true, source.size);
  const summary: Summary = { rows: 0, errors: 0 };
  const underWay: { batch: RowBatch; result: Promise<Result> }[] = [];

  const writeNext = async () => {
    const next = underWay.shift();
    if (!next) return;
    try {
      await sink.rows(next.batch, await next.result);
      summary.rows += next.batch.rows;
    } catch (error) {
      if (options.onError === 'fail' || !isBadData(error)) throw atInput(error, next.batch);
      await writeOneByOne(next.batch);
    }
    progress.add(next.batch.rows, source.size === undefined ? 0 : (next.batch.inputBytes ?? next.batch.bytes.length));
  };

  const writeOneByOne = async (batch: RowBatch) => {
    for (const single of source.singles(batch)) {
      let result: Result;
      try {
        result = await resultOf(runner, single);
      } catch (error) {
        if (!isBadData(error)) throw error;
        if (++summary.errors > options.maxErrors) {
          throw new FeatureColumnError(error.code, `more than ${options.maxErrors} bad rows; the last: ${error.message}`, { cause: error, row: single.first });
        }
        if (!options.quiet) process.stderr.write(`${single.problems ? '' : single.lines ? `line ${single.lines[0]}: ` : `row ${single.first}: `}${error.message}\n`);
        if (options.onError === 'null') await sink.nullRow(single, error);
        continue;
      }
      await sink.rows(single, result);
      summary.rows += 1;
    }
  };

  try {
    for await (const batch of source.batches()) {
      const result = resultOf(runner, batch);
      result.catch(() => undefined); // handled in order, by writeNext
      underWay.push({ batch, result });
      if (underWay.length >= options.depth) await writeNext();
    }
    while (underWay.length > 0) await writeNext();
  } finally {
    progress.end();
  }
  return summary;
}
