import { checkOptions } from './checks.js';
import { define } from './definition.js';
import { embeddingArguments, type EmbeddingOptions, type FetchedEmbeddingOptions } from './embedding_arguments.js';
import { invalid } from './invalid.js';
import { isCategorical, isColumn } from './kinds.js';
import { bare, shown } from './shown.js';
import type { CategoricalColumn, EmbeddingColumn, FetchedEmbeddingColumn } from './types.js';

/**
 * Ids as rows of a table, combined to `dimension` floats a row.
 * TensorFlow: [tf.feature_column.embedding_column](https://www.tensorflow.org/api_docs/python/tf/feature_column/embedding_column).
 *
 * @param categoricalColumn The ids. The column is named `<name>_embedding`.
 * @throws FeatureColumnError `invalid_definition`: `dimension` is below 1, only one of `ckptToLoadFrom` and `tensorNameInCkpt`
 *   is given, `initializer` is no initializer, `combiner` is unknown, `table` is malformed or given beside a checkpoint, the
 *   column is not categorical.
 */
export function embeddingColumn(categoricalColumn: CategoricalColumn, options: EmbeddingOptions): EmbeddingColumn;
/** The same with a table whose rows are fetched when a batch needs them. */
export function embeddingColumn(categoricalColumn: CategoricalColumn, options: FetchedEmbeddingOptions): FetchedEmbeddingColumn;
export function embeddingColumn(categoricalColumn: CategoricalColumn, options: EmbeddingOptions | FetchedEmbeddingOptions): EmbeddingColumn | FetchedEmbeddingColumn {
  const column: unknown = categoricalColumn;
  const label = isColumn(column) ? `${column.name}_embedding` : undefined;
  const given = checkOptions('embedding_column', label, options as EmbeddingOptions);
  const checked = embeddingArguments(label, given, ` Embedding of column_name: ${bare((column as { name?: unknown } | null | undefined)?.name)}`);
  if (!isCategorical(column)) throw invalid(label, `embedding_column: categorical_column must be a CategoricalColumn. Given: ${shown(column)}`);
  return define({ type: 'embedding_column', name: label as string, categoricalColumn: column, ...checked });
}
