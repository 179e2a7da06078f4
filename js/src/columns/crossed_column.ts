import { checkInteger, checkOptions, checkWellFormed } from './checks.js';
import { compareCodePoints } from './code_points.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { isCategorical, isColumn, peeledType } from './kinds.js';
import { shown } from './shown.js';
import type { CategoricalColumn, CrossedColumn, Integer } from './types.js';

/** Options of {@link crossedColumn}. */
export interface CrossedColumnOptions {
  /** Number of ids. At least 1. */
  readonly hashBucketSize: Integer;
  /** Seed of the hash. Default, as 0: TensorFlow's 0xDECAFCAFFE. */
  readonly hashKey?: Integer | null | undefined;
}

/**
 * Every combination of the values of several features in a row, by its hash.
 * TensorFlow: [tf.feature_column.crossed_column](https://www.tensorflow.org/api_docs/python/tf/feature_column/crossed_column).
 *
 * @param keys Two or more: names of features, whose strings or integers are crossed as they are, or categorical columns,
 *   whose ids are. Crosses among them count by their own keys. The column is named by the sorted names: `a_X_b`.
 * @throws FeatureColumnError `invalid_definition`: `hashBucketSize` is below 1; keys are fewer than two; a key is neither a
 *   name nor a categorical column, or is a hashed or weighted column.
 */
export function crossedColumn(keys: readonly (string | CategoricalColumn)[], options: CrossedColumnOptions): CrossedColumn {
  const list: unknown = keys;
  const names = Array.isArray(list) ? list.map((key) => (isColumn(key) ? key.name : key)) : [undefined];
  const label = names.every((each) => typeof each === 'string') ? names.join('_X_') : undefined;
  const { hashBucketSize, hashKey } = checkOptions('crossed_column', label, options);
  const size = checkInteger(label, 'hash_bucket_size', hashBucketSize);
  if (size === null || size < 1) throw invalid(label, `hash_bucket_size must be > 1. hash_bucket_size: ${size ?? 'None'}`, size);
  if (!Array.isArray(list) || list.length < 2) throw invalid(label, `keys must be a list with length > 1. Given: ${shown(list)}`, list);
  for (const key of list as unknown[]) checkCrossed(label, key);
  const name = leaves(keys).sort(compareCodePoints).join('_X_');
  return define({ type: 'crossed_column', name, keys: [...keys], hashBucketSize: size, hashKey: checkInteger(label, 'hash_key', hashKey) });
}

function checkCrossed(label: string | undefined, key: unknown): void {
  if (typeof key === 'string') {
    checkWellFormed(label, key, 'keys:');
    return;
  }
  if (!isCategorical(key)) {
    throw invalid(
      label,
      `Unsupported key type. All keys must be either string, or categorical column except HashedCategoricalColumn. Given: ${shown(key)}. ` +
        'Wrap a numericColumn in a bucketizedColumn',
    );
  }
  if (key.type === 'categorical_column_with_hash_bucket') {
    throw invalid(
      label,
      'categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing will increase probability of collision. ' +
        `Instead, use the feature name as a string. Given: ${shown(key)}`,
    );
  }
  if (key.type === 'weighted_categorical_column') {
    throw invalid(label, `crossed_column does not support weight_tensor, but the given column populates weight_tensor. Given column: ${key.name}. Cross its ${peeledType(key)}`);
  }
}

/** Nested crosses are flattened, as TensorFlow hashes them. */
const leaves = (keys: CrossedColumn['keys']): string[] =>
  keys.flatMap((key) => (typeof key === 'string' ? [key] : key.type === 'crossed_column' ? leaves(key.keys) : [key.name]));
