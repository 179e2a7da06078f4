/** What the layers hand to the estimators' loading, and what they get back. */
import type { ColumnDefinition } from '../columns/types.js';
import type { Lease, LoadOptions, Source, TableFor } from '../loading/types.js';

export type EstimatorName =
  | 'dnn_classifier'
  | 'dnn_regressor'
  | 'linear_classifier'
  | 'linear_regressor'
  | 'dnn_linear_combined_classifier'
  | 'dnn_linear_combined_regressor';

/** Columns as the core takes them. */
export interface CoreColumns {
  /** The core's "columns": the columns' specs with the handles of what they use. */
  readonly columns: readonly unknown[];
  /** Everything that was loaded for them. */
  readonly leases: readonly Lease[];
}

/**
 * Loads what columns need, taking the tables of embeddings from `tableFor`. Given by the layers. On failure it keeps
 * nothing. The options are the caller's, with a signal that also fires when another part of the model fails.
 */
export type LoadColumns = (tableFor: TableFor, options: LoadOptions) => Promise<CoreColumns>;

/** A list of columns. */
export interface PartColumns {
  /** Sorted by name. */
  readonly columns: readonly ColumnDefinition[];
  readonly load: LoadColumns;
}

export interface DnnPart extends PartColumns {
  /** Checked against the checkpoint where given; else the checkpoint tells. */
  readonly hiddenUnits?: readonly number[] | undefined;
  /** Default "relu". */
  readonly activationFn?: string | undefined;
  /** Default: the checkpoint tells. */
  readonly batchNorm?: boolean | undefined;
}

export interface LinearPart extends PartColumns {
  /** Default "sum". */
  readonly sparseCombiner?: string | undefined;
}

export interface EstimatorRequest {
  readonly estimator: EstimatorName;
  /** A checkpoint's prefix, or the directory with its `checkpoint` file, or a SavedModel's directory. */
  readonly ckptToLoadFrom: Source;
  readonly dnn?: DnnPart | undefined;
  readonly linear?: LinearPart | undefined;
  /** Classifiers. Default 2. */
  readonly nClasses?: number | undefined;
  /** Regressors. Default 1. */
  readonly labelDimension?: number | undefined;
}

export interface LoadedLayer {
  /** The spec for `layerMake`, src/layers/layer.hpp. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** To release when the layer is disposed. */
  readonly leases: readonly Lease[];
}

export interface LinearModelRequest extends PartColumns {
  readonly ckptToLoadFrom: Source;
  /** Default 1. */
  readonly units?: number | undefined;
  /** Default "sum". */
  readonly sparseCombiner?: string | undefined;
  /** Default "linear_model". */
  readonly scope?: string | undefined;
}
