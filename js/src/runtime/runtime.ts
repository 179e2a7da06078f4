/// <reference lib="esnext.disposable" preserve="true" />
/** Runtimes: one instance of the module each, with its own memory and what is loaded into it. */
import { FeatureColumnError } from '../errors.js';
import type { EstimatorName } from '../estimators/types.js';
import { foreseeFiles, foreseePrebuild, foreseeTensors } from '../loading/foresight.js';
import { lazy } from '../loading/lazy.js';
import { Resources } from '../loading/resources.js';
import type { Tensor, TensorFile } from '../loading/tensor_file.js';
import type { LoaderOptions, LoadOptions, Source, TensorSource } from '../loading/types.js';
import type { Fetching } from '../layers/fetching.js';
import type { DenseFeatures } from '../layers/dense_features.js';
import type { Classifier, Regressor } from '../layers/estimator.js';
import type { LinearModel } from '../layers/linear_model.js';
import {
  loadLayer, type AnyFetchingLayer, type AnyLayer, type ColumnLists, type Columns, type CombinedClassifierOptions, type CombinedRegressorOptions, type Context,
  type DnnClassifierOptions, type DnnRegressorOptions, type FetchedColumns, type FetchedOptions, type LayerByName, type LinearClassifierOptions, type LinearModelOptions, type LinearRegressorOptions,
} from '../layers/load.js';
import type { SequenceFeatures } from '../layers/sequence_features.js';
import type { LayerName } from '../spec/layer_arguments.js';
import type { CacheOption } from './cache.js';
import { checkOptions } from './call_options.js';
import { makeDisposable } from './disposable.js';
import { Engine } from './engine.js';
import { instantiateModule } from './module.js';
import { wasmSource, type DefaultWasm, type WasmOptions } from './wasm_source.js';

export interface RuntimeOptions extends WasmOptions, LoaderOptions {
  /**
   * The HTTP cache's mode for every request (`'force-cache'`, …), or what whole files are kept in: a `Cache` of the Cache API or
   * `await opfsCache('model-v1')`. What is kept is not asked for again, unless `integrity` says that it is another version. Default:
   * the HTTP cache as the server asks. Files of Node are never cached.
   */
  readonly cache?: CacheOption | undefined;
}

/** A count of things and the bytes they take in the module's memory. */
export interface ResourceStats {
  readonly count: number;
  readonly bytes: number;
}

export interface RuntimeStats {
  /** Vocabularies, tables, checkpoints and layers that are alive; 0 after everything was disposed. */
  readonly liveObjects: number;
  /** Size of the module's memory. WebAssembly memory cannot shrink: what is freed is used again. */
  readonly heapBytes: number;
  /** The block that batches are packed into; 0 while there is no layer. */
  readonly batchBytes: number;
  readonly vocabularies: ResourceStats;
  readonly tables: ResourceStats;
  /** Rows that are held of tables that are fetched by rows; their memory is among that of the tables. */
  readonly fetchedRows: ResourceStats;
  /** Checkpoints that are being read. */
  readonly checkpoints: number;
  /** Tensors that are being read. */
  readonly tensors: number;
  readonly layers: number;
}

/** Options of {@link Runtime.prebuildVocabulary}. */
export interface PrebuildOptions extends LoadOptions {
  /** Only so many first lines. Default: all. */
  readonly vocabularySize?: number | undefined;
}

const NONE: ResourceStats = Object.freeze({ count: 0, bytes: 0 });

/**
 * Loads layers and shares what they use: a vocabulary or table that several columns or layers name is loaded once and held
 * once. Made by `createRuntime`.
 */
export class Runtime {
  private readonly engine: Engine;
  private readonly resources: Resources;

  /** Disposes the runtime at the end of a `using` block, where the engine knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;

  /** @internal */
  constructor(engine: Engine, resources: Resources) {
    this.engine = engine;
    this.resources = resources;
    makeDisposable(this);
  }

  /**
   * TensorFlow's `DenseFeatures` over numeric, bucketized, indicator and embedding columns.
   *
   * @throws FeatureColumnError `invalid_definition`; of loading: `not_found`, `network`, `integrity`, `aborted`,
   *   `invalid_vocabulary`, `invalid_checkpoint`, `checksum_mismatch`, `tensor_not_found`, `shape_mismatch`, `dtype_mismatch`,
   *   `out_of_memory`; `disposed`. A failure leaves nothing behind, and the call can be made again.
   */
  denseFeatures(columns: Columns, options?: LoadOptions): Promise<DenseFeatures>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  denseFeatures(columns: FetchedColumns, options?: LoadOptions): Promise<Fetching<DenseFeatures>>;
  denseFeatures(columns: Columns | FetchedColumns, options: LoadOptions = {}): Promise<unknown> {
    return this.layer('dense_features', { columns: columns as Columns }, options);
  }

