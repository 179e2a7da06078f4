/** The ways a case can be given to a layer: as rows, as columns with their dtypes, as NDJSON, as serialized tf.Examples. */
import type { AnyLayer, Batch, Row } from 'feature-columns';
import { bytesOf, type CaseDtype, type Cell, type GoldenCase } from './golden_case.js';

export type Way = 'rows' | 'columns' | 'ndjson' | 'examples';

/** What a layer gives, as far as it is compared. */
export interface LayerOutput {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly columns?: readonly { readonly name: string; readonly offset: number; readonly width: number }[];
  readonly sequenceLength?: Int32Array;
}

export type FeatureLayer = Extract<AnyLayer, { transform: unknown }>;

/** NDJSON cannot be asked for no rows at all: it would not tell which features there are. */
export const waysOf = ({ rows }: GoldenCase): readonly Way[] =>
  !rows ? ['examples'] : rows.length > 0 ? ['rows', 'columns', 'ndjson'] : ['rows', 'columns'];

/** In which a value has the dtype that the case says; in others numbers are what the column takes. */
export const hasDtypes = (way: Way): boolean => way === 'columns' || way === 'examples';

export function runCase(layer: FeatureLayer, golden: GoldenCase, way: Way): LayerOutput {
  switch (way) {
    case 'rows':
      return layer.transformRows(golden.rows as readonly Row[]);
    case 'columns':
      return layer.transform(batchOf(golden));
    case 'ndjson':
      return layer.transformNdjson(new TextEncoder().encode((golden.rows ?? []).map(jsonOf).join('\n')));
    case 'examples':
      return layer.transformExamples((golden.examples ?? []).map(bytesOf));
  }
}

const isSparse = (cell: Cell): cell is { values: unknown } => typeof cell === 'object' && cell !== null && !Array.isArray(cell);
const depthOf = (cell: Cell): number => (Array.isArray(cell) ? 1 + Math.max(0, ...cell.map(depthOf)) : 0);

function typed(values: readonly unknown[], dtype: CaseDtype) {
  switch (dtype) {
    case 'string': return values as string[];
    case 'int64': return BigInt64Array.from(values as (number | bigint)[], BigInt);
    case 'int32': return Int32Array.from(values as number[]);
    case 'float32': return Float32Array.from(values as number[]);
    case 'float64': return Float64Array.from(values as number[]);
  }
}

/** Nested arrays with bigints for int64, so that every integer has its dtype. */
function leaves(value: unknown, dtype: CaseDtype): unknown {
  if (Array.isArray(value)) return value.map((each) => leaves(each, dtype));
  return dtype === 'int64' && value !== null && value !== undefined ? BigInt(value as number | bigint) : value;
}

function ragged(rows: readonly (readonly unknown[])[], dtype: CaseDtype): unknown {
  const rowSplits = [0];
  let end = 0;
  for (const row of rows) rowSplits.push((end += row.length));
  const flat = rows.flat();
  return { values: rows.some((row) => depthOf(row) > 1) ? ragged(flat as unknown[][], dtype) : typed(flat, dtype), rowSplits };
}

/** The rows of a case as a batch of columns, in the most exact form of each feature. */
function batchOf({ rows = [], dtypes }: GoldenCase): Batch {
  const batch: Record<string, unknown> = {};
  for (const [key, dtype] of Object.entries(dtypes)) {
    const cells = rows.map((row) => row[key]);
    if (rows.length > 0 && cells.every((cell) => cell === undefined)) continue;
    const present = cells.filter((cell) => cell !== undefined && cell !== null);
    if (cells.some(isSparse)) {
      batch[key] = ragged(cells.map((cell) => (cell === undefined || cell === null ? [] : [isSparse(cell) ? cell.values : cell].flat())), dtype);
    } else if (present.length === cells.length && present.every((cell) => depthOf(cell) === 0)) batch[key] = typed(present, dtype);
    else batch[key] = leaves(cells.map((cell) => (present.length === 0 ? [] : cell)), dtype);
  }
  return batch as Batch;
}

/** JSON of a row, with the sign of zero that JSON.stringify drops, and NaN and Infinity as the core reads them. */
function jsonOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}:${jsonOf(each)}`).join(',')}}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return String(value);
  return Object.is(value, -0) ? '-0.0' : JSON.stringify(value);
}
