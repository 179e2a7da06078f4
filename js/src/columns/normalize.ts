/** The list of columns that a layer is given, as TensorFlow's layers check and order it. */
import { compareCodePoints } from './code_points.js';
import { isSame } from './definition.js';
import { invalid } from './invalid.js';
import { isCategorical, isColumn, isSequenceCategorical } from './kinds.js';
import { shown } from './shown.js';
import type { ColumnDefinition } from './types.js';

/** Which columns a layer takes. Deep parts of estimators are `dense_features`, linear ones `linear_model`. */
export type LayerKind = 'dense_features' | 'sequence_features' | 'linear_model';

const DENSE = ['numeric_column', 'bucketized_column', 'indicator_column', 'embedding_column', 'shared_embedding_column'];
const SEQUENCE_DENSE = ['sequence_numeric_column', 'indicator_column', 'embedding_column', 'shared_embedding_column'];

/**
 * A column or a list of them, checked for `layer` and sorted by name in the order of code points.
 *
 * @throws FeatureColumnError `invalid_definition`: no list of columns, none, two of one name, or one that the layer does not take.
 */
export function normalizeColumns(columns: unknown, layer: LayerKind): readonly ColumnDefinition[] {
  const list = columnList(columns);
  if (list.length === 0) throw invalid(undefined, 'feature_columns must not be empty.');
  const sorted = [...list].sort((a, b) => compareCodePoints(a.name, b.name));
  sorted.forEach((column, i) => {
    const before = sorted[i - 1];
    if (before?.name !== column.name) return;
    throw invalid(
      column.name,
      `Duplicate feature column name found for columns: ${shown(column)} and ${shown(before)}. This usually means that these columns refer to same base ` +
        'feature. Either one must be discarded or a duplicated but renamed item must be inserted in features dict.',
    );
  });
  for (const column of sorted) checkTaken(column, layer);
  checkCollections(sorted);
  return sorted;
}

/** A collection is one variable: of two groups in a layer each has its own. */
function checkCollections(columns: readonly ColumnDefinition[]): void {
  const groups = new Map<string, object>();
  for (const column of columns) {
    if (column.type !== 'shared_embedding_column') continue;
    const { name, categoricalColumn: _, ...group } = column;
    const collection = group.sharedEmbeddingCollectionName;
    const other = groups.get(collection);
    if (other && !isSame(other, group)) throw invalid(name, `Variable ${collection} already exists, disallowed: another shared_embeddings has this shared_embedding_collection_name`);
    groups.set(collection, group);
  }
}

/** @throws FeatureColumnError `invalid_definition` for what is no column and no list of them. */
export function columnList(columns: unknown, what = 'Items of feature_columns must be a FeatureColumn.'): readonly ColumnDefinition[] {
  if (isColumn(columns)) return [columns];
  if (typeof columns !== 'object' || columns === null || !(Symbol.iterator in columns)) {
    const found = typeof columns === 'object' && columns !== null ? 'dict' : shown(columns);
    throw invalid(undefined, `Expected feature_columns to be iterable, found ${found}. Give a list of columns`, columns);
  }
  const list = [...(columns as Iterable<unknown>)];
  list.forEach((column, i) => {
    if (isColumn(column)) return;
    const remedy = Array.isArray(column) && column.some(isColumn) ? '. Spread it: ...sharedEmbeddings(…)' : '';
    throw invalid(undefined, `${what} Given: ${shown(column)} as item ${i}${remedy}`, column);
  });
  return list as readonly ColumnDefinition[];
}

function checkTaken(column: ColumnDefinition, layer: LayerKind): void {
  const { name, type } = column;
  if (layer === 'linear_model') {
    if (isCategorical(column) || DENSE.includes(type)) return;
    throw invalid(name, `Items of feature_columns must be either a DenseColumn or CategoricalColumn. Given: ${shown(column)}`);
  }
  const isSequence = layer === 'sequence_features';
  if (!(isSequence ? SEQUENCE_DENSE : DENSE).includes(type)) {
    throw invalid(
      name,
      `Items of feature_columns must be a ${isSequence ? 'SequenceDenseColumn' : 'DenseColumn'}. You can wrap a categorical column with an ` +
        `embedding_column or indicator_column. Given: ${shown(column)}`,
    );
  }
  if (!('categoricalColumn' in column) || isSequenceCategorical(column.categoricalColumn) === isSequence) return;
  const what = type === 'indicator_column' ? 'indicator_column' : 'embedding_column';
  const problem = isSequence
    ? 'must be of type SequenceCategoricalColumn to use SequenceFeatures. Suggested fix: Use one of sequence_categorical_column_with_*.'
    : 'must not be of type SequenceCategoricalColumn. Suggested fix A: If you wish to use DenseFeatures, use a non-sequence ' +
      'categorical_column_with_*. Suggested fix B: If you wish to create sequence input, use SequenceFeatures instead of DenseFeatures.';
  throw invalid(name, `In ${what}: ${name}. categorical_column ${problem} Given: ${shown(column.categoricalColumn)}`);
}