  /** TensorFlow's `SequenceFeatures` over sequence columns. Errors: as {@link denseFeatures}. */
  sequenceFeatures(columns: Columns, options?: LoadOptions): Promise<SequenceFeatures>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  sequenceFeatures(columns: FetchedColumns, options?: LoadOptions): Promise<Fetching<SequenceFeatures>>;
  sequenceFeatures(columns: Columns | FetchedColumns, options: LoadOptions = {}): Promise<unknown> {
    return this.layer('sequence_features', { columns: columns as Columns }, options);
  }

  /** TensorFlow's `linear_model`, with weights from a checkpoint. Errors: as {@link denseFeatures}. */
  linearModel(columns: Columns, options: LinearModelOptions & LoadOptions): Promise<LinearModel>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  linearModel(columns: FetchedColumns, options: LinearModelOptions & LoadOptions): Promise<Fetching<LinearModel>>;
  linearModel(columns: Columns | FetchedColumns, options: Partial<LinearModelOptions> & LoadOptions = {}): Promise<unknown> {
    return this.layer('linear_model', { columns: columns as Columns }, options);
  }

  /** `tf.estimator.DNNClassifier`, as it was saved. Errors: as {@link denseFeatures}. */
  dnnClassifier(options: DnnClassifierOptions & LoadOptions): Promise<Classifier>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  dnnClassifier(options: FetchedOptions<DnnClassifierOptions> & LoadOptions): Promise<Fetching<Classifier>>;
  dnnClassifier(options: FetchedOptions<DnnClassifierOptions> & LoadOptions): Promise<unknown> {
    return this.estimator('dnn_classifier', options);
  }

  /** `tf.estimator.DNNRegressor`. */
  dnnRegressor(options: DnnRegressorOptions & LoadOptions): Promise<Regressor>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  dnnRegressor(options: FetchedOptions<DnnRegressorOptions> & LoadOptions): Promise<Fetching<Regressor>>;
  dnnRegressor(options: FetchedOptions<DnnRegressorOptions> & LoadOptions): Promise<unknown> {
    return this.estimator('dnn_regressor', options);
  }

  /** `tf.estimator.LinearClassifier`. */
  linearClassifier(options: LinearClassifierOptions & LoadOptions): Promise<Classifier>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  linearClassifier(options: FetchedOptions<LinearClassifierOptions> & LoadOptions): Promise<Fetching<Classifier>>;
  linearClassifier(options: FetchedOptions<LinearClassifierOptions> & LoadOptions): Promise<unknown> {
    return this.estimator('linear_classifier', options);
  }

  /** `tf.estimator.LinearRegressor`. */
  linearRegressor(options: LinearRegressorOptions & LoadOptions): Promise<Regressor>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  linearRegressor(options: FetchedOptions<LinearRegressorOptions> & LoadOptions): Promise<Fetching<Regressor>>;
  linearRegressor(options: FetchedOptions<LinearRegressorOptions> & LoadOptions): Promise<unknown> {
    return this.estimator('linear_regressor', options);
  }

  /** `tf.estimator.DNNLinearCombinedClassifier`. */
  dnnLinearCombinedClassifier(options: CombinedClassifierOptions & LoadOptions): Promise<Classifier>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  dnnLinearCombinedClassifier(options: FetchedOptions<CombinedClassifierOptions> & LoadOptions): Promise<Fetching<Classifier>>;
  dnnLinearCombinedClassifier(options: FetchedOptions<CombinedClassifierOptions> & LoadOptions): Promise<unknown> {
    return this.estimator('dnn_linear_combined_classifier', options);
  }

  /** `tf.estimator.DNNLinearCombinedRegressor`. */
  dnnLinearCombinedRegressor(options: CombinedRegressorOptions & LoadOptions): Promise<Regressor>;
  /** The same for columns whose tables are fetched by rows: the layer answers with promises. */
  dnnLinearCombinedRegressor(options: FetchedOptions<CombinedRegressorOptions> & LoadOptions): Promise<Fetching<Regressor>>;
  dnnLinearCombinedRegressor(options: FetchedOptions<CombinedRegressorOptions> & LoadOptions): Promise<unknown> {
    return this.estimator('dnn_linear_combined_regressor', options);
  }

  /**
   * The layer of a JSON spec: of its URL (or path in Node, or bytes), to which the names in it are relative, or of the
   * parsed object, whose names are relative to `baseUrl`, the page, or the working directory.
   *
   * What a spec holds, types cannot know: say it - `load<DenseFeatures>(…)`, or `load<Fetching<DenseFeatures>>(…)` where a table has
   * `"fetch": "rows"` -, or look at `kind` and `fetches` of the layer.
   *
   * @throws FeatureColumnError `invalid_spec`, and those of {@link denseFeatures}
   */
  load<Loaded extends AnyLayer | AnyFetchingLayer = AnyLayer>(spec: Source | object, options: LoadOptions = {}): Promise<Loaded> {
    if (typeof spec === 'string' || spec instanceof URL) foreseeFiles();
    return this.loading(options, async (context) => (await lazy(import('../layers/load_spec.js'), context.options.signal)).loadSpec(context, spec)) as Promise<Loaded>;
  }

