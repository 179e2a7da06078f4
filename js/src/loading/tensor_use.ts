/** What a tensor is for, and whether it has the shape for that. */
import { FeatureColumnError } from '../errors.js';
import type { CheckShape } from './array_file.js';

/** In messages. */
export interface TensorUse {
  /** The column that needs it, if one does. */
  readonly column?: string;
  /** TensorFlow's name of the variable that takes its value. */
  readonly variable: string;
  /** The variable's shape. */
  readonly shape: readonly number[];
}

/** Shapes as TensorFlow prints them: `(3, 2)` and `[3, 2]`. */
const tuple = (shape: readonly number[]): string => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`);

/** Throws `shape_mismatch` with TensorFlow's phrase. */
export const shapeCheck = ({ column, variable, shape }: TensorUse): CheckShape => (actual, tensor) => {
  if (actual.length === shape.length && actual.every((size, i) => size === shape[i])) return;
  throw new FeatureColumnError(
    'shape_mismatch',
    `Shape of variable ${variable}:0 (${tuple(shape)}) doesn't match with shape of tensor ${tensor} ([${actual.join(', ')}]) from checkpoint reader.${
      column === undefined ? '' : ` The column "${column}" needs one row for each of its ${shape[0]} buckets, of ${shape[1]} numbers: is it the checkpoint of these columns, with this vocabulary and dimension?`
    }`,
    column === undefined ? {} : { column },
  );
};
