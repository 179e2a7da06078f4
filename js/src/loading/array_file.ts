/** What .npy and .safetensors files have in common: an array of floats somewhere in a file. */
import { FeatureColumnError } from '../errors.js';
import type { TableFormat } from './table_format.js';

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

/** No file of this size can be held; a larger number in a header is a lie. */
const LARGEST_COUNT = 2 ** 32;

/** The number of values of a shape from a header. @throws FeatureColumnError `shape_mismatch` */
export function countOf(shape: readonly unknown[], what: string): number {
  let count = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw new FeatureColumnError('shape_mismatch', `${what}: the shape [${shape.map(String).join(', ').slice(0, 100)}] is no shape`);
    count *= size;
    if (count > LARGEST_COUNT) throw new FeatureColumnError('shape_mismatch', `${what}: an array of shape [${shape.map(String).join(', ').slice(0, 100)}] is too large`);
  }
  return count;
}

export const brokenFile = (message: string): FeatureColumnError => new FeatureColumnError('invalid_checkpoint', message);
