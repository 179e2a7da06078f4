/** Files of tensors by themselves, without a column: what is in them, and one of them as floats. */
import { FeatureColumnError } from '../errors.js';
import { checked, type NativeModule } from '../runtime/module.js';
import { castRefused } from './array_file.js';
import type { Checkpoint } from './checkpoint.js';
import type { Loader } from './loader.js';
import { npyInfo } from './npy.js';
import { safetensorsTensors } from './safetensors.js';
import { storedTable, tableFile } from './table_file.js';
import { tableFileKind, tableFileKindOf, type TableFileKind } from './table_kind.js';
import { onlyTable } from './tensor_dtypes.js';
import type { LoadOptions, Source, TensorInfo, TensorSource } from './types.js';
import { widenArray } from './widen.js';

/** What a file of tensors holds. */
export interface TensorFile {
  readonly kind: 'checkpoint' | TableFileKind;
  /** By name, with the dtypes as the file calls them; the one array of a .npy file has the name ''. */
  readonly tensors: Readonly<Record<string, TensorInfo>>;
}

/** Row-major float32. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Bytes of a file that is no checkpoint; undefined for a checkpoint, which is several files. */
async function arrayFile(loader: Loader, source: Source, options: LoadOptions, cast = false) {
  const file = await loader.resolve(source, options);
  const named = file.location === undefined ? undefined : tableFileKind(file.location);
  if (file.location !== undefined && named === undefined) return undefined;
  if (cast) throw castRefused(file.url);
  const bytes = await loader.readBytes(file, 'table', options);
  return { url: file.url, bytes, kind: named ?? tableFileKindOf(bytes) };
}

export async function tensorsOf(loader: Loader, open: (source: Source) => Promise<Checkpoint>, source: Source, options: LoadOptions): Promise<TensorFile> {
  const file = await arrayFile(loader, source, options);
  if (!file) return { kind: 'checkpoint', tensors: Object.fromEntries((await open(source)).tensors) };
  const { kind, bytes, url } = file;
  if (kind === 'safetensors') return { kind, tensors: safetensorsTensors(bytes, url) };
  if (kind === 'npy') return { kind, tensors: { '': npyInfo(bytes, url) } };
  return { kind, tensors: await (await tableFile(kind)).tensors(bytes, url) };
}

export async function tensorOf(native: NativeModule, loader: Loader, open: (source: Source) => Promise<Checkpoint>, { url, tensor, cast }: TensorSource, options: LoadOptions): Promise<Tensor> {
  if ((cast ?? false) !== !!cast) throw new FeatureColumnError('invalid_argument', `cast is true or false, not ${String(cast)}`, { value: cast });
  const file = await arrayFile(loader, url, options, cast);
  if (file) {
    const { bytes, place } = await storedTable(file.bytes, file.kind, tensor, file.url, () => {}, options.signal);
    return { data: widenArray(bytes, place), shape: place.shape };
  }
  const checkpoint = await open(url);
  const key = tensor === undefined ? onlyTable(checkpoint.tensors, checkpoint.location, !!cast) : await checkpoint.keyOf(tensor, options);
  const shape = checkpoint.tensors.get(key)?.shape ?? [];
  const handle = await checkpoint.loadTensor(key, !!cast, options);
  try {
    const count = shape.reduce((product, size) => product * size, 1);
    const address = count === 0 ? 0 : checked(native, native.tableData(handle));
    return { data: new Float32Array(native.HEAPU8.buffer.slice(address, address + 4 * count)), shape };
  } finally {
    native.release(handle);
  }
}

