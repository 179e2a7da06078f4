/** What files of tables have in common: an array of numbers somewhere in a file. */
import { FeatureColumnError } from '../errors.js';
import type { TableFormat } from './table_format.js';
import type { TensorInfo } from './types.js';

/** A part of a file. */
export interface BytePlace {
  readonly offset: number;
  readonly size: number;
}

/** Where an array lies in its file. */
export interface ArrayPlace {
  readonly format: TableFormat;
  readonly shape: readonly number[];
  /** In the core's order: of int8 and int4 the scales, the biases, and the codes; else the values. */
  readonly parts: readonly BytePlace[];
}

/** An array among some bytes. */
export interface StoredArray {
  readonly bytes: Uint8Array;
  readonly place: ArrayPlace;
}

/** The table's shape must be this. Throws what says so otherwise. */
export type CheckShape = (shape: readonly number[], tensor: string) => void;

/** A kind of file that has to be decoded. */
export interface TableFile {
  /** What is in it, by name. */
  tensors(bytes: Uint8Array<ArrayBuffer>, url: string): Promise<Readonly<Record<string, TensorInfo>>>;
  /** One of them; without a name, the only one. `check` is asked before memory is taken. */
  table(bytes: Uint8Array<ArrayBuffer>, tensor: string | undefined, url: string, check: CheckShape, signal: AbortSignal | undefined): Promise<StoredArray>;
}

/** No file of this size can be held; a larger number in a header is a lie. */
const LARGEST_COUNT = 2 ** 32;
/** A file that is not held as a whole may be larger; products of this with bytes are exact. */
export const LARGEST_FILE_COUNT = 2 ** 48;

/** The number of values of a shape from a header. @throws FeatureColumnError `shape_mismatch` */
export function countOf(shape: readonly unknown[], what: string, largest = LARGEST_COUNT): number {
  let count = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw new FeatureColumnError('shape_mismatch', `${what}: the shape [${shape.map(String).join(', ').slice(0, 100)}] is no shape`);
    count *= size;
    if (count > largest) throw new FeatureColumnError('shape_mismatch', `${what}: an array of shape [${shape.map(String).join(', ').slice(0, 100)}] is too large`);
  }
  return count;
}

export const castRefused = (url: string): FeatureColumnError => new FeatureColumnError('unsupported', `${url}: cast is for a checkpoint; save it as float32`);

export const brokenFile = (message: string): FeatureColumnError => new FeatureColumnError('invalid_checkpoint', message);
