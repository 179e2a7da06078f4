/** Tables in the module's memory, and those of a caller's own floats. */
import { FeatureColumnError } from '../errors.js';
import { checked, type Handle, type NativeModule } from '../runtime/module.js';
import type { CheckShape } from './array_file.js';
import { TABLE_FORMATS, type TableFormat } from './table_format.js';
import type { TableLease } from './types.js';

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
  const table = checked(native, native.tableMake(rows, dimension, name, TABLE_FORMATS[format]));
  if (format !== 'float32') native.parts.holdNarrow(table);
  return table;
}

export function makeTable(native: NativeModule, shape: readonly number[], name: string, format: TableFormat, parts: readonly Uint8Array[]): Handle {
  const table = newTable(native, shape, name, format);
  let address = native.tableData(table);
  for (const part of parts) {
    native.HEAPU8.set(part, address);
    address += part.length;
  }
  return table;
}

/** What a column holds of a table. */
export function tableLease(native: NativeModule, handle: Handle, release: () => void): TableLease {
  const [rows, dimension] = new Uint32Array(native.HEAPU8.buffer, native.tableShape(handle), 2) as unknown as [number, number];
  return { handle, rows, dimension, release };
}
