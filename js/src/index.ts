/**
 * TensorFlow's feature columns for JavaScript. This entry carries the WebAssembly module inside, so that nothing else has
 * to be served; `feature-columns/external` fetches it from a file of its own.
 */
import { inlineWasm } from './generated/wasm_core.js';
import { entryPoints } from './runtime/entry.js';
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

const entry = /* @__PURE__ */ entryPoints({
  core: async () => bytesOfText(inlineWasm),
  part: compiledOnce(async (name) => bytesOfText((await PARTS[name]()).inlineWasm)),
  // Not in the form that bundlers look for: they have the parts above.
  url: (name) => new URL(`feature-columns.${name}.wasm`, here),
  here,
});

/** Starts a runtime: an instance of the module with its own memory. Without options nothing has to be configured. */
export const createRuntime = /* @__PURE__ */ entry('createRuntime');

// --- the same as the methods of a runtime, on one default runtime that starts at the first use

/** See {@link Runtime.denseFeatures}. */
export const denseFeatures = /* @__PURE__ */ entry('denseFeatures');
/** See {@link Runtime.sequenceFeatures}. */
export const sequenceFeatures = /* @__PURE__ */ entry('sequenceFeatures');
/** See {@link Runtime.linearModel}. */
export const linearModel = /* @__PURE__ */ entry('linearModel');
/** See {@link Runtime.dnnClassifier}. */
export const dnnClassifier = /* @__PURE__ */ entry('dnnClassifier');
/** See {@link Runtime.dnnRegressor}. */
export const dnnRegressor = /* @__PURE__ */ entry('dnnRegressor');
/** See {@link Runtime.linearClassifier}. */
export const linearClassifier = /* @__PURE__ */ entry('linearClassifier');
/** See {@link Runtime.linearRegressor}. */
export const linearRegressor = /* @__PURE__ */ entry('linearRegressor');
/** See {@link Runtime.dnnLinearCombinedClassifier}. */
export const dnnLinearCombinedClassifier = /* @__PURE__ */ entry('dnnLinearCombinedClassifier');
/** See {@link Runtime.dnnLinearCombinedRegressor}. */
export const dnnLinearCombinedRegressor = /* @__PURE__ */ entry('dnnLinearCombinedRegressor');
/** See {@link Runtime.load}. */
export const load = /* @__PURE__ */ entry('load');
