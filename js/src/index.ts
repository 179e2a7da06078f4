/**
 * TensorFlow's feature columns for JavaScript. This entry carries the WebAssembly module inside, so that nothing else has
 * to be served; `feature-columns/external` fetches it from a file of its own.
 */
import { inlineWasm } from './generated/wasm_core.js';
import { entryPoints, type EntryPoints } from './runtime/entry.js';
import { bytesOfText, compiledOnce } from './runtime/wasm_source.js';

export * from './public.js';

const here = import.meta.url;

const PARTS = {
  checkpoint: () => import('./generated/wasm_checkpoint.js'),
  columns: () => import('./generated/wasm_columns.js'),
  explain: () => import('./generated/wasm_explain.js'),
  models: () => import('./generated/wasm_models.js'),
  prebuilt: () => import('./generated/wasm_prebuilt.js'),
  rows: () => import('./generated/wasm_rows.js'),
};

let made: EntryPoints | undefined;
// Made when it is used, and each function below one of its own: bundlers see that an app needs none of this which only defines columns.
const entry = (): EntryPoints => (made ??= entryPoints({
  core: async () => bytesOfText(inlineWasm),
  part: compiledOnce(async (name) => bytesOfText((await PARTS[name]()).inlineWasm)),
  // Not in the form that bundlers look for: they have the parts above.
  url: (name) => new URL(`feature-columns.${name}.wasm`, here),
  here,
}));

/** Starts a runtime: an instance of the module with its own memory. Without options nothing has to be configured. */
export const createRuntime: EntryPoints['createRuntime'] = (options) => entry().createRuntime(options);

// --- the same as the methods of a runtime, on one default runtime that starts at the first use

/** See {@link Runtime.denseFeatures}. */
export const denseFeatures = ((...given: Parameters<EntryPoints['denseFeatures']>) => entry().denseFeatures(...given)) as EntryPoints['denseFeatures'];
/** See {@link Runtime.sequenceFeatures}. */
export const sequenceFeatures = ((...given: Parameters<EntryPoints['sequenceFeatures']>) => entry().sequenceFeatures(...given)) as EntryPoints['sequenceFeatures'];
/** See {@link Runtime.linearModel}. */
export const linearModel = ((...given: Parameters<EntryPoints['linearModel']>) => entry().linearModel(...given)) as EntryPoints['linearModel'];
/** See {@link Runtime.dnnClassifier}. */
export const dnnClassifier = ((...given: Parameters<EntryPoints['dnnClassifier']>) => entry().dnnClassifier(...given)) as EntryPoints['dnnClassifier'];
/** See {@link Runtime.dnnRegressor}. */
export const dnnRegressor = ((...given: Parameters<EntryPoints['dnnRegressor']>) => entry().dnnRegressor(...given)) as EntryPoints['dnnRegressor'];
/** See {@link Runtime.linearClassifier}. */
export const linearClassifier = ((...given: Parameters<EntryPoints['linearClassifier']>) => entry().linearClassifier(...given)) as EntryPoints['linearClassifier'];
/** See {@link Runtime.linearRegressor}. */
export const linearRegressor = ((...given: Parameters<EntryPoints['linearRegressor']>) => entry().linearRegressor(...given)) as EntryPoints['linearRegressor'];
/** See {@link Runtime.dnnLinearCombinedClassifier}. */
export const dnnLinearCombinedClassifier = ((...given: Parameters<EntryPoints['dnnLinearCombinedClassifier']>) => entry().dnnLinearCombinedClassifier(...given)) as EntryPoints['dnnLinearCombinedClassifier'];
/** See {@link Runtime.dnnLinearCombinedRegressor}. */
export const dnnLinearCombinedRegressor = ((...given: Parameters<EntryPoints['dnnLinearCombinedRegressor']>) => entry().dnnLinearCombinedRegressor(...given)) as EntryPoints['dnnLinearCombinedRegressor'];
/** See {@link Runtime.load}. */
export const load = ((...given: Parameters<EntryPoints['load']>) => entry().load(...given)) as EntryPoints['load'];
