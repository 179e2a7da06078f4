/** Columns and options to layers. */
import { isColumn } from '../columns/kinds.js';
import { normalizeColumns, type LayerKind } from '../columns/normalize.js';
import type { ColumnDefinition, Combiner, FetchedColumn } from '../columns/types.js';
import type { PartColumns } from '../estimators/types.js';
import { foreseeCheckpoint } from '../loading/foresight.js';
import { lazy } from '../loading/lazy.js';
import type { Resources } from '../loading/resources.js';
import type { LoadOptions, Source } from '../loading/types.js';
import type { Engine } from '../runtime/engine.js';
import type { LayerName } from '../spec/layer_arguments.js';
import { partsOf } from '../spec/core_parts.js';
import { makeCoreLayer } from './core_layer.js';
import { DenseFeatures } from './dense_features.js';
import type { Classifier, Regressor } from './estimator.js';
import type { Fetching } from './fetching.js';
import type { LinearModel } from './linear_model.js';
import { loadColumns } from './load_columns.js';
import type { Normalizers } from './normalizers.js';
import { Parts } from './parts.js';
import { SequenceFeatures } from './sequence_features.js';

/** A column or several; groups of shared embeddings are spread into the list. */
export type Columns = ColumnDefinition | Iterable<ColumnDefinition>;

/** The same where one or more fetch the rows of their table: what is made of them is a {@link Fetching}. */
export type FetchedColumns = FetchedColumn | Iterable<ColumnDefinition | FetchedColumn>;

/** Options of an estimator with such columns. */
export type FetchedOptions<Options> = { readonly [Name in keyof Options]: Options[Name] extends Columns | undefined ? Columns | FetchedColumns | Extract<Options[Name], undefined> : Options[Name] };

export interface LinearModelOptions {
  /** A checkpoint's prefix, or a directory of checkpoints. */
  readonly ckptToLoadFrom: Source;
  /** Outputs a row. Default 1. */
  readonly units?: number | undefined;
  /** How the weights of a row's ids become one. Default 'sum'. */
  readonly sparseCombiner?: Combiner | undefined;
  /** Weights are `<scope>/<column name>/weights` and `<scope>/bias_weights`, tables `<scope>/<column name>/embedding_weights`. Default 'linear_model'. */
  readonly scope?: string | undefined;
}

interface EstimatorOptions {
  /** What the estimator saved: a checkpoint's prefix, the directory with its `checkpoint` file, or a SavedModel. */
  readonly ckptToLoadFrom: Source;
}
interface ClassifierOptions {
  /** Default 2. */
  readonly nClasses?: number | undefined;
}
interface RegressorOptions {
  /** Outputs a row. Default 1. */
  readonly labelDimension?: number | undefined;
}
interface DnnOptions extends EstimatorOptions {
  readonly featureColumns: Columns;
  /** Default: the checkpoint tells; where given, it must agree. */
  readonly hiddenUnits?: readonly number[] | undefined;
  /** Default 'relu'. */
  readonly activationFn?: string | undefined;
  /** Default: the checkpoint tells. */
  readonly batchNorm?: boolean | undefined;
}
interface LinearOptions extends EstimatorOptions {
  readonly featureColumns: Columns;
  /** Default 'sum'. */
  readonly sparseCombiner?: Combiner | undefined;
}
interface CombinedOptions extends EstimatorOptions {
  /** One of the two lists may be left out or empty: the model has only the other part. */
  readonly linearFeatureColumns?: Columns | undefined;
  readonly dnnFeatureColumns?: Columns | undefined;
  /** Default: the checkpoint tells; where given, it must agree. */
  readonly dnnHiddenUnits?: readonly number[] | undefined;
  /** Default 'relu'. */
  readonly dnnActivationFn?: string | undefined;
  /** Default 'sum'. */
  readonly linearSparseCombiner?: Combiner | undefined;
  /** Default: the checkpoint tells. */
  readonly batchNorm?: boolean | undefined;
}
export interface DnnClassifierOptions extends DnnOptions, ClassifierOptions {}
export interface DnnRegressorOptions extends DnnOptions, RegressorOptions {}
export interface LinearClassifierOptions extends LinearOptions, ClassifierOptions {}
export interface LinearRegressorOptions extends LinearOptions, RegressorOptions {}
export interface CombinedClassifierOptions extends CombinedOptions, ClassifierOptions {}
export interface CombinedRegressorOptions extends CombinedOptions, RegressorOptions {}

