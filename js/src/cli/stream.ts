/** The loop that transform and score share: batches in, outputs in order, bad rows handled as asked. */
import { FeatureColumnError } from 'feature-columns';
import { Progress } from './progress.js';
import type { Output, RowFormat, Runner } from './runner.js';
import { openSource, rowBatches, singleRows, type RowBatch } from './source.js';

export type OnError = 'fail' | 'skip' | 'null';

export interface StreamOptions {
  readonly input: string;
  readonly format: RowFormat;
  readonly batchSize: number;
  /** Batches under way at once: the number of threads and one more, so that none waits. */
  readonly depth: number;
  readonly onError: OnError;
  readonly maxErrors: number;
  readonly quiet: boolean;
}

/** Receives the outputs of whole batches, or null for a bad row that is to be written as null. */
export interface RowSink {
  rows(batch: RowBatch, outputs: readonly Output[]): Promise<void>;
  nullRow(batch: RowBatch, error: FeatureColumnError): Promise<void>;
}

export interface Summary {
  rows: number;
  errors: number;
}

/** An error of a batch, told in the rows of the whole input. */
function atInput(error: unknown, batch: RowBatch): unknown {
  if (!(error instanceof FeatureColumnError) || error.row === undefined || batch.first === 0) return error;
  const row = batch.first + error.row;
  return new FeatureColumnError(error.code, `${error.message} (row ${row} of the input)`, {
    cause: error,
    row,
    ...(error.column === undefined ? {} : { column: error.column }),
    ...(error.value === undefined ? {} : { value: error.value }),
  });
}

/** Data that is bad, not a program or machine that is: what --on-error is about. */
const isBadData = (error: unknown): error is FeatureColumnError =>
  error instanceof FeatureColumnError && !['internal', 'out_of_memory', 'disposed', 'aborted', 'network', 'not_found'].includes(error.code);

export async function streamRows(runner: Runner, options: StreamOptions, sink: RowSink): Promise<Summary> {
  const { chunks, size } = await openSource(options.input);
  const progress = new Progress(!options.quiet && process.stderr.isTTY === true, size);
  const summary: Summary = { rows: 0, errors: 0 };
  const underWay: { batch: RowBatch; outputs: Promise<readonly Output[]> }[] = [];

  const writeNext = async () => {
    const next = underWay.shift();
    if (!next) return;
    try {
      await sink.rows(next.batch, await next.outputs);
      summary.rows += next.batch.rows;
    } catch (error) {
      if (options.onError === 'fail' || !isBadData(error)) throw atInput(error, next.batch);
      await writeOneByOne(next.batch);
    }
    progress.add(next.batch.rows, next.batch.bytes.length);
  };

  const writeOneByOne = async (batch: RowBatch) => {
    for (const single of singleRows(batch, options.format)) {
      let outputs: readonly Output[];
      try {
        outputs = await runner.run(single);
      } catch (error) {
        if (!isBadData(error)) throw error;
        if (++summary.errors > options.maxErrors) {
          throw new FeatureColumnError(error.code, `more than ${options.maxErrors} bad rows; the last: ${error.message}`, { cause: error, row: single.first });
        }
        if (!options.quiet) process.stderr.write(`row ${single.first}: ${error.message}\n`);
        if (options.onError === 'null') await sink.nullRow(single, error);
        continue;
      }
      await sink.rows(single, outputs);
      summary.rows += 1;
    }
  };

  try {
    for await (const batch of rowBatches(chunks, options.format, options.batchSize)) {
      const outputs = runner.run(batch);
      outputs.catch(() => undefined); // handled in order, by writeNext
      underWay.push({ batch, outputs });
      if (underWay.length >= options.depth) await writeNext();
    }
    while (underWay.length > 0) await writeNext();
  } finally {
    progress.end();
  }
  return summary;
}
