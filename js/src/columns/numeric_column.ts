import { checkKey, checkOptions, int64, isIntegerDtype } from './checks.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { checkNormalizer, checkNumericDtype, checkShape } from './numeric_arguments.js';
import { bare, shown, shownDtype, shownShape } from './shown.js';
import type { Integer, NestedNumbers, NormalizerFn, NormalizerSteps, NumericColumn, NumericDType } from './types.js';

/** Options of {@link numericColumn}. */
export interface NumericColumnOptions {
  /** Numbers in a row, by dimension; `[]` is one number. Default `[1]`. */
  readonly shape?: number | readonly number[] | null | undefined;
  /**
   * What tf.Examples without the feature have instead: one number for all, or numbers nested as `shape`. It is not used for
   * batches and rows, as in TensorFlow. Default: none, the feature is required.
   */
  readonly defaultValue?: NestedNumbers | Float32Array | Float64Array | null | undefined;
  /** Dtype of the raw values; the output is float32. Default `'float32'`. */
  readonly dtype?: NumericDType | null | undefined;
  /** Applied to each raw value before it becomes float32: a function, or steps that can travel in a spec. */
  readonly normalizerFn?: NormalizerFn | NormalizerSteps | null | undefined;
}

/**
 * Numbers, as they are or normalized: a row gives `prod(shape)` floats.
 * TensorFlow: [tf.feature_column.numeric_column](https://www.tensorflow.org/api_docs/python/tf/feature_column/numeric_column).
 *
 * @param key Name of the feature, and of the column.
 * @throws FeatureColumnError `invalid_definition`: a size in `shape` is no integer above 0, `dtype` is not numeric,
 *   `defaultValue` fits neither shape nor dtype, `normalizerFn` is neither function nor steps, `key` is no string.
 * @example
 * numericColumn('price', { shape: [2], normalizerFn: [['sub', 3], ['div', 2]] })
 */
export function numericColumn(key: string, options?: NumericColumnOptions): NumericColumn {
  const { shape, defaultValue, dtype, normalizerFn } = checkOptions('numeric_column', key, options);
  const sizes = checkShape(key, shape);
  const type = checkNumericDtype(key, dtype);
  const fallback = checkDefault(key, defaultValue, sizes, type);
  const normalizer = checkNormalizer(key, normalizerFn);
  const name = checkKey(key);
  return define({ type: 'numeric_column', name, key: name, shape: sizes, defaultValue: fallback, dtype: type, normalizerFn: normalizer });
}

/** TensorFlow's check_default_value: integers suit every dtype, fractions only floating ones. Nested as the shape. */
function checkDefault(key: unknown, value: unknown, shape: readonly number[], dtype: NumericDType): NestedNumbers | null {
  if (value === null || value === undefined) return null;
  const list: unknown = ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  const wrong = (part: unknown) =>
    invalid(key, `default_value must be compatible with dtype. default_value: ${bare(list)}, dtype: ${shownDtype(dtype)}, key: ${bare(key)}`, part);
  const one = (part: unknown): Integer => {
    const integer = int64(part);
    if (integer !== undefined) return Object.is(part, -0) && !isIntegerDtype(dtype) ? -0 : integer;
    if (typeof part !== 'number' || isIntegerDtype(dtype)) throw wrong(part);
    return part;
  };
  const nested = (part: unknown, sizes: readonly number[]): NestedNumbers => {
    if (Array.isArray(part) !== sizes.length > 0 || (Array.isArray(part) && part.length !== sizes[0])) {
      throw invalid(key, `The shape of default_value must be equal to given shape. default_value: ${shown(list)}, shape: ${shownShape(shape)}, key: ${bare(key)}`, value);
    }
    return Array.isArray(part) ? part.map((each) => nested(each, sizes.slice(1))) : one(part);
  };
  return Array.isArray(list) ? nested(list, shape) : filled(shape, one(list));
}

function filled(shape: readonly number[], value: Integer): NestedNumbers {
  const [size, ...rest] = shape;
  return size === undefined ? value : Array.from({ length: size }, () => filled(rest, value));
}
