/**
 * The same as the main entry, but for the WebAssembly module, which is `feature-columns.wasm` beside this file, with
 * its parts: bundlers copy them, browsers compile them from their cache. In Node it is read from the package's folder.
 */
import { entryPoints } from './runtime/entry.js';
import type { Fetch } from './loading/types.js';
import { compiledOnce, readWasm } from './runtime/wasm_source.js';

export * from './public.js';

const URLS = {
  checkpoint: () => new URL('./feature-columns.checkpoint.wasm', import.meta.url),
  columns: () => new URL('./feature-columns.columns.wasm', import.meta.url),
  explain: () => new URL('./feature-columns.explain.wasm', import.meta.url),
  models: () => new URL('./feature-columns.models.wasm', import.meta.url),
  prebuilt: () => new URL('./feature-columns.prebuilt.wasm', import.meta.url),
  rows: () => new URL('./feature-columns.rows.wasm', import.meta.url),
};

const read = ({ href }: URL, fetch: Fetch | undefined) => readWasm(href, href.startsWith('file:') ? undefined : fetch);

const own = /* @__PURE__ */ compiledOnce((name) => read(URLS[name](), undefined));

const entry = /* @__PURE__ */ entryPoints({
  core: (fetch) => read(new URL('./feature-columns.wasm', import.meta.url), fetch),
  part: (name, fetch) => (fetch ? read(URLS[name](), fetch) : own(name)),
  url: (name) => URLS[name](),
  here: import.meta.url,
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
