import { checkInteger, checkKey, checkOptions, checkStringOrInteger } from './checks.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { bare } from './shown.js';
import type { HashedCategoricalColumn, Integer, StringOrIntegerDType } from './types.js';

/** Options of {@link categoricalColumnWithHashBucket} and its sequence twin. */
export interface HashBucketOptions {
  /** Number of ids. At least 1. */
  readonly hashBucketSize: Integer;
  /** Default `'string'`; integers are hashed as their decimal text. */
  readonly dtype?: StringOrIntegerDType | null | undefined;
}

type Arguments = Omit<HashedCategoricalColumn, 'type'>;

/** TensorFlow's checks in its order. */
export function hashBucketArguments(type: HashedCategoricalColumn['type'] | `sequence_${HashedCategoricalColumn['type']}`, key: unknown, options: HashBucketOptions): Arguments {
  const { hashBucketSize, dtype } = checkOptions(type, key, options);
  const size = checkInteger(key, 'hash_bucket_size', hashBucketSize);
  if (size === null) throw invalid(key, `hash_bucket_size must be set. key: ${bare(key)}`);
  if (size < 1) throw invalid(key, `hash_bucket_size must be at least 1. hash_bucket_size: ${size}, key: ${bare(key)}`, size);
  const name = checkKey(key);
  return { name, key: name, hashBucketSize: size, dtype: checkStringOrInteger(key, dtype ?? 'string') };
}

/**
 * Strings or integers by their hash: `Fingerprint64(value) mod hashBucketSize`.
 * TensorFlow: [tf.feature_column.categorical_column_with_hash_bucket](https://www.tensorflow.org/api_docs/python/tf/feature_column/categorical_column_with_hash_bucket).
 *
 * @param key Name of the feature, and of the column.
 * @throws FeatureColumnError `invalid_definition`: `hashBucketSize` is not given or below 1, `dtype` is neither string nor
 *   integer, `key` is no string.
 */
export function categoricalColumnWithHashBucket(key: string, options: HashBucketOptions): HashedCategoricalColumn {
  const type = 'categorical_column_with_hash_bucket';
  return define({ type, ...hashBucketArguments(type, key, options) });
}
