/** Where the rows of a table lie in its file. */
import { FeatureColumnError } from '../errors.js';
import type { ArrayPlace, CheckShape } from '../loading/array_file.js';
import { NPY_HEAD, npyPlace } from '../loading/npy.js';
import { safetensorsHead, safetensorsPlace } from '../loading/safetensors.js';
import { hasScales, rowBytes, type TableFormat } from '../loading/table_format.js';
import { tableFileKindOf, type TableFileKind } from '../loading/table_kind.js';
import type { RowFile } from './row_file.js';

/** Something of each row: row i has the `size` bytes at `offset + i * size`. */
export interface RowPart {
  readonly offset: number;
  readonly size: number;
}

/** A table of which each row can be found. */
export interface RowPlace {
  readonly format: TableFormat;
  readonly rows: number;
  readonly dimension: number;
  /** In the core's order: of int8 and int4 the scale, the bias and the codes; else the values. */
  readonly parts: readonly RowPart[];
}

/** What is read of a file to find its header; longer headers take a second read. */
export const FIRST_READ = 4096;

/** A header of more than `largest` bytes is not read. @throws FeatureColumnError `unsupported` for it and for other kinds of files; `invalid_checkpoint`, `dtype_mismatch`, `shape_mismatch`, `tensor_not_found`; those of reading and of `check` */
export async function findRows(file: RowFile, kind: TableFileKind | 'bytes', tensor: string | undefined, url: string, check: CheckShape, largest: number, signal: AbortSignal): Promise<RowPlace> {
  const known = kind === 'bytes' ? tableFileKindOf(file.head) : kind;
  if (known !== 'npy' && known !== 'safetensors') {
    throw new FeatureColumnError('unsupported', `${url}: rows of .${known} files cannot be fetched one by one; write a .safetensors with feature-columns convert --input … --output table.safetensors`, { value: url });
  }
  const needed = known === 'npy' ? npyHead(file.head) : safetensorsHead(file.head, url, file.size);
  if (needed > Math.max(largest, FIRST_READ)) throw new FeatureColumnError('unsupported', `${url}: its header has ${needed} bytes, and the budget ${largest}; give more of table.budget, or a file of fewer tensors`, { value: needed });
  const head = needed <= file.head.length ? file.head : await wholeHead(file, needed, signal);
  const place = known === 'npy' ? npyPlace(head, url, file.size) : safetensorsPlace(head, tensor, url, file.size);
  check(place.shape, tensor ?? url);
  return { ...rowsOf(place), format: place.format };
}

/** How long the header says that it is; the header's own reader says what is wrong with it. */
function npyHead(bytes: Uint8Array): number {
  if (bytes.length < 12) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Math.min(NPY_HEAD, bytes[6] === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true));
}

async function wholeHead(file: RowFile, needed: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const from = file.head.length;
  const to = Math.min(needed, file.size);
  const bytes = new Uint8Array(to);
  bytes.set(file.head);
  if (to > from) bytes.set(await file.read(from, to - from, signal), from);
  return bytes;
}

/** The shape is that of a column's table: [rows, dimension]. */
function rowsOf({ format, shape, parts }: ArrayPlace): Omit<RowPlace, 'format'> {
  const [rows, dimension] = shape as [number, number];
  const sizes = hasScales(format) ? [4, 4, rowBytes(format, dimension)] : [rowBytes(format, dimension)];
  return { rows, dimension, parts: parts.map(({ offset }, i) => ({ offset, size: sizes[i] as number })) };
}
