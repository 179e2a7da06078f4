/**
 * Runtimes in a worker: `feature-columns/worker`. Column definitions and specs are here too, so that a page needs no other
 * entry; the core is loaded by the worker alone.
 */
export * from '../public.js';
export type { AnyWorker } from './port.js';
export type { RemoteEstimator, RemoteFeatures, RemoteLayer, WorkerCallOptions, WorkerExampleOptions, WorkerTransformOptions } from './remote_layer.js';
export {
  createWorkerRuntime, type AnyWorkerLayer, type WorkerClassifier, type WorkerFeatures, type WorkerLinearModel, type WorkerRegressor, type WorkerRuntime, type WorkerRuntimeOptions,
  type WorkerSequenceFeatures,
} from './remote_runtime.js';
