/** The rows of an input, whatever its format: batches of them, and one by one. */
import type { CsvFormat } from './csv_rows.js';
import type { InputFormat } from './formats.js';
import type { RowFormat } from './runner.js';
import { CUTTERS, openSource, rowBatches, singleRows, type RowBatch } from './source.js';

export interface RowSource {
  batches(): AsyncIterable<RowBatch>;
  /** The rows of a batch as batches of one, to find the bad ones. */
  singles(batch: RowBatch): Iterable<RowBatch>;
}

export interface RowSourceOptions {
  readonly input: string;
  readonly format: InputFormat;
  readonly batchSize: number;
  /** The file of the spec, which tells the types of CSV. */
  readonly spec: string;
  readonly csv: CsvFormat;
  /** What is no feature is kept in rows that have names, to be written again. */
  readonly keepOthers: boolean;
}

/** The format in which rows come to the layer. */
export const rowFormat = (format: InputFormat): RowFormat => (format === 'csv' ? 'ndjson' : format);

/** Opens an input; what few formats need is loaded here. `size` is of a file whose bytes are read as they are. */
export async function openRows({ input, format, batchSize, spec, csv, keepOthers }: RowSourceOptions): Promise<RowSource & { readonly size?: number }> {
  if (format === 'arrow') {
    const [{ arrowSource }, { featureKeys }] = await Promise.all([import('./arrow_source.js'), import('./spec_features.js')]);
    return arrowSource(input, await featureKeys(spec), batchSize);
  }
  if (format === 'csv') {
    const [{ csvSource }, { csvFeatures }] = await Promise.all([import('./csv_source.js'), import('./spec_features.js')]);
    const features = await csvFeatures(spec);
    const { chunks, ...size } = await openSource(input);
    return { ...csvSource(chunks, features, csv, { batchSize, keepOthers }), ...size };
  }
  const { chunks, ...size } = await openSource(input);
  return { batches: () => rowBatches(chunks, CUTTERS[format], batchSize), singles: (batch) => singleRows(batch, format), ...size };
}