  /**
   * What is in a file of tensors - a checkpoint by its prefix or directory, .safetensors, .npy -: names, dtypes, shapes.
   *
   * @throws FeatureColumnError as {@link denseFeatures}
   */
  tensors(source: Source, options: LoadOptions = {}): Promise<TensorFile> {
    foreseeTensors();
    return this.loading(options, async ({ resources, options: own }) => (await resources.files(own)).tensors(source, own));
  }

  /**
   * One tensor of such a file as float32 in JavaScript's memory; nothing of it stays in the runtime. 16-bit floats are
   * widened exactly. `tensor` may be left out where there is only one. `cast` takes a checkpoint's double, integers and bool too, rounded to float32.
   *
   * @throws FeatureColumnError as {@link denseFeatures}
   */
  readTensor(source: TensorSource, options: LoadOptions = {}): Promise<Tensor> {
    foreseeTensors();
    return this.loading(options, async ({ resources, options: own }) => (await resources.files(own)).tensor(Object(source) as TensorSource, own));
  }

  /**
   * A text vocabulary with its index, as a file that a vocabulary file column may name in place of the text: name it `….vocabulary`. Of
   * `vocabularySize` only so many first lines, as the column that names it must say then, or nothing. See docs/loading.md.
   *
   * @throws FeatureColumnError `unsupported` if it is no text; those of {@link denseFeatures}
   */
  prebuildVocabulary(vocabularyFile: Source, options: PrebuildOptions = {}): Promise<Uint8Array> {
    foreseePrebuild();
    return this.loading(options, async ({ resources, options: own }) => (await resources.files(own)).prebuilt(vocabularyFile, options.vocabularySize, own));
  }

  /** What is held at this moment. */
  stats(): RuntimeStats {
    if (this.engine.disposed) {
      return { liveObjects: 0, heapBytes: 0, batchBytes: 0, vocabularies: NONE, tables: NONE, fetchedRows: NONE, checkpoints: 0, tensors: 0, layers: 0 };
    }
    const { native, arena } = this.engine;
    const [vocabularies, vocabularyBytes, tables, tableBytes, checkpoints, tensors, layers] = new Float64Array(native.HEAPU8.buffer, native.stats(), 7) as unknown as [number, number, number, number, number, number, number];
    return {
      liveObjects: vocabularies + tables + checkpoints + tensors + layers,
      heapBytes: native.HEAPU8.byteLength,
      batchBytes: arena.bytes,
      vocabularies: { count: vocabularies, bytes: vocabularyBytes },
      tables: { count: tables, bytes: tableBytes },
      fetchedRows: this.resources.heldRows,
      checkpoints,
      tensors,
      layers,
    };
  }

  get disposed(): boolean {
    return this.engine.disposed;
  }

  /** Disposes all layers of this runtime and lets go of its memory; what is being loaded fails with `disposed`. Calling it again does nothing. */
  dispose(): void {
    this.engine.dispose();
  }

  private estimator<Name extends EstimatorName>(name: Name, options: FetchedOptions<ColumnLists & { readonly featureColumns?: Columns }> & LoadOptions = {}): Promise<LayerByName[Name]> {
    const { featureColumns, dnnFeatureColumns, linearFeatureColumns } = Object(options) as ColumnLists & { readonly featureColumns?: Columns };
    return this.layer(name, { columns: featureColumns, dnnFeatureColumns, linearFeatureColumns }, options);
  }

  private layer<Name extends LayerName>(name: Name, lists: ColumnLists, options: LoadOptions): Promise<LayerByName[Name]> {
    return this.loading(options, (context) => loadLayer(context, name, lists, options));
  }

  private async loading<T>(options: LoadOptions, make: (context: Context) => Promise<T>): Promise<T> {
    checkOptions(options);
    return this.engine.loading(options.signal, (signal) => make({ engine: this.engine, resources: this.resources, options: { ...options, signal } }));
  }
}

/** Starts a runtime, with `defaultWasm` where the options do not say where the module is. */
export async function startRuntime(options: RuntimeOptions, defaultWasm: DefaultWasm): Promise<Runtime> {
  const { fetch, baseUrl, retries, cache } = checkOptions(options);
  if (retries !== undefined && !(Number.isSafeInteger(retries) && retries >= 0)) throw new FeatureColumnError('invalid_argument', `retries takes a whole number of at least 0, not ${String(retries)}`);
  if (fetch || baseUrl || cache) foreseeFiles(); // who says where files come from will read some
  const [source, parts] = await wasmSource(options, defaultWasm);
  const native = await instantiateModule(source, parts, fetch);
  return new Runtime(new Engine(native), new Resources(native, { fetch, baseUrl, retries, cache }));
}
