/** Shared embeddings have one table. That columns need tables of different sizes shows when they are defined or, of vocabulary files, when these are loaded. */
import type { FeatureColumnError } from '../errors.js';
import { invalid } from './invalid.js';
import { shown } from './shown.js';
import type { CategoricalColumn, Integer } from './types.js';

export function differentBuckets(first: CategoricalColumn, buckets: Integer, column: CategoricalColumn, size: Integer): FeatureColumnError {
  return invalid(
    column.name,
    'To use shared_embedding_column, all categorical_columns must have the same number of buckets. ' +
      `Given column: ${shown(first)} with buckets: ${buckets} does not match column: ${shown(column)} with buckets: ${size}`,
  );
}
