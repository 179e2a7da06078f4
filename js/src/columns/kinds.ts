/** What can be told of a definition from its type. */
import { isSpecColumnType } from '../spec/arguments.js';
import type { CategoricalColumn, ColumnDefinition, Integer, SequenceCategoricalColumn } from './types.js';

/** Definitions are plain objects: one that came back from a worker or a file is as good as the one that was sent. */
export function isColumn(value: unknown): value is ColumnDefinition {
  if (typeof value !== 'object' || value === null) return false;
  const { type, name } = value as { type?: unknown; name?: unknown };
  return typeof name === 'string' && (type === 'shared_embedding_column' || (isSpecColumnType(type) && type !== 'shared_embeddings'));
}

export const isSequenceCategorical = (value: unknown): value is SequenceCategoricalColumn =>
  isColumn(value) && value.type.startsWith('sequence_categorical_');

export const isCategorical = (value: unknown): value is CategoricalColumn =>
  isColumn(value) && /categorical_column|crossed|bucketized/.test(value.type);

/** The type inside weights and sequences, by which TensorFlow decides whether columns may share a table. */
export function peeled(column: CategoricalColumn): CategoricalColumn {
  return column.type === 'weighted_categorical_column' ? peeled(column.categoricalColumn) : column;
}

/** TensorFlow's class of a categorical column, with the sequence around it taken off: `categorical_column_with_identity`. */
export const peeledType = (column: CategoricalColumn): string => peeled(column).type.replace(/^sequence_/, '');

/** TensorFlow's `num_buckets`; null where only the vocabulary file tells. */
export function numBuckets(column: CategoricalColumn): Integer | null {
  if ('categoricalColumn' in column) return numBuckets(column.categoricalColumn);
  if ('numBuckets' in column) return column.numBuckets;
  if ('hashBucketSize' in column) return column.hashBucketSize;
  if ('vocabularyList' in column) return column.vocabularyList.length + column.numOovBuckets;
  if ('vocabularyFile' in column) return column.vocabularySize === null ? null : column.vocabularySize + column.numOovBuckets;
  return (column.boundaries.length + 1) * (column.sourceColumn.shape[0] ?? 1);
}
