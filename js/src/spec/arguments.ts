/**
 * The one table of columns' arguments, under TensorFlow's names; that of layers' is beside it. It drives the check of option names, specs in
 * both directions, and the JSON Schema.
 */
import { defaultCollectionName, defaultFileFormat, defaultInitializer, defaultListDtype } from '../columns/defaults.js';
import type { CategoricalColumn } from '../columns/types.js';

/** What an argument holds, for specs and their schema. */
export type ArgumentKind =
  | 'string' | 'integer' | 'size' | 'number' | 'boolean'
  | 'key_dtype' | 'numeric_dtype' | 'combiner' | 'file_format'
  | 'shape' | 'numbers' | 'sizes' | 'default_value' | 'vocabulary_list'
  | 'source' | 'normalizer' | 'initializer' | 'table' | 'activation'
  | 'numeric_column' | 'categorical_column' | 'categorical_columns' | 'keys' | 'columns';

/** Of a column that has the argument: what TensorFlow would store had it not been given. */
type Derived = (column: Readonly<Record<string, unknown>>) => unknown;

export interface Argument {
  /** snake_case, as in TensorFlow and in specs. */
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly required: boolean;
  /** What it is if it is not given; a function where that follows from other arguments. */
  readonly default: unknown;
}

export const required = (name: string, kind: ArgumentKind): Argument => ({ name, kind, required: true, default: undefined });
export const optional = (name: string, kind: ArgumentKind, fallback: unknown = null): Argument => ({ name, kind, required: false, default: fallback });
const derived = (name: string, kind: ArgumentKind, fallback: Derived): Argument => optional(name, kind, fallback);

const KEY = required('key', 'string');
const CATEGORICAL = required('categorical_column', 'categorical_column');
const KEY_DTYPE = optional('dtype', 'key_dtype', 'string');
const SHAPE = optional('shape', 'shape', [1]);
const NORMALIZER = optional('normalizer_fn', 'normalizer');
const FLOAT = optional('dtype', 'numeric_dtype', 'float32');
const OOV = [optional('default_value', 'integer', -1), optional('num_oov_buckets', 'size', 0)];

const VOCABULARY_FILE = [
  KEY, required('vocabulary_file', 'source'), optional('vocabulary_size', 'size'), KEY_DTYPE, ...OOV,
  derived('file_format', 'file_format', ({ vocabularyFile }) => defaultFileFormat(vocabularyFile)),
];
const VOCABULARY_LIST = [
  KEY, required('vocabulary_list', 'vocabulary_list'),
  derived('dtype', 'key_dtype', ({ vocabularyList }) => defaultListDtype(vocabularyList as readonly unknown[])), ...OOV,
];
const IDENTITY = [KEY, required('num_buckets', 'size'), optional('default_value', 'size')];
const HASH_BUCKET = [KEY, required('hash_bucket_size', 'size'), KEY_DTYPE];
const EMBEDDING = [
  required('dimension', 'size'),
  optional('combiner', 'combiner', 'mean'),
  derived('initializer', 'initializer', ({ dimension }) => defaultInitializer(dimension as number)),
  optional('ckpt_to_load_from', 'source'), optional('tensor_name_in_ckpt', 'string'), optional('max_norm', 'number'),
  optional('trainable', 'boolean', true), optional('use_safe_embedding_lookup', 'boolean', true), optional('table', 'table'),
];

/** By what a spec's "type" says: TensorFlow's functions. The first argument is the one that stands before the options. */
export const COLUMN_ARGUMENTS = {
  numeric_column: [KEY, SHAPE, optional('default_value', 'default_value'), FLOAT, NORMALIZER],
  bucketized_column: [required('source_column', 'numeric_column'), required('boundaries', 'numbers')],
  categorical_column_with_vocabulary_file: VOCABULARY_FILE,
  categorical_column_with_vocabulary_list: VOCABULARY_LIST,
  categorical_column_with_identity: IDENTITY,
  categorical_column_with_hash_bucket: HASH_BUCKET,
  crossed_column: [required('keys', 'keys'), required('hash_bucket_size', 'size'), optional('hash_key', 'integer')],
  weighted_categorical_column: [CATEGORICAL, required('weight_feature_key', 'string'), FLOAT],
  indicator_column: [CATEGORICAL],
  embedding_column: [CATEGORICAL, ...EMBEDDING],
  shared_embeddings: [
    required('categorical_columns', 'categorical_columns'), ...EMBEDDING,
    derived('shared_embedding_collection_name', 'string', ({ categoricalColumns }) => defaultCollectionName(categoricalColumns as readonly CategoricalColumn[])),
  ],
  sequence_numeric_column: [KEY, SHAPE, optional('default_value', 'number', 0), FLOAT, NORMALIZER],
  sequence_categorical_column_with_vocabulary_file: VOCABULARY_FILE,
  sequence_categorical_column_with_vocabulary_list: VOCABULARY_LIST,
  sequence_categorical_column_with_identity: IDENTITY,
  sequence_categorical_column_with_hash_bucket: HASH_BUCKET,
} as const satisfies Readonly<Record<string, readonly Argument[]>>;

/** A column's "type" in a spec. */
export type SpecColumnType = keyof typeof COLUMN_ARGUMENTS;

export const isSpecColumnType = (type: unknown): type is SpecColumnType => typeof type === 'string' && Object.hasOwn(COLUMN_ARGUMENTS, type);

/** num_oov_buckets → numOovBuckets. */
export const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
