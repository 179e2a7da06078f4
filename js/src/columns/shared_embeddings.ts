import { checkOptions, checkWellFormed } from './checks.js';
import { compareCodePoints } from './code_points.js';
import { defaultCollectionName } from './defaults.js';
import { define } from './definition.js';
import { differentBuckets } from './different_buckets.js';
import { embeddingArguments, type EmbeddingOptions, type FetchedEmbeddingOptions } from './embedding_arguments.js';
import { invalid } from './invalid.js';
import { isCategorical, isColumn, numBuckets, peeled, peeledType } from './kinds.js';
import { shown } from './shown.js';
import type { CategoricalColumn, FetchedSharedEmbeddingColumn, SharedEmbeddingColumn } from './types.js';

/** Options of {@link sharedEmbeddings}. */
export interface SharedEmbeddingsOptions extends EmbeddingOptions {
  /** Name of the shared variable. Default: the sorted names of the columns, `a_b_shared_embedding`. */
  readonly sharedEmbeddingCollectionName?: string | null | undefined;
}

/** The same for a table of which only the rows that a batch needs are fetched. */
export interface FetchedSharedEmbeddingsOptions extends FetchedEmbeddingOptions, Pick<SharedEmbeddingsOptions, 'sharedEmbeddingCollectionName'> {}

/**
 * Embeddings of several columns in one table.
 * TensorFlow: [tf.feature_column.shared_embeddings](https://www.tensorflow.org/api_docs/python/tf/feature_column/shared_embeddings).
 * TensorFlow refuses it in eager mode; here it works like every other column.
 *
 * @param categoricalColumns Columns of one kind - weights and sequences around them do not count - with equally many ids.
 *   Their vocabularies are not compared, as in TensorFlow.
 * @returns One column for each, in the same order, named `<name>_shared_embedding`. Spread them into the list of a layer.
 * @throws FeatureColumnError `invalid_definition`: as {@link embeddingColumn}; and columns are none, of several kinds, or
 *   have different numbers of ids. Where a vocabulary file must be read first, the latter is told when a layer is made.
 */
export function sharedEmbeddings(categoricalColumns: readonly CategoricalColumn[], options: SharedEmbeddingsOptions): readonly SharedEmbeddingColumn[];
/** The same with a table whose rows are fetched when a batch needs them. */
export function sharedEmbeddings(categoricalColumns: readonly CategoricalColumn[], options: FetchedSharedEmbeddingsOptions): readonly FetchedSharedEmbeddingColumn[];
export function sharedEmbeddings(
  categoricalColumns: readonly CategoricalColumn[],
  options: SharedEmbeddingsOptions | FetchedSharedEmbeddingsOptions,
): readonly SharedEmbeddingColumn[] | readonly FetchedSharedEmbeddingColumn[] {
  const given: unknown = categoricalColumns;
  const label = 'shared_embeddings';
  const { sharedEmbeddingCollectionName, ...rest } = checkOptions(label, undefined, options as SharedEmbeddingsOptions);
  const checked = embeddingArguments(undefined, rest);
  if (!Array.isArray(given) || given.length === 0) {
    throw invalid(undefined, `${label}: categorical_columns must not be empty: give a list of columns. Given: ${shown(given)}`, given);
  }
  const columns = checkColumns(given);
  const name: unknown = sharedEmbeddingCollectionName;
  if (name !== undefined && name !== null && typeof name !== 'string') {
    throw invalid(undefined, `${label}: shared_embedding_collection_name must be a string. Given: ${shown(name)}`, name);
  }
  if (name) checkWellFormed(undefined, name, 'shared_embedding_collection_name');
  const group = { ...checked, sharedEmbeddingCollectionName: name || defaultCollectionName(columns), categoricalColumns: columns };
  return define(
    columns.map((column): SharedEmbeddingColumn => ({ type: 'shared_embedding_column', name: `${column.name}_shared_embedding`, categoricalColumn: column, ...group })),
  );
}

/** TensorFlow compares each with the first in the order of names. */
function checkColumns(given: readonly unknown[]): readonly CategoricalColumn[] {
  for (const column of given) {
    if (isCategorical(column)) continue;
    const name = isColumn(column) ? column.name : undefined;
    throw invalid(name, `All categorical_columns must be subclasses of CategoricalColumn. Given: ${shown(column)}`);
  }
  const columns = [...(given as readonly CategoricalColumn[])];
  const [first, ...others] = [...columns].sort((a, b) => compareCodePoints(a.name, b.name)) as [CategoricalColumn, ...CategoricalColumn[]];
  const buckets = numBuckets(first);
  for (const column of others) {
    if (peeledType(column) !== peeledType(first)) {
      throw invalid(
        column.name,
        'To use shared_embedding_column, all categorical_columns must have the same type, or be weighted_categorical_column or sequence column ' +
          `of the same type. Given column: ${shown(peeled(first))} does not match given column: ${shown(peeled(column))}`,
      );
    }
    const size = numBuckets(column);
    if (buckets !== null && size !== null && size !== buckets) throw differentBuckets(first, buckets, column, size);
  }
  return columns;
}
