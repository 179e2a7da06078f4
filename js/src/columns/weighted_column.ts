import { checkOptions, checkWellFormed } from './checks.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { isCategorical, isColumn } from './kinds.js';
import { isNumericDtype } from './numeric_arguments.js';
import { shown, shownDtype } from './shown.js';
import type { CategoricalColumn, NumericDType, WeightedCategoricalColumn } from './types.js';

/** Options of {@link weightedCategoricalColumn}. */
export interface WeightedCategoricalColumnOptions {
  /** The feature with the weights: as many in a row as there are ids. */
  readonly weightFeatureKey: string;
  /** Dtype of the weights, which must be theirs. Default `'float32'`. */
  readonly dtype?: NumericDType | null | undefined;
}

/**
 * Ids with a weight each.
 * TensorFlow: [tf.feature_column.weighted_categorical_column](https://www.tensorflow.org/api_docs/python/tf/feature_column/weighted_categorical_column).
 *
 * @param categoricalColumn Any categorical column without weights. The column is named `<name>_weighted_by_<weightFeatureKey>`.
 * @throws FeatureColumnError `invalid_definition`: `dtype` is not numeric, the column is not categorical or has weights already.
 */
export function weightedCategoricalColumn(categoricalColumn: CategoricalColumn, options: WeightedCategoricalColumnOptions): WeightedCategoricalColumn {
  const column: unknown = categoricalColumn;
  const label = isColumn(column) ? column.name : undefined;
  const { weightFeatureKey, dtype } = checkOptions('weighted_categorical_column', label, options);
  const type: unknown = dtype ?? 'float32';
  if (!isNumericDtype(type)) throw invalid(label, `dtype ${shownDtype(type)} is not convertible to float. Give 'float32', 'float64', 'int32' or 'int64'`, type);
  if (!isCategorical(column) || column.type === 'weighted_categorical_column') {
    throw invalid(label, `weighted_categorical_column: categorical_column must be a CategoricalColumn without weights. Given: ${shown(column)}`);
  }
  if (typeof weightFeatureKey !== 'string') throw invalid(label, `weight_feature_key must be a string. Given: ${shown(weightFeatureKey)}`, weightFeatureKey);
  checkWellFormed(label, weightFeatureKey, 'weight_feature_key');
  return define({
    type: 'weighted_categorical_column',
    name: `${column.name}_weighted_by_${weightFeatureKey}`,
    categoricalColumn: column,
    weightFeatureKey,
    dtype: type,
  });
}
