/// <reference lib="esnext.disposable" preserve="true" />
/** A runtime that lives in a worker. */
import { FeatureColumnError } from '../errors.js';
import type { DenseOutput } from '../layers/dense_features.js';
import type { ClassifierPredictions, RegressorPredictions } from '../layers/estimator.js';
import type { LinearOutput } from '../layers/linear_model.js';
import type {
  Columns, CombinedClassifierOptions, CombinedRegressorOptions, DnnClassifierOptions, DnnRegressorOptions, LinearClassifierOptions, LinearModelOptions, LinearRegressorOptions,
} from '../layers/load.js';
import type { SequenceOutput } from '../layers/sequence_features.js';
import { hasFiles, nodeModule, pageUrl } from '../loading/location.js';
import type { Tensor, TensorFile } from '../loading/tensor_file.js';
import type { Fetch, LoadOptions, Source, TensorSource } from '../loading/types.js';
import { checkOptions } from '../runtime/call_options.js';
import { makeDisposable } from '../runtime/disposable.js';
import type { PrebuildOptions, RuntimeOptions, RuntimeStats } from '../runtime/runtime.js';
import { Connection, type Answer } from './connection.js';
import type { LayerDescription } from './messages.js';
import { portOf, type AnyWorker } from './port.js';
import { RemoteEstimator, RemoteFeatures } from './remote_layer.js';

export interface WorkerRuntimeOptions extends Omit<RuntimeOptions, 'cache'> {
  /** The HTTP cache's mode, as `createRuntime` takes it. A `Cache` of the Cache API cannot go to a worker. */
  readonly cache?: RequestCache | undefined;
  /**
   * A worker of your own that runs `feature-columns/worker-thread`, where the default one cannot be started: under a bundler
   * that does not know `new Worker(new URL(…))`, or with the package on another host than the page. It is not terminated.
   */
  readonly worker?: AnyWorker | undefined;
}

export type WorkerFeatures = RemoteFeatures<DenseOutput>;
export type WorkerSequenceFeatures = RemoteFeatures<SequenceOutput>;
export type WorkerLinearModel = RemoteFeatures<LinearOutput>;
export type WorkerClassifier = RemoteEstimator<ClassifierPredictions>;
export type WorkerRegressor = RemoteEstimator<RegressorPredictions>;
/** What a spec can be: `kind` tells which. */
export type AnyWorkerLayer = WorkerFeatures | WorkerSequenceFeatures | WorkerLinearModel | WorkerClassifier | WorkerRegressor;

/** The methods of `Runtime`, each with a promise of what it gives there. Made by `createWorkerRuntime`. */
export class WorkerRuntime {
  /** Disposes the runtime at the end of a `using` block, where the engine knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;

  /** @internal */
  constructor(private readonly connection: Connection) {
    makeDisposable(this);
  }

  /** See `Runtime.denseFeatures`. Functions cannot go to a worker: a normalizerFn is written as steps. Errors: `unsupported`, and its own. */
  denseFeatures(columns: Columns, options: LoadOptions = {}): Promise<WorkerFeatures> {
    return this.layer('denseFeatures', [columns], options);
  }

  sequenceFeatures(columns: Columns, options: LoadOptions = {}): Promise<WorkerSequenceFeatures> {
    return this.layer('sequenceFeatures', [columns], options);
  }

  linearModel(columns: Columns, options: LinearModelOptions & LoadOptions): Promise<WorkerLinearModel> {
    return this.layer('linearModel', [columns], options ?? {});
  }

  dnnClassifier(options: DnnClassifierOptions & LoadOptions): Promise<WorkerClassifier> {
    return this.layer('dnnClassifier', [], options);
  }

  dnnRegressor(options: DnnRegressorOptions & LoadOptions): Promise<WorkerRegressor> {
    return this.layer('dnnRegressor', [], options);
  }

  linearClassifier(options: LinearClassifierOptions & LoadOptions): Promise<WorkerClassifier> {
    return this.layer('linearClassifier', [], options);
  }

  linearRegressor(options: LinearRegressorOptions & LoadOptions): Promise<WorkerRegressor> {
    return this.layer('linearRegressor', [], options);
  }

  dnnLinearCombinedClassifier(options: CombinedClassifierOptions & LoadOptions): Promise<WorkerClassifier> {
    return this.layer('dnnLinearCombinedClassifier', [], options);
  }

  dnnLinearCombinedRegressor(options: CombinedRegressorOptions & LoadOptions): Promise<WorkerRegressor> {
    return this.layer('dnnLinearCombinedRegressor', [], options);
  }

