/** Tables that are no TensorFlow checkpoint: .npy, .safetensors, other kinds of files, and a caller's own floats. */
import { FeatureColumnError } from '../errors.js';
import { checked, type Handle, type NativeModule } from '../runtime/module.js';
import { throwIfAborted } from './abort.js';
import type { CheckShape, StoredArray, TableFile } from './array_file.js';
import { npyPlace } from './npy.js';
import { safetensorsPlace } from './safetensors.js';
import { TABLE_FORMATS, type TableFormat } from './table_format.js';
import type { TableFileKind } from './table_kind.js';

/** Kinds that few need are loaded when they are. */
export function tableFile(kind: Exclude<TableFileKind, 'npy' | 'safetensors'>): Promise<TableFile> {
  if (kind === 'npz') return import('./npz.js').then(({ npz }) => npz);
  return kind === 'arrow' ? import('./arrow_table.js').then(({ arrowTable }) => arrowTable) : import('./parquet_table.js').then(({ parquetTable }) => parquetTable);
}

/** Where a table lies in its file. @throws FeatureColumnError those of {@link npyPlace}, {@link safetensorsPlace} and the other kinds, those of `check`; `aborted` */
export async function storedTable(bytes: Uint8Array<ArrayBuffer>, kind: TableFileKind, tensor: string | undefined, url: string, check: CheckShape, signal?: AbortSignal): Promise<StoredArray> {
  if (kind !== 'npy' && kind !== 'safetensors') return (await tableFile(kind)).table(bytes, tensor, url, check, signal);
  const place = kind === 'npy' ? npyPlace(bytes, url) : safetensorsPlace(bytes, tensor, url);
  check(place.shape, tensor ?? url);
  return { bytes, place };
}

/** @throws FeatureColumnError those of {@link storedTable}, `out_of_memory` */
export async function tableFromFile(native: NativeModule, file: Uint8Array<ArrayBuffer>, kind: TableFileKind, tensor: string | undefined, url: string, check: CheckShape, signal: AbortSignal): Promise<Handle> {
  const { bytes, place } = await storedTable(file, kind, tensor, url, check, signal);
  throwIfAborted(url, signal); // while it was decoded
  return makeTable(native, place.shape, url, place.format, place.parts.map(({ offset, size }) => bytes.subarray(offset, offset + size)));
}

/** @throws FeatureColumnError `shape_mismatch` if the number of floats is not a multiple of the dimension */
export function tableFromData(native: NativeModule, data: Float32Array, dimension: number, name: string, check: CheckShape): Handle {
  if (!(data instanceof Float32Array)) throw new FeatureColumnError('invalid_argument', `${name}: table.data must be a Float32Array`, { column: name });
  if (data.length % dimension !== 0) {
    throw new FeatureColumnError('shape_mismatch', `${name}: table.data has ${data.length} floats, which are no whole rows of dimension ${dimension}`, { column: name });
  }
  const shape = [data.length / dimension, dimension];
  check(shape, 'table.data');
  return makeTable(native, shape, name, 'float32', [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

/** An uninitialised table. Rank 0 and 1 are one row; of more than two dimensions, the last is the row. As tensors of checkpoints. */
export function newTable(native: NativeModule, shape: readonly number[], name: string, format: TableFormat): Handle {
  const dimension = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return checked(native, native.tableMake(rows, dimension, name, TABLE_FORMATS[format]));
}

function makeTable(native: NativeModule, shape: readonly number[], name: string, format: TableFormat, parts: readonly Uint8Array[]): Handle {
  const table = newTable(native, shape, name, format);
  let address = native.tableData(table);
  for (const part of parts) {
    native.HEAPU8.set(part, address);
    address += part.length;
  }
  return table;
}
