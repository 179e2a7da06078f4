/** Columns, options and specs to layers. */
import { normalizeColumns, type LayerKind } from '../columns/normalize.js';
import type { ColumnDefinition, Combiner, FetchedColumn } from '../columns/types.js';
import { FeatureColumnError } from '../errors.js';
import { loadEstimator, loadLinearModel } from '../estimators/load.js';
import type { EstimatorName, EstimatorRequest, LoadColumns } from '../estimators/types.js';
import type { Resources } from '../loading/resources.js';
import type { LoadOptions, Source } from '../loading/types.js';
import type { Engine } from '../runtime/engine.js';
import type { LayerName } from '../spec/arguments.js';
import { layerOptions, parseLayerSpec, type LayerOptions } from '../spec/layer_spec.js';
import { makeCoreLayer, type CoreLayer } from './core_layer.js';
import { DenseFeatures } from './dense_features.js';
import { Classifier, Regressor, type ClassifierName } from './estimator.js';
import type { Fetching } from './fetching.js';
import { LinearModel } from './linear_model.js';
import { loadColumns } from './load_columns.js';
import { Locations } from './locations.js';
import { Normalizers } from './normalizers.js';
import { Parts } from './parts.js';
import { Replacer, snapshot } from './replacement.js';
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
  /** Weights are `<scope>/<column name>/weights` and `<scope>/bias_weights`. Default 'linear_model'. */
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
  readonly linearFeatureColumns: Columns;
  readonly dnnFeatureColumns: Columns;
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
  const options = layerOptions(name, Object.fromEntries(own));
  const kept = Object.fromEntries(Object.entries(lists).map(([list, columns]) => [list, snapshot(columns)])) as ColumnLists;
  const layer = (await layerOf(context, name, kept, options)) as LayerByName[Name];
  layer.reload = (replacement, again) =>
    context.engine.loading(again.signal, async (signal) => {
      const integrity = again.integrity === undefined ? context.options.integrity : { ...context.options.integrity, ...again.integrity };
      const loading: LoadOptions = { ...context.options, onProgress: undefined, ...again, integrity, signal };
      const locations = await Locations.of([kept, options, replacement], (file) => context.resources.locate(file, loading));
      const next = replaced(name, kept, options, new Replacer(replacement, locations), locations);
      return loadLayer({ ...context, options: loading }, name, next.lists, next.options);
    });
  return layer;
}

/** A layer's columns and options with other sources. */
function replaced(name: LayerName, lists: ColumnLists, options: LayerOptions, replacer: Replacer, locations: Locations): { lists: ColumnLists; options: LayerOptions } {
  const { ckptToLoadFrom } = replacer;
  const hasCheckpoint = options.ckptToLoadFrom !== undefined;
  const refused = (message: string) => new FeatureColumnError('invalid_argument', `replace: ${message}`);
  if (ckptToLoadFrom !== undefined && !hasCheckpoint) throw refused(`${name} has no checkpoint of its own; name its tables: {tables: {…: {ckptToLoadFrom}}}`);
  if (hasCheckpoint && replacer.hasTables) throw refused(`all weights of ${name} are in its checkpoint; give another one: {ckptToLoadFrom}`);
  if (ckptToLoadFrom !== undefined && locations.same(ckptToLoadFrom, options.ckptToLoadFrom)) throw refused('the layer reads this very checkpoint already; give another name for what has changed');
  const columns = Object.entries(lists).map(([list, each]) => [list, each === undefined ? each : replacer.columns(normalizedList(each))]);
  replacer.requireAllUsed();
  return { lists: Object.fromEntries(columns) as ColumnLists, options: ckptToLoadFrom === undefined ? options : { ...options, ckptToLoadFrom } };
}

const normalizedList = (columns: Columns): Iterable<ColumnDefinition> => (Symbol.iterator in columns ? columns : [columns]);

async function layerOf(context: Context, name: LayerName, lists: ColumnLists, options: LayerOptions): Promise<AnyLayer> {
  switch (name) {
    case 'dense_features':
      return new DenseFeatures(await loadFeatures(context, name, lists.columns));
    case 'sequence_features':
      return new SequenceFeatures(await loadFeatures(context, name, lists.columns));
    case 'linear_model': {
      const { load, normalizers } = loaders(context, [[lists.columns, name]]);
      return new LinearModel(
        makeCoreLayer(context.engine, await loadLinearModel(context.resources, { ...required(options), load: load[0] as LoadColumns }, context.options), normalizers.inputs),
      );
    }
    default:
      return loadEstimatorLayer(context, name, lists, options);
  }
}

