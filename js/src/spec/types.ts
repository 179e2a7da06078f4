/** JSON specs: the calls as data, with TensorFlow's names. The JSON Schema that comes with the package has every field. */
import type { SpecColumnType } from './arguments.js';
import type { LayerName } from './layer_arguments.js';

export type { LayerName, SpecColumnType };

/** One column - or one group of shared embeddings - of a spec. */
export interface ColumnSpec {
  /** TensorFlow's function. */
  readonly type: SpecColumnType;
  /** Its arguments, in snake_case. */
  readonly [argument: string]: unknown;
}

/** A list of columns: what `toSpec` writes. */
export interface Spec {
  readonly version: 1;
  readonly columns: readonly ColumnSpec[];
}

/** A whole layer, such as `{version: 1, layer: 'linear_model', units: 1, columns: […]}`. */
export interface LayerSpec {
  readonly version?: 1;
  /** Default `'dense_features'`. */
  readonly layer?: LayerName;
  /** Its arguments, in snake_case. */
  readonly [argument: string]: unknown;
}
