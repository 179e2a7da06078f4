import { checkOptions } from './checks.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { isCategorical, isColumn } from './kinds.js';
import { shown } from './shown.js';
import type { CategoricalColumn, IndicatorColumn } from './types.js';

/**
 * Ids as counts: a row gives `numBuckets` floats, each the number of times - or the sum of the weights - of its id.
 * TensorFlow: [tf.feature_column.indicator_column](https://www.tensorflow.org/api_docs/python/tf/feature_column/indicator_column).
 *
 * @param categoricalColumn The ids. The column is named `<name>_indicator`.
 * @throws FeatureColumnError `invalid_definition`: the column is not categorical.
 */
export function indicatorColumn(categoricalColumn: CategoricalColumn, options?: Readonly<Record<string, never>>): IndicatorColumn {
  const column: unknown = categoricalColumn;
  const label = isColumn(column) ? `${column.name}_indicator` : undefined;
  checkOptions('indicator_column', label, options);
  if (!isCategorical(column)) throw invalid(label, `Unsupported input type. Input must be a CategoricalColumn. Given: ${shown(column)}`);
  return define({ type: 'indicator_column', name: label as string, categoricalColumn: column });
}
