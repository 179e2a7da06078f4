/** Tables that are in no TensorFlow checkpoint: .npy, .safetensors and other kinds of files. */
import type { Handle, NativeModule } from '../runtime/module.js';
import { throwIfAborted } from './abort.js';
import type { CheckShape, StoredArray, TableFile } from './array_file.js';
import { lazy } from './lazy.js';
import { makeTable } from './memory_table.js';
import { npyPlace } from './npy.js';
import { safetensorsPlace } from './safetensors.js';
import type { TableFileKind } from './table_kind.js';

/** Kinds that few need are loaded when they are. */
export function tableFile(kind: Exclude<TableFileKind, 'npy' | 'safetensors'>): Promise<TableFile> {
  if (kind === 'npz') return lazy(import('./npz.js')).then(({ npz }) => npz);
  return kind === 'arrow' ? lazy(import('./arrow_table.js')).then(({ arrowTable }) => arrowTable) : lazy(import('./parquet_table.js')).then(({ parquetTable }) => parquetTable);
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
