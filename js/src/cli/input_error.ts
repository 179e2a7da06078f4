/** Errors of a batch, told in the rows of the whole input. */
import { FeatureColumnError } from 'feature-columns';
import { CUTTERS, singleRows, type RowBatch } from './source.js';

/** The row that stands on a line of a batch of NDJSON, where blank lines are no rows. */
function rowOnLine(batch: RowBatch, line: number): number {
  let begin = 0;
  for (let i = 0; i < line; ++i) begin = CUTTERS.ndjson.end(batch.bytes, begin);
  return [...singleRows({ ...batch, bytes: batch.bytes.subarray(0, begin) }, 'ndjson')].length;
}

/** What was said of a row of the batch, of that row of the input, which comes first. What is wrong with text as such was found on a line. */
export function atInput(error: unknown, batch: RowBatch): unknown {
  if (!(error instanceof FeatureColumnError) || error.row === undefined || batch.problems) return error;
  const { row: place, message, code, column, value } = error;
  const onLine = new RegExp(`^line ${place + 1}(:|,) `);
  const inBatch = onLine.test(message) ? rowOnLine(batch, place) : place;
  const row = batch.first + inBatch;
  const line = batch.lines?.[inBatch];
  const shown = line === undefined ? `row ${row}` : `line ${line}`;
  const what = message.replace(onLine, '').replace(`, row ${place}:`, ':').replace(new RegExp(`\\brow ${place}\\b`), shown);
  return new FeatureColumnError(code, `${shown}: ${what}`, {
    cause: error,
    row,
    ...(column === undefined ? {} : { column }),
    ...(value === undefined ? {} : { value }),
  });
}
