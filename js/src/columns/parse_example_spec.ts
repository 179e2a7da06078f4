import { isSame } from './definition.js';
import { invalid } from './invalid.js';
import { isColumn } from './kinds.js';
import { columnList } from './normalize.js';
import type { ColumnDefinition, NestedNumbers } from './types.js';

/** As many values as there are: TensorFlow's `VarLenFeature`. */
export interface VarLenFeature {
  readonly type: 'VarLenFeature';
  readonly dtype: string;
}

/** A fixed number of values: TensorFlow's `FixedLenFeature`. */
export interface FixedLenFeature {
  readonly type: 'FixedLenFeature';
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Nested as `shape`; null: the feature is required. */
  readonly defaultValue: NestedNumbers | null;
}

/** How features are parsed from tf.Example, by key. */
export type ParseExampleSpec = Readonly<Record<string, VarLenFeature | FixedLenFeature>>;

/**
 * How the features of columns are parsed from tf.Example.
 * TensorFlow: [tf.feature_column.make_parse_example_spec](https://www.tensorflow.org/api_docs/python/tf/feature_column/make_parse_example_spec).
 *
 * @throws FeatureColumnError `invalid_definition`: an item is no column, or columns parse one feature in different ways.
 * @example
 * makeParseExampleSpec([numericColumn('price')]) // {price: {type: 'FixedLenFeature', shape: [1], dtype: 'float32', defaultValue: null}}
 */
export function makeParseExampleSpec(featureColumns: Iterable<ColumnDefinition>): ParseExampleSpec {
  const what = 'All feature_columns must be FeatureColumn instances.';
  if (isColumn(featureColumns)) throw invalid(featureColumns.name, `${what} Given: one column; give a list of columns`);
  const spec = new Map<string, VarLenFeature | FixedLenFeature>();
  for (const column of columnList(featureColumns, what)) {
    for (const [key, feature] of featuresOf(column)) {
      const other = spec.get(key);
      if (other && !isSame(other, feature)) {
        throw invalid(column.name, `feature_columns contain different parse_spec for key ${key}. Given ${printed(feature)} and ${printed(other)}`);
      }
      spec.set(key, feature);
    }
  }
  return Object.freeze(Object.fromEntries(spec));
}

const varLen = (dtype: string): VarLenFeature => ({ type: 'VarLenFeature', dtype });

/** TensorFlow's `parse_example_spec` of a column. */
function featuresOf(column: ColumnDefinition): Map<string, VarLenFeature | FixedLenFeature> {
  if ('sourceColumn' in column) return featuresOf(column.sourceColumn);
  // Later keys win, as in TensorFlow.
  if ('keys' in column) return new Map(column.keys.flatMap((key): [string, VarLenFeature | FixedLenFeature][] => (typeof key === 'string' ? [[key, varLen('string')]] : [...featuresOf(key)])));
  if ('categoricalColumn' in column) {
    const features = featuresOf(column.categoricalColumn);
    if (!('weightFeatureKey' in column)) return features;
    const { weightFeatureKey, dtype } = column;
    const other = features.get(weightFeatureKey);
    if (other) throw invalid(column.name, `Parse config ${printed(other)} already exists for ${weightFeatureKey}. Give the weights a feature of their own`);
    return features.set(weightFeatureKey, varLen(dtype));
  }
  if (column.type !== 'numeric_column') return new Map([[column.key, varLen('dtype' in column ? column.dtype : 'int64')]]);
  const { key, shape, dtype, defaultValue } = column;
  return new Map([[key, { type: 'FixedLenFeature', shape, dtype, defaultValue }]]);
}

const printed = (feature: VarLenFeature | FixedLenFeature): string =>
  JSON.stringify(feature, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
