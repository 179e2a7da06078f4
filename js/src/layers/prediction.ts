/** Arrays that know their shape. */
import type { Output } from './outputs.js';

/** Row-major values that know their shape: `predictions.logits.shape`. `data` is the array itself. */
export type Prediction<T extends Float32Array | Int32Array = Float32Array> = T & { readonly shape: readonly number[]; readonly data: T };

/** Not enumerable, so that the array still compares and copies as an array of its numbers. */
export function prediction({ data, shape }: Output): Prediction<Float32Array | Int32Array> {
  return Object.defineProperties(data, { shape: { value: Object.freeze(shape) }, data: { value: data } }) as Prediction<Float32Array | Int32Array>;
}
