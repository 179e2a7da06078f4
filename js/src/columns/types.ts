/**
 * What column definitions are: frozen plain objects, named as TensorFlow names them. They can be compared by value, sent to
 * a worker with `structuredClone` (unless they hold a function), and written as JSON with `toSpec`.
 */
import type { FetchedTableSource, Source, TableSource } from '../loading/types.js';

/** Integers beyond 2^53 are given as bigint. */
export type Integer = number | bigint;

/** A number, or numbers nested as a column's shape. */
export type NestedNumbers = Integer | readonly NestedNumbers[];

export type StringOrIntegerDType = 'string' | 'int32' | 'int64';
export type NumericDType = 'float32' | 'float64' | 'int32' | 'int64';

/** What a `normalizerFn` may do as data, so that it can travel in a spec: each step works in the feature's raw dtype. */
export type NormalizerStep =
  | readonly [operation: 'add' | 'sub' | 'mul' | 'div' | 'minimum' | 'maximum', operand: Integer]
  | readonly [operation: 'log' | 'log1p' | 'sqrt' | 'abs'];
export type NormalizerSteps = readonly NormalizerStep[];

/**
 * A function of one raw value: a number, or a bigint where the feature holds bigints. Its result is rounded to float32.
 */
export type NormalizerFn = { call(value: number | bigint): number }['call'];

/** How an embedding's weights were made before training. Kept for the record: this package reads trained weights. */
export interface InitializerConfig {
  readonly class_name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}
export type Initializer = InitializerConfig | ((...args: never[]) => unknown);

/** How the rows of one bag become one row: their mean, their sum by the square root of their number, or their sum. */
export type Combiner = 'mean' | 'sqrtn' | 'sum';

/** TensorFlow's `NumericColumn`. */
export interface NumericColumn {
  readonly type: 'numeric_column';
  readonly name: string;
  readonly key: string;
  readonly shape: readonly number[];
  /** Nested as `shape`; used only where tf.Examples lack the feature. */
  readonly defaultValue: NestedNumbers | null;
  readonly dtype: NumericDType;
  readonly normalizerFn: NormalizerFn | NormalizerSteps | null;
}

/** TensorFlow's `SequenceNumericColumn`. */
export interface SequenceNumericColumn {
  readonly type: 'sequence_numeric_column';
  readonly name: string;
  readonly key: string;
  readonly shape: readonly number[];
  /** Fills steps after the end of a row, and holes in a sparse one. */
  readonly defaultValue: Integer;
  readonly dtype: NumericDType;
  readonly normalizerFn: NormalizerFn | NormalizerSteps | null;
}

/** TensorFlow's `BucketizedColumn`: dense (one-hot) and categorical at once. */
export interface BucketizedColumn {
  readonly type: 'bucketized_column';
  readonly name: string;
  readonly sourceColumn: NumericColumn;
  readonly boundaries: readonly number[];
}

interface VocabularyFileArguments {
  readonly name: string;
  readonly key: string;
  readonly vocabularyFile: Source;
  /** null: as many as the file has. */
  readonly vocabularySize: number | null;
  readonly dtype: StringOrIntegerDType;
  readonly defaultValue: Integer;
  readonly numOovBuckets: number;
  /** null: one key a line. */
  readonly fileFormat: string | null;
}

/** TensorFlow's `VocabularyFileCategoricalColumn`. */
export interface VocabularyFileCategoricalColumn extends VocabularyFileArguments {
  readonly type: 'categorical_column_with_vocabulary_file';
}

/** TensorFlow's `SequenceCategoricalColumn` of a vocabulary file. */
export interface SequenceVocabularyFileCategoricalColumn extends VocabularyFileArguments {
  readonly type: 'sequence_categorical_column_with_vocabulary_file';
}

interface VocabularyListArguments {
  readonly name: string;
  readonly key: string;
  readonly vocabularyList: readonly string[] | readonly Integer[];
  readonly dtype: StringOrIntegerDType;
  readonly defaultValue: Integer;
  readonly numOovBuckets: number;
}

/** TensorFlow's `VocabularyListCategoricalColumn`. */
export interface VocabularyListCategoricalColumn extends VocabularyListArguments {
  readonly type: 'categorical_column_with_vocabulary_list';
}

/** TensorFlow's `SequenceCategoricalColumn` of a vocabulary list. */
export interface SequenceVocabularyListCategoricalColumn extends VocabularyListArguments {
  readonly type: 'sequence_categorical_column_with_vocabulary_list';
}

interface IdentityArguments {
  readonly name: string;
  readonly key: string;
  readonly numBuckets: Integer;
  /** null: ids out of range are left as they are. */
  readonly defaultValue: Integer | null;
}

/** TensorFlow's `IdentityCategoricalColumn`. */
export interface IdentityCategoricalColumn extends IdentityArguments {
  readonly type: 'categorical_column_with_identity';
}

