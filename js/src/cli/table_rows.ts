/** Tables by their rows: read from a .npy or .safetensors file in constant memory, or as a whole by a runtime. */
import { open, type FileHandle } from 'node:fs/promises';
import { createRuntime, FeatureColumnError, type Tensor, type TensorSource } from 'feature-columns';
import type { ArrayPlace, BytePlace } from '../loading/array_file.js';
import { NPY_HEAD, npyPlace } from '../loading/npy.js';
import { safetensorsHead, safetensorsPlace } from '../loading/safetensors.js';
import { hasScales, rowBytes } from '../loading/table_format.js';
import { widenRows } from '../loading/widen.js';

export interface TableRows {
  readonly shape: readonly number[];
  /** All dimensions but the last. */
  readonly rows: number;
  readonly dimension: number;
  /** Rows [from, to) as float32. */
  read(from: number, to: number): Promise<Float32Array>;
  close(): Promise<void>;
}

const sizesOf = (shape: readonly number[]) => ({ shape, rows: shape.slice(0, -1).reduce((product, size) => product * size, 1), dimension: shape.at(-1) ?? 1 });

async function readAt(file: FileHandle, { offset, size }: BytePlace, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(bytes, at, size - at, offset + at);
    if (bytesRead === 0) throw new FeatureColumnError('invalid_checkpoint', `${name} ends while it is read`);
    at += bytesRead;
  }
  return bytes;
}

/** The first bytes of a .npy or .safetensors file: its header. */
export async function readHead(file: FileHandle, kind: 'npy' | 'safetensors', name: string): Promise<{ readonly head: Uint8Array; readonly size: number }> {
  const { size } = await file.stat();
  let length = Math.min(size, NPY_HEAD);
  if (kind === 'safetensors') length = safetensorsHead(await readAt(file, { offset: 0, size: Math.min(size, 8) }, name), name, size);
  return { head: await readAt(file, { offset: 0, size: length }, name), size };
}

class FileRows implements TableRows {
  readonly shape: readonly number[];
  readonly rows: number;
  readonly dimension: number;

  constructor(private readonly file: FileHandle, private readonly place: ArrayPlace, private readonly name: string) {
    ({ shape: this.shape, rows: this.rows, dimension: this.dimension } = sizesOf(place.shape));
  }

  async read(from: number, to: number): Promise<Float32Array> {
    const { format, parts } = this.place;
    const part = ({ offset }: BytePlace, width: number) => readAt(this.file, { offset: offset + from * width, size: (to - from) * width }, this.name);
    const floats = async (place: BytePlace) => new Float32Array((await part(place, 4)).buffer);
    const none = new Float32Array(0);
    const [scales, biases] = hasScales(format) ? [await floats(parts[0] as BytePlace), await floats(parts[1] as BytePlace)] : [none, none];
    return widenRows(format, await part(parts.at(-1) as BytePlace, rowBytes(format, this.dimension)), { scales, biases }, this.dimension);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** A .npy or .safetensors file. @throws FeatureColumnError `not_found`; as npyPlace and safetensorsPlace */
export async function fileRows(path: string, kind: 'npy' | 'safetensors', tensor: string | undefined, name = path): Promise<TableRows> {
  const file = await open(path, 'r').catch((cause: Error) => {
    throw new FeatureColumnError('not_found', `${name} cannot be read: ${cause.message}`, { cause });
  });
  try {
    const { head, size } = await readHead(file, kind, name);
    return new FileRows(file, kind === 'npy' ? npyPlace(head, name, size) : safetensorsPlace(head, tensor, name, size), name);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Anything that a runtime reads. */
export async function runtimeRows(source: TensorSource & { readonly url: string }): Promise<TableRows> {
  const runtime = await createRuntime();
  let read: Tensor;
  try {
    read = await runtime.readTensor(source);
  } finally {
    runtime.dispose();
  }
  const { shape, rows, dimension } = sizesOf(read.shape);
  return { shape, rows, dimension, read: async (from, to) => read.data.subarray(from * dimension, to * dimension), close: async () => {} };
}
