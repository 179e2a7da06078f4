/** CSV as an input: its header row first, then batches of rows as NDJSON. */
import { FeatureColumnError } from 'feature-columns';
import { CsvCutter, LF } from './csv_cutter.js';
import type { CsvFeature } from './spec_features.js';
import { CsvRows, type CsvFormat } from './csv_rows.js';
import type { RowSource } from './row_source.js';
import { rowBatches, singleRows, type RowBatch } from './source.js';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export function csvSource(
  chunks: AsyncIterable<Uint8Array>,
  features: ReadonlyMap<string, CsvFeature>,
  format: CsvFormat,
  { batchSize, keepOthers }: { readonly batchSize: number; readonly keepOthers: boolean },
): RowSource {
  async function* batches(): AsyncGenerator<RowBatch> {
    let rows: CsvRows | undefined;
    let line = 1;
    let first = 0;
    for await (const { bytes } of rowBatches(chunks, new CsvCutter(format.delimiter), batchSize)) {
      let at = 0;
      if (!rows) {
        const cutter = new CsvCutter(format.delimiter);
        at = BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0;
        while (!rows) {
          const end = cutter.end(bytes, at);
          const header = bytes.subarray(at, end < 0 ? bytes.length : end);
          if (cutter.isRow(header, 0, header.length)) rows = CsvRows.ofHeader(header, features, format, keepOthers);
          line += header.reduce((count, byte) => (byte === LF ? count + 1 : count), 0);
          at += header.length;
        }
      }
      const { nextLine, ...batch } = rows.convert(bytes, at, line, first);
      line = nextLine;
      first += batch.rows;
      if (batch.rows > 0) yield batch;
    }
    if (!rows) throw new FeatureColumnError('invalid_row', 'the input is empty: CSV starts with a header row that names the features');
  }
  return { batches, singles: (batch) => singleRows(batch, 'ndjson') };
}