/** What each name in a spec stands for. */
export interface LayerByName {
  readonly dense_features: DenseFeatures;
  readonly sequence_features: SequenceFeatures;
  readonly linear_model: LinearModel;
  readonly dnn_classifier: Classifier;
  readonly dnn_regressor: Regressor;
  readonly linear_classifier: Classifier;
  readonly linear_regressor: Regressor;
  readonly dnn_linear_combined_classifier: Classifier;
  readonly dnn_linear_combined_regressor: Regressor;
}

/** What a spec can be: `kind` tells which. */
export type AnyLayer = LayerByName[LayerName];

/** What a spec with `"fetch": "rows"` in a table can be. */
export type AnyFetchingLayer = { readonly [Name in LayerName]: Fetching<LayerByName[Name]> }[LayerName];

/** Where and how a layer is loaded. */
export interface Context {
  readonly engine: Engine;
  readonly resources: Resources;
  readonly options: LoadOptions;
}

/** Lists of columns under the names of `parseLayerSpec`. */
export interface ColumnLists {
  readonly columns?: Columns | undefined;
  readonly dnnFeatureColumns?: Columns | undefined;
  readonly linearFeatureColumns?: Columns | undefined;
}

const LOADING_OPTIONS = ['signal', 'onProgress', 'integrity', 'baseUrl'];
const COLUMN_OPTIONS = ['featureColumns', 'dnnFeatureColumns', 'linearFeatureColumns'];

/** A layer by the name that it has in specs. Of `given`, the options that are about loading or columns are passed over. */
export async function loadLayer<Name extends LayerName>(context: Context, name: Name, lists: ColumnLists, given: object): Promise<LayerByName[Name]> {
  const own = Object.entries(given).filter(([option]) => !LOADING_OPTIONS.includes(option) && !COLUMN_OPTIONS.includes(option));
  const kept = Object.fromEntries(Object.entries(lists).map(([list, columns]) => [list, snapshot(columns)])) as ColumnLists;
  const hasCheckpoint = name !== 'dense_features' && name !== 'sequence_features';
  const { parts } = context.engine.native;
  if (name !== 'dense_features') parts.foresee('models');
  if (hasCheckpoint) {
    parts.foresee('checkpoint');
    foreseeCheckpoint();
  }
  const models = hasCheckpoint || own.length > 0 ? await lazy(import('./load_model.js'), context.options.signal) : undefined;
  const options = models?.layerOptions(name, Object.fromEntries(own)) ?? {};
  const layer = hasCheckpoint && models ? await models.loadModel(context, name, kept, options) : await loadFeatures(context, name, kept.columns);
  layer.origin = { context, name, lists: kept, options };
  return layer as LayerByName[Name];
}

async function loadFeatures(context: Context, name: LayerName, columns: Columns | undefined): Promise<DenseFeatures | SequenceFeatures> {
  const isSequence = name === 'sequence_features';
  const { parts, normalizers } = loaders(context, [[columns, isSequence ? name : 'dense_features']]);
  const { columns: core, leases } = await (parts[0] as PartColumns).load((request) => context.resources.table(request, context.options), context.options);
  const layer = await makeCoreLayer(context, { spec: { layer: name, columns: core }, leases }, normalizers);
  return isSequence ? new SequenceFeatures(layer) : new DenseFeatures(layer);
}

/** Lists may be read but once, or changed by their owner later; what is no list is told of elsewhere. */
function snapshot<T>(columns: T): T {
  return typeof columns === 'object' && columns !== null && !isColumn(columns) && Symbol.iterator in columns ? ([...(columns as Iterable<unknown>)] as T) : columns;
}

/** Checks the columns of each part of a layer, and gives what loads them. */
export function loaders({ engine, resources, options: { signal } }: Context, given: readonly (readonly [Columns | undefined, LayerKind])[]): { parts: PartColumns[]; normalizers: Promise<Normalizers> | undefined } {
  const lists = given.map(([columns, kind]) => [normalizeColumns(columns, kind), kind] as const);
  for (const part of partsOf(lists)) engine.native.parts.foresee(part);
  const all = lists.flatMap(([columns]) => columns);
  const normalizers = new Parts(all).normalized.size > 0 ? lazy(import('./normalizers.js'), signal).then((part) => new part.Normalizers(all)) : undefined;
  normalizers?.catch(() => {}); // a file may fail first
  const parts = lists.map(
    ([columns, kind]): PartColumns => ({ columns, load: (tableFor, options) => loadColumns(columns, resources, tableFor, normalizers, kind !== 'linear_model', options) }),
  );
  return { parts, normalizers };
}
