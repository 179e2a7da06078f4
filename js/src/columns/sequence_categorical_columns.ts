/**
 * Steps of ids: the twins of the categorical columns, with the same arguments, names and checks. They go through an
 * embedding, a shared embedding or an indicator into `sequenceFeatures`.
 */
import { define } from './definition.js';
import { hashBucketArguments, type HashBucketOptions } from './hash_bucket_column.js';
import { identityArguments, type IdentityOptions } from './identity_column.js';
import type {
  SequenceHashedCategoricalColumn, SequenceIdentityCategoricalColumn, SequenceVocabularyFileCategoricalColumn, SequenceVocabularyListCategoricalColumn,
} from './types.js';
import { vocabularyFileArguments, type VocabularyFileOptions } from './vocabulary_file_column.js';
import { vocabularyListArguments, type VocabularyListOptions } from './vocabulary_list_column.js';

/**
 * Steps of strings or integers that a file lists, as ids; arguments and errors are those of {@link categoricalColumnWithVocabularyFile}.
 * TensorFlow: [tf.feature_column.sequence_categorical_column_with_vocabulary_file](https://www.tensorflow.org/api_docs/python/tf/feature_column/sequence_categorical_column_with_vocabulary_file).
 */
export function sequenceCategoricalColumnWithVocabularyFile(key: string, options: VocabularyFileOptions): SequenceVocabularyFileCategoricalColumn {
  const type = 'sequence_categorical_column_with_vocabulary_file';
  return define({ type, ...vocabularyFileArguments(type, key, options) });
}

/**
 * Steps of strings or integers of a list, as ids; arguments and errors are those of {@link categoricalColumnWithVocabularyList}.
 * TensorFlow: [tf.feature_column.sequence_categorical_column_with_vocabulary_list](https://www.tensorflow.org/api_docs/python/tf/feature_column/sequence_categorical_column_with_vocabulary_list).
 */
export function sequenceCategoricalColumnWithVocabularyList(key: string, options: VocabularyListOptions): SequenceVocabularyListCategoricalColumn {
  const type = 'sequence_categorical_column_with_vocabulary_list';
  return define({ type, ...vocabularyListArguments(type, key, options) });
}

/**
 * Steps of integers that are ids already; arguments and errors are those of {@link categoricalColumnWithIdentity}.
 * TensorFlow: [tf.feature_column.sequence_categorical_column_with_identity](https://www.tensorflow.org/api_docs/python/tf/feature_column/sequence_categorical_column_with_identity).
 */
export function sequenceCategoricalColumnWithIdentity(key: string, options: IdentityOptions): SequenceIdentityCategoricalColumn {
  const type = 'sequence_categorical_column_with_identity';
  return define({ type, ...identityArguments(type, key, options) });
}

/**
 * Steps of strings or integers by their hash; arguments and errors are those of {@link categoricalColumnWithHashBucket}.
 * TensorFlow: [tf.feature_column.sequence_categorical_column_with_hash_bucket](https://www.tensorflow.org/api_docs/python/tf/feature_column/sequence_categorical_column_with_hash_bucket).
 */
export function sequenceCategoricalColumnWithHashBucket(key: string, options: HashBucketOptions): SequenceHashedCategoricalColumn {
  const type = 'sequence_categorical_column_with_hash_bucket';
  return define({ type, ...hashBucketArguments(type, key, options) });
}
