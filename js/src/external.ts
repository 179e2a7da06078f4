/**
 * The same as the main entry, but for the WebAssembly module, which is `feature-columns.wasm` beside this file, with
 * its parts: bundlers copy them, browsers compile them from their cache. In Node it is read from the package's folder.
 */
import { entryOver, type Entry } from './runtime/entry.js';
import type { Runtime } from './runtime/runtime.js';
import type { Fetch } from './loading/types.js';
import { compiledOnce, readWasm } from './runtime/wasm_source.js';

export * from './public.js';

const URLS = {
  checkpoint: () => new URL('./feature-columns.checkpoint.wasm', import.meta.url),
  columns: () => new URL('./feature-columns.columns.wasm', import.meta.url),
  explain: () => new URL('./feature-columns.explain.wasm', import.meta.url),
  messages: () => new URL('./feature-columns.messages.wasm', import.meta.url),
  models: () => new URL('./feature-columns.models.wasm', import.meta.url),
  prebuilt: () => new URL('./feature-columns.prebuilt.wasm', import.meta.url),
  rows: () => new URL('./feature-columns.rows.wasm', import.meta.url),
  vocabulary: () => new URL('./feature-columns.vocabulary.wasm', import.meta.url),
};

const read = ({ href }: URL, fetch: Fetch | undefined) => readWasm(href, href.startsWith('file:') ? undefined : fetch);

let made: Entry | undefined;
// Made when it is used, and each function below one of its own: bundlers see that an app needs none of this which only defines columns.
const entry = (): Entry => (made ??= makeEntry());

function makeEntry(): Entry {
  const own = compiledOnce((name) => read(URLS[name](), undefined));
  return entryOver({
    core: (fetch) => read(new URL('./feature-columns.wasm', import.meta.url), fetch),
    part: (name, fetch) => (fetch ? read(URLS[name](), fetch) : own(name)),
    url: (name) => URLS[name](),
    isServed: (fetch) => !fetch,
  });
}

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
