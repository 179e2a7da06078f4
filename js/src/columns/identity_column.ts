import { checkInteger, checkKey, checkOptions } from './checks.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { bare } from './shown.js';
import type { IdentityCategoricalColumn, Integer } from './types.js';

/** Options of {@link categoricalColumnWithIdentity} and its sequence twin. */
export interface IdentityOptions {
  /** Ids are 0 to `numBuckets` - 1. At least 1. */
  readonly numBuckets: Integer;
  /**
   * The id of what is out of range. Default: none; then negative ids count as missing, and ids of `numBuckets` and more are
   * an error in embeddings and linear models and nothing in indicators.
   */
  readonly defaultValue?: Integer | null | undefined;
}

type Arguments = Omit<IdentityCategoricalColumn, 'type'>;

/** TensorFlow's checks in its order. */
export function identityArguments(type: IdentityCategoricalColumn['type'] | `sequence_${IdentityCategoricalColumn['type']}`, key: unknown, options: IdentityOptions): Arguments {
  const { numBuckets, defaultValue } = checkOptions(type, key, options);
  const buckets = checkInteger(key, 'num_buckets', numBuckets);
  if (buckets === null || buckets < 1) throw invalid(key, `num_buckets ${buckets ?? 'None'} < 1, column_name ${bare(key)}`, buckets);
  const fallback = checkInteger(key, 'default_value', defaultValue);
  if (fallback !== null && (fallback < 0 || fallback >= buckets)) {
    throw invalid(key, `default_value ${fallback} not in range [0, ${buckets}), column_name ${bare(key)}`, fallback);
  }
  const name = checkKey(key);
  return { name, key: name, numBuckets: buckets, defaultValue: fallback };
}

/**
 * Integers that are ids already.
 * TensorFlow: [tf.feature_column.categorical_column_with_identity](https://www.tensorflow.org/api_docs/python/tf/feature_column/categorical_column_with_identity).
 *
 * @param key Name of the feature, and of the column.
 * @throws FeatureColumnError `invalid_definition`: `numBuckets` is below 1, `defaultValue` is out of range, `key` is no string.
 */
export function categoricalColumnWithIdentity(key: string, options: IdentityOptions): IdentityCategoricalColumn {
  const type = 'categorical_column_with_identity';
  return define({ type, ...identityArguments(type, key, options) });
}