/** TensorFlow's `SequenceCategoricalColumn` of an identity column. */
export interface SequenceIdentityCategoricalColumn extends IdentityArguments {
  readonly type: 'sequence_categorical_column_with_identity';
}

interface HashedArguments {
  readonly name: string;
  readonly key: string;
  readonly hashBucketSize: Integer;
  readonly dtype: StringOrIntegerDType;
}

/** TensorFlow's `HashedCategoricalColumn`. */
export interface HashedCategoricalColumn extends HashedArguments {
  readonly type: 'categorical_column_with_hash_bucket';
}

/** TensorFlow's `SequenceCategoricalColumn` of a hashed column. */
export interface SequenceHashedCategoricalColumn extends HashedArguments {
  readonly type: 'sequence_categorical_column_with_hash_bucket';
}

/** TensorFlow's `CrossedColumn`. */
export interface CrossedColumn {
  readonly type: 'crossed_column';
  readonly name: string;
  readonly keys: readonly (string | CategoricalColumn)[];
  readonly hashBucketSize: Integer;
  /** null, as 0: TensorFlow's default, 0xDECAFCAFFE. */
  readonly hashKey: Integer | null;
}

/** TensorFlow's `WeightedCategoricalColumn`. */
export interface WeightedCategoricalColumn {
  readonly type: 'weighted_categorical_column';
  readonly name: string;
  readonly categoricalColumn: CategoricalColumn;
  readonly weightFeatureKey: string;
  readonly dtype: NumericDType;
}

/** TensorFlow's `IndicatorColumn`. */
export interface IndicatorColumn {
  readonly type: 'indicator_column';
  readonly name: string;
  readonly categoricalColumn: CategoricalColumn;
}

interface EmbeddingArguments {
  readonly name: string;
  readonly categoricalColumn: CategoricalColumn;
  readonly dimension: number;
  readonly combiner: Combiner;
  readonly initializer: Initializer;
  readonly ckptToLoadFrom: Source | null;
  readonly tensorNameInCkpt: string | null;
  readonly maxNorm: number | null;
  readonly trainable: boolean;
  readonly useSafeEmbeddingLookup: boolean;
  readonly table: TableSource | null;
}

/** TensorFlow's `EmbeddingColumn`. */
export interface EmbeddingColumn extends EmbeddingArguments {
  readonly type: 'embedding_column';
}

/** TensorFlow's `SharedEmbeddingColumn`, with what its creator knows. */
export interface SharedEmbeddingColumn extends EmbeddingArguments {
  readonly type: 'shared_embedding_column';
  /** The variable's name; TensorFlow's default is made of the sorted names of `categoricalColumns`. */
  readonly sharedEmbeddingCollectionName: string;
  /** All members of the group, in argument order; this column's own is one of them. */
  readonly categoricalColumns: readonly CategoricalColumn[];
}

/** An `EmbeddingColumn` whose table is too large to download: layers that have one answer with promises. */
export interface FetchedEmbeddingColumn extends Omit<EmbeddingColumn, 'table'> {
  readonly table: FetchedTableSource;
}

/** The same of a `SharedEmbeddingColumn`. */
export interface FetchedSharedEmbeddingColumn extends Omit<SharedEmbeddingColumn, 'table'> {
  readonly table: FetchedTableSource;
}

/** An embedding whose rows are fetched when a batch needs them. */
export type FetchedColumn = FetchedEmbeddingColumn | FetchedSharedEmbeddingColumn;

/** Steps of ids: for `sequenceFeatures`, through an embedding, a shared embedding or an indicator. */
export type SequenceCategoricalColumn =
  | SequenceVocabularyFileCategoricalColumn
  | SequenceVocabularyListCategoricalColumn
  | SequenceIdentityCategoricalColumn
  | SequenceHashedCategoricalColumn;

/** Gives ids: for embeddings, indicators, crosses, weights and linear models. */
export type CategoricalColumn =
  | VocabularyFileCategoricalColumn
  | VocabularyListCategoricalColumn
  | IdentityCategoricalColumn
  | HashedCategoricalColumn
  | CrossedColumn
  | WeightedCategoricalColumn
  | BucketizedColumn
  | SequenceCategoricalColumn;

/** Gives floats a row: for `denseFeatures`, linear models and estimators. */
export type DenseColumn = NumericColumn | BucketizedColumn | IndicatorColumn | EmbeddingColumn | SharedEmbeddingColumn;

/** Gives floats a step: for `sequenceFeatures`. */
export type SequenceDenseColumn = IndicatorColumn | EmbeddingColumn | SharedEmbeddingColumn | SequenceNumericColumn;

/** What the functions of this folder make. */
export type ColumnDefinition = DenseColumn | SequenceDenseColumn | CategoricalColumn;

/** `numeric_column`, `embedding_column`, …; members of `sharedEmbeddings` are `shared_embedding_column`. */
export type ColumnType = ColumnDefinition['type'];
