/** Tables that are no TensorFlow checkpoint: .npy, .safetensors, and a caller's own floats. */
import { FeatureColumnError } from '../errors.js';
import { checked, type Handle, type NativeModule } from '../runtime/module.js';
import type { ArrayPlace } from './array_file.js';
import { pathOf, type Location } from './location.js';
import { npyPlace } from './npy.js';
import { safetensorsPlace } from './safetensors.js';
import { TABLE_FORMATS, type TableFormat } from './table_format.js';

export type TableFileKind = 'npy' | 'safetensors';

/** By the file's ending; undefined: a checkpoint's prefix. */
export function tableFileKind(location: Location): TableFileKind | undefined {
  const ending = /\.(npy|safetensors)$/i.exec(pathOf(location))?.[1];
  return ending?.toLowerCase() as TableFileKind | undefined;
}

/** Bytes that have no name tell by their first ones: a .safetensors file has `{` after its header's length. */
export const tableFileKindOf = (bytes: Uint8Array): TableFileKind => (bytes[8] === 0x7b ? 'safetensors' : 'npy');

/** The table's shape must be this. Throws what says so otherwise. */
export type CheckShape = (shape: readonly number[], tensor: string) => void;

/** Where a table lies in its file. @throws FeatureColumnError those of {@link npyPlace} and {@link safetensorsPlace} */
export const tablePlace = (bytes: Uint8Array, kind: TableFileKind, tensor: string | undefined, url: string): ArrayPlace =>
  kind === 'npy' ? npyPlace(bytes, url) : safetensorsPlace(bytes, tensor, url);

/** @throws FeatureColumnError those of {@link tablePlace}, those of `check`, `out_of_memory` */
export function tableFromFile(native: NativeModule, bytes: Uint8Array, kind: TableFileKind, tensor: string | undefined, url: string, check: CheckShape): Handle {
  const place = tablePlace(bytes, kind, tensor, url);
  check(place.shape, tensor ?? url);
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

/** Rank 0 and 1 are one row; of more than two dimensions, the last is the row. As tensors of checkpoints. */
function makeTable(native: NativeModule, shape: readonly number[], name: string, format: TableFormat, parts: readonly Uint8Array[]): Handle {
  const dimension = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const table = checked(native, native.tableMake(rows, dimension, name, TABLE_FORMATS[format]));
  let address = native.tableData(table);
  for (const part of parts) {
    native.HEAPU8.set(part, address);
    address += part.length;
  }
  return table;
}
