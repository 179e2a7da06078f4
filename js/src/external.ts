/**
 * The same as the main entry, but for the WebAssembly module, which is `feature-columns.wasm` beside this file, with
 * its parts: bundlers copy them, browsers compile them from their cache. In Node it is read from the package's folder.
 */
import { entryPoints, type EntryPoints } from './runtime/entry.js';
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

let made: EntryPoints | undefined;
// Made when it is used, and each function below one of its own: bundlers see that an app needs none of this which only defines columns.
const entry = (): EntryPoints => (made ??= makeEntry());

function makeEntry(): EntryPoints {
  const own = compiledOnce((name) => read(URLS[name](), undefined));
  return entryPoints({
    core: (fetch) => read(new URL('./feature-columns.wasm', import.meta.url), fetch),
    part: (name, fetch) => (fetch ? read(URLS[name](), fetch) : own(name)),
    url: (name) => URLS[name](),
    here: import.meta.url,
  });
}

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