async function loadFeatures(context: Context, name: 'dense_features' | 'sequence_features', columns: Columns | undefined): Promise<CoreLayer> {
  const { load, normalizers } = loaders(context, [[columns, name]]);
  const { columns: core, leases } = await (load[0] as LoadColumns)((request) => context.resources.table(request, context.options), context.options);
  return makeCoreLayer(context.engine, { spec: { layer: name, columns: core }, leases }, normalizers.inputs);
}

async function loadEstimatorLayer(context: Context, name: EstimatorName, lists: ColumnLists, options: LayerOptions): Promise<Classifier | Regressor> {
  const deep = name.startsWith('dnn') ? (lists.dnnFeatureColumns ?? lists.columns) : undefined;
  const wide = name.includes('linear') ? (lists.linearFeatureColumns ?? lists.columns) : undefined;
  const parts: [Columns | undefined, LayerKind][] = [];
  if (name.startsWith('dnn')) parts.push([deep, 'dense_features']);
  if (name.includes('linear')) parts.push([wide, 'linear_model']);
  const { load, normalizers } = loaders(context, parts);
  const { hiddenUnits, dnnHiddenUnits, activationFn, dnnActivationFn, sparseCombiner, linearSparseCombiner, batchNorm } = options;
  const request: EstimatorRequest = {
    ...required(options),
    estimator: name,
    dnn: name.startsWith('dnn') ? { load: load[0] as LoadColumns, hiddenUnits: dnnHiddenUnits ?? hiddenUnits, activationFn: dnnActivationFn ?? activationFn, batchNorm } : undefined,
    linear: name.includes('linear') ? { load: load[load.length - 1] as LoadColumns, sparseCombiner: linearSparseCombiner ?? sparseCombiner } : undefined,
  };
  const core = makeCoreLayer(context.engine, await loadEstimator(context.resources, request, context.options), normalizers.inputs);
  return isClassifier(name) ? new Classifier(core, name) : new Regressor(core, name);
}

const isClassifier = (name: EstimatorName): name is ClassifierName => name.endsWith('_classifier');

/** Checks the columns of each part of a layer, and gives what loads them. */
function loaders({ resources }: Context, parts: readonly (readonly [Columns | undefined, LayerKind])[]): { load: LoadColumns[]; normalizers: Normalizers } {
  const lists = parts.map(([columns, kind]) => [normalizeColumns(columns, kind), kind] as const);
  const normalizers = new Normalizers(new Parts(lists.flatMap(([columns]) => columns)).features);
  const load = lists.map(
    ([columns, kind]): LoadColumns =>
      (tableFor, options) => loadColumns(columns, resources, tableFor, normalizers, kind !== 'linear_model', options),
  );
  return { load, normalizers };
}

/** `layerOptions` has checked what there is; this is what must be there. */
function required(options: LayerOptions): LayerOptions & { readonly ckptToLoadFrom: Source } {
  if (options.ckptToLoadFrom === undefined) throw new FeatureColumnError('invalid_definition', 'ckptToLoadFrom is missing: the weights are read from a checkpoint');
  return { ...options, ckptToLoadFrom: options.ckptToLoadFrom };
}

/** What was parsed is a plain object; everything that can be read is not. */
const isSource = (spec: Source | object): spec is Source => typeof spec === 'string' || !['[object Object]', '[object Array]', '[object Null]'].includes(Object.prototype.toString.call(spec));

/** The layer of a spec: parsed, or where it can be read. */
export async function loadSpec(context: Context, spec: Source | object): Promise<AnyLayer> {
  const parsed = isSource(spec) ? await context.resources.json(spec, context.options) : { value: spec, url: undefined };
  const { layer, columns, dnnFeatureColumns, linearFeatureColumns, options } = parseLayerSpec(parsed.value);
  const relative = parsed.url === undefined ? context : { ...context, options: { ...context.options, baseUrl: parsed.url } };
  return loadLayer(relative, layer, { columns, dnnFeatureColumns, linearFeatureColumns }, options);
}
