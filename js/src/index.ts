/**
 * TensorFlow's feature columns for JavaScript. This entry carries the WebAssembly module inside, so that nothing else has
 * to be served; `feature-columns/external` fetches it from a file of its own.
 */
import { inlineWasm } from './generated/wasm_core.js';
import { entryOver, type Entry } from './runtime/entry.js';
import type { Runtime } from './runtime/runtime.js';
import { bytesOfText, compiledOnce, isPackage } from './runtime/wasm_source.js';

export * from './public.js';

const here = import.meta.url;

const PARTS = {
  checkpoint: () => import('./generated/wasm_checkpoint.js'),
  columns: () => import('./generated/wasm_columns.js'),
  explain: () => import('./generated/wasm_explain.js'),
  messages: () => import('./generated/wasm_messages.js'),
  models: () => import('./generated/wasm_models.js'),
  prebuilt: () => import('./generated/wasm_prebuilt.js'),
  rows: () => import('./generated/wasm_rows.js'),
  vocabulary: () => import('./generated/wasm_vocabulary.js'),
};

let made: Entry | undefined;
// Made when it is used, and each function below one of its own: bundlers see that an app needs none of this which only defines columns.
const entry = (): Entry => (made ??= entryOver({
  core: async () => bytesOfText(inlineWasm),
  part: compiledOnce(async (name) => bytesOfText((await PARTS[name]()).inlineWasm)),
  // Not in the form that bundlers look for: they have the parts above.
  url: (name) => new URL(`feature-columns.${name}.wasm`, here),
  isServed: () => isPackage(here),
}));

/** Starts a runtime: an instance of the module with its own memory. Without options nothing has to be configured. */
export const createRuntime: Entry['createRuntime'] = (options) => entry().createRuntime(options);

// --- the same as the methods of a runtime, on one default runtime that starts at the first use

/** See {@link Runtime.denseFeatures}. */
export const denseFeatures = (async (...given: Parameters<Runtime['denseFeatures']>) => (await entry().defaultRuntime()).denseFeatures(...given)) as Runtime['denseFeatures'];
/** See {@link Runtime.sequenceFeatures}. */
export const sequenceFeatures = (async (...given: Parameters<Runtime['sequenceFeatures']>) => (await entry().defaultRuntime()).sequenceFeatures(...given)) as Runtime['sequenceFeatures'];
/** See {@link Runtime.linearModel}. */
export const linearModel = (async (...given: Parameters<Runtime['linearModel']>) => (await entry().defaultRuntime()).linearModel(...given)) as Runtime['linearModel'];
/** See {@link Runtime.dnnClassifier}. */
export const dnnClassifier = (async (...given: Parameters<Runtime['dnnClassifier']>) => (await entry().defaultRuntime()).dnnClassifier(...given)) as Runtime['dnnClassifier'];
/** See {@link Runtime.dnnRegressor}. */
export const dnnRegressor = (async (...given: Parameters<Runtime['dnnRegressor']>) => (await entry().defaultRuntime()).dnnRegressor(...given)) as Runtime['dnnRegressor'];
/** See {@link Runtime.linearClassifier}. */
export const linearClassifier = (async (...given: Parameters<Runtime['linearClassifier']>) => (await entry().defaultRuntime()).linearClassifier(...given)) as Runtime['linearClassifier'];
/** See {@link Runtime.linearRegressor}. */
export const linearRegressor = (async (...given: Parameters<Runtime['linearRegressor']>) => (await entry().defaultRuntime()).linearRegressor(...given)) as Runtime['linearRegressor'];
/** See {@link Runtime.dnnLinearCombinedClassifier}. */
export const dnnLinearCombinedClassifier = (async (...given: Parameters<Runtime['dnnLinearCombinedClassifier']>) => (await entry().defaultRuntime()).dnnLinearCombinedClassifier(...given)) as Runtime['dnnLinearCombinedClassifier'];
/** See {@link Runtime.dnnLinearCombinedRegressor}. */
export const dnnLinearCombinedRegressor = (async (...given: Parameters<Runtime['dnnLinearCombinedRegressor']>) => (await entry().defaultRuntime()).dnnLinearCombinedRegressor(...given)) as Runtime['dnnLinearCombinedRegressor'];
/** See {@link Runtime.load}. */
export const load = (async (...given: Parameters<Runtime['load']>) => (await entry().defaultRuntime()).load(...given)) as Runtime['load'];
