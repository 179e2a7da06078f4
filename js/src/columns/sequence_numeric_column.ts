import { checkKey, checkOptions, int64, isNumber } from './checks.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { checkNormalizer, checkNumericDtype, checkShape } from './numeric_arguments.js';
import { bare, shown } from './shown.js';
import type { Integer, NormalizerFn, NormalizerSteps, NumericDType, SequenceNumericColumn } from './types.js';

/** Options of {@link sequenceNumericColumn}. */
export interface SequenceNumericColumnOptions {
  /** Numbers in a step, by dimension. Default `[1]`. */
  readonly shape?: number | readonly number[] | null | undefined;
  /** Fills the steps after the end of a row. Default 0. */
  readonly defaultValue?: Integer | null | undefined;
  /** Dtype of the raw values; the output is float32. Default `'float32'`. */
  readonly dtype?: NumericDType | null | undefined;
  /** Applied to each raw value that is there, not to the fill: a function, or steps that can travel in a spec. */
  readonly normalizerFn?: NormalizerFn | NormalizerSteps | null | undefined;
}

/**
 * Steps of numbers: each gives `prod(shape)` floats.
 * TensorFlow: [tf.feature_column.sequence_numeric_column](https://www.tensorflow.org/api_docs/python/tf/feature_column/sequence_numeric_column).
 *
 * @param key Name of the feature, and of the column.
 * @throws FeatureColumnError `invalid_definition`: a size in `shape` is no integer above 0, `dtype` is not numeric,
 *   `normalizerFn` is neither function nor steps, `defaultValue` is no number, `key` is no string.
 */
export function sequenceNumericColumn(key: string, options?: SequenceNumericColumnOptions): SequenceNumericColumn {
  const { shape, defaultValue, dtype, normalizerFn } = checkOptions('sequence_numeric_column', key, options);
  const sizes = checkShape(key, shape);
  const type = checkNumericDtype(key, dtype);
  const normalizer = checkNormalizer(key, normalizerFn);
  const fill = typeof defaultValue === 'bigint' ? int64(defaultValue) : (defaultValue ?? 0);
  if (typeof fill !== 'bigint' && !isNumber(fill)) throw invalid(key, `default_value must be a number. default_value: ${shown(defaultValue)}, key: ${bare(key)}`, defaultValue);
  const name = checkKey(key);
  return define({ type: 'sequence_numeric_column', name, key: name, shape: sizes, defaultValue: fill, dtype: type, normalizerFn: normalizer });
}
