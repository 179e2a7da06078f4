import { checkOptions, isNumber } from './checks.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { isColumn } from './kinds.js';
import { shown } from './shown.js';
import type { BucketizedColumn, NumericColumn } from './types.js';

/** Options of {@link bucketizedColumn}. */
export interface BucketizedColumnOptions {
  /** Strictly increasing. Bucket i is from boundary i - 1, which belongs to it, to boundary i, which does not; NaN is in the last one. */
  readonly boundaries: readonly number[];
}

/**
 * A number as the bucket that it falls into: one-hot in dense layers (`shape[0] × (boundaries + 1)` floats a row), an id in
 * embeddings, crosses and linear models. Boundaries and values are compared as float32.
 * TensorFlow: [tf.feature_column.bucketized_column](https://www.tensorflow.org/api_docs/python/tf/feature_column/bucketized_column).
 *
 * @param sourceColumn A {@link numericColumn} of at most one dimension. The column is named `<source>_bucketized`.
 * @throws FeatureColumnError `invalid_definition`: the source is no such column; boundaries are none, no list, or not increasing.
 */
export function bucketizedColumn(sourceColumn: NumericColumn, options: BucketizedColumnOptions): BucketizedColumn {
  const source: unknown = sourceColumn;
  const label = isColumn(source) ? `${source.name}_bucketized` : undefined;
  const { boundaries } = checkOptions('bucketized_column', label, options);
  if (!isColumn(source) || source.type !== 'numeric_column') {
    throw invalid(label, `source_column must be a column generated with numeric_column(). Given: ${shown(source)}`);
  }
  if (source.shape.length > 1) throw invalid(label, `source_column must be one-dimensional column. Given: ${shown(source)}`);
  if (boundaries === undefined || boundaries === null || boundaries.length === 0) throw invalid(label, 'boundaries must not be empty.', boundaries);
  const list = ArrayBuffer.isView(boundaries) ? Array.from(boundaries as ArrayLike<unknown>) : (boundaries as unknown);
  const wrong = (value: unknown) => invalid(label, `boundaries must be a sorted list. Given: ${shown(list)}: each must be a number above the one before`, value);
  if (!Array.isArray(list)) throw wrong(boundaries);
  const numbers = list.map((boundary: unknown) => {
    const number = typeof boundary === 'bigint' ? Number(boundary) : boundary;
    if (!isNumber(number)) throw wrong(boundary);
    return number;
  });
  for (let i = 1; i < numbers.length; ++i) if ((numbers[i - 1] as number) >= (numbers[i] as number)) throw wrong(numbers[i]);
  return define({ type: 'bucketized_column', name: label as string, sourceColumn: source, boundaries: numbers });
}