  /** See `Runtime.load`. */
  load(spec: Source | object, options: LoadOptions = {}): Promise<AnyWorkerLayer> {
    return this.layer('load', [spec], options);
  }

  /** See `Runtime.tensors`. */
  async tensors(source: Source, options: LoadOptions = {}): Promise<TensorFile> {
    return (await this.loading('tensors', [source], options)).value as TensorFile;
  }

  /** See `Runtime.readTensor`. */
  async readTensor(source: TensorSource, options: LoadOptions = {}): Promise<Tensor> {
    return (await this.loading('readTensor', [source], options)).value as Tensor;
  }

  /** See `Runtime.prebuildVocabulary`. */
  async prebuildVocabulary(vocabularyFile: Source, options: PrebuildOptions = {}): Promise<Uint8Array> {
    return (await this.loading('prebuildVocabulary', [vocabularyFile], options)).value as Uint8Array;
  }

  /** What is held in the worker when the calls made before have been answered. */
  async stats(): Promise<RuntimeStats> {
    return (await this.connection.call('stats', [])).value as RuntimeStats;
  }

  get disposed(): boolean {
    return this.connection.closed;
  }

  /** Ends the worker at once: what is under way fails with `disposed`. Calling it again does nothing. */
  dispose(): void {
    this.connection.close(new FeatureColumnError('disposed', 'the runtime was disposed; create another one'));
  }

  private async loading(method: string, args: readonly unknown[], options: LoadOptions): Promise<Answer> {
    const { signal, onProgress, ...own } = checkOptions(options);
    const answer = await this.connection.call(method, [...args, own], { signal, onProgress });
    const { described, thrown } = answer;
    if (!thrown) return answer;
    if (described) this.connection.disposeLayer(described.layer);
    throw thrown.error;
  }

  private async layer<L extends AnyWorkerLayer>(method: string, args: readonly unknown[], options: LoadOptions): Promise<L> {
    const { described } = await this.loading(method, args, options);
    return layerOf(this.connection, described as LayerDescription) as L;
  }
}

function layerOf(connection: Connection, description: LayerDescription): AnyWorkerLayer {
  switch (description.kind) {
    case 'dense_features': return new RemoteFeatures<DenseOutput>(connection, description);
    case 'sequence_features': return new RemoteFeatures<SequenceOutput>(connection, description);
    case 'linear_model': return new RemoteFeatures<LinearOutput>(connection, description);
    case 'dnn_classifier': case 'linear_classifier': case 'dnn_linear_combined_classifier': return new RemoteEstimator<ClassifierPredictions>(connection, description);
    default: return new RemoteEstimator<RegressorPredictions>(connection, description);
  }
}

/**
 * Starts a runtime in a worker: a module worker of the browser, or a thread of Node. The page packs a batch in pieces of a
 * millisecond, moves it over, and gets the output's memory back; it is never blocked for longer by the work itself.
 *
 * @throws FeatureColumnError `unsupported` where no worker can be started, and those of `createRuntime`
 */
export async function createWorkerRuntime(options: WorkerRuntimeOptions = {}): Promise<WorkerRuntime> {
  const { worker, fetch, baseUrl = pageUrl(), ...own } = checkOptions(options);
  if (typeof own.cache === 'object') throw new FeatureColumnError('unsupported', 'a Cache of the Cache API cannot go to a worker; give a mode of the HTTP cache, or a fetch of your own that asks it');
  const connection = new Connection(portOf(worker ?? (await startWorker())), fetch as Fetch | undefined);
  const external = own.wasmBinary !== undefined || own.wasmModule !== undefined || own.wasmUrl !== undefined;
  try {
    await connection.start({ ...own, baseUrl }, external);
  } catch (error) {
    connection.close(new FeatureColumnError('disposed', 'the runtime was not started'));
    throw error;
  }
  return new WorkerRuntime(connection);
}

async function startWorker(): Promise<AnyWorker> {
  try {
    if (hasFiles()) {
      const { Worker: Thread } = await nodeModule<{ Worker: new (url: URL) => AnyWorker }>('worker_threads');
      return new Thread(new URL('./worker-thread.js', import.meta.url));
    }
    // In this form bundlers find the script and bring it along.
    return new Worker(new URL('./worker-thread.js', import.meta.url), { type: 'module' });
  } catch (cause) {
    throw new FeatureColumnError(
      'unsupported',
      `the worker cannot be started: ${(cause as Error).message}. Its script must come from the page's own host, under a policy worker-src 'self'; or give a worker of your own: {worker}`,
      { cause },
    );
  }
}
