/** The loop that transform and score share: batches in, outputs in order, bad rows handled as asked. */
import { FeatureColumnError } from 'feature-columns';
import { AbsentFeatures, isAbsence } from './absent_features.js';
import { atInput } from './input_error.js';
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

/** A row that is bad, not a program or machine that is, nor the whole input: what --on-error is about. */
const isBadData = (error: unknown): error is FeatureColumnError =>
  error instanceof FeatureColumnError && !isAbsence(error) && !['internal', 'out_of_memory', 'disposed', 'aborted', 'network', 'not_found'].includes(error.code);

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
  const absent = new AbsentFeatures();
  const write = (batch: RowBatch, result: Result) => absent.written(batch.rows, result.absent ?? [], () => sink.rows(batch, result));

  const writeNext = async () => {
    const next = underWay.shift();
    if (!next) return;
    try {
      await write(next.batch, await next.result);
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
      } catch (problem) {
        const error = atInput(problem, single);
        if (!isBadData(error)) throw error;
        if (++summary.errors > options.maxErrors) {
          throw new FeatureColumnError(error.code, `more than ${options.maxErrors} bad rows; the last: ${error.message}`, { cause: error, row: single.first });
        }
        if (!options.quiet) process.stderr.write(`${error.message}\n`);
        if (options.onError === 'null') await absent.besides(() => sink.nullRow(single, error));
        continue;
      }
      await write(single, result);
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
    absent.end();
  } finally {
    progress.end();
  }
  return summary;
}
