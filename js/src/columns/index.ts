/** Column definitions: TensorFlow's `tf.feature_column` functions. */
export { bucketizedColumn, type BucketizedColumnOptions } from './bucketized_column.js';
export { crossedColumn, type CrossedColumnOptions } from './crossed_column.js';
export type { EmbeddingOptions, FetchedEmbeddingOptions } from './embedding_arguments.js';
export { embeddingColumn } from './embedding_column.js';
export { categoricalColumnWithHashBucket, type HashBucketOptions } from './hash_bucket_column.js';
export { categoricalColumnWithIdentity, type IdentityOptions } from './identity_column.js';
export { indicatorColumn } from './indicator_column.js';
export { numericColumn, type NumericColumnOptions } from './numeric_column.js';
export { makeParseExampleSpec, type FixedLenFeature, type ParseExampleSpec, type VarLenFeature } from './parse_example_spec.js';
export {
  sequenceCategoricalColumnWithHashBucket, sequenceCategoricalColumnWithIdentity, sequenceCategoricalColumnWithVocabularyFile,
  sequenceCategoricalColumnWithVocabularyList,
} from './sequence_categorical_columns.js';
export { sequenceNumericColumn, type SequenceNumericColumnOptions } from './sequence_numeric_column.js';
export { sharedEmbeddings, type FetchedSharedEmbeddingsOptions, type SharedEmbeddingsOptions } from './shared_embeddings.js';
export type * from './types.js';
export { categoricalColumnWithVocabularyFile, type VocabularyFileOptions } from './vocabulary_file_column.js';
export { categoricalColumnWithVocabularyList, type VocabularyListOptions } from './vocabulary_list_column.js';
export { weightedCategoricalColumn, type WeightedCategoricalColumnOptions } from './weighted_column.js';
