/** How a runtime starts. */
import { FeatureColumnError } from '../errors.js';
import type { LoaderOptions } from '../loading/types.js';
import type { CacheOption } from './cache.js';
import { runtimeOf, type Runtime } from './started_runtime.js';
import { wasmSource, type DefaultWasm, type WasmOptions } from './wasm_source.js';

export type { PrebuildOptions, ResourceStats, Runtime, RuntimeStats } from './started_runtime.js';

export interface RuntimeOptions extends WasmOptions, LoaderOptions {
  /**
   * The HTTP cache's mode for every request (`'force-cache'`, …), or what whole files are kept in: a `Cache` of the Cache API or
   * `await opfsCache('model-v1')`. What is kept is not asked for again, unless `integrity` says that it is another version. Default:
   * the HTTP cache as the server asks. Files of Node are never cached.
   */
  readonly cache?: CacheOption | undefined;
}

/** Starts a runtime, with `defaultWasm` where the options do not say where the module is. */
export async function startRuntime(options: RuntimeOptions, defaultWasm: DefaultWasm): Promise<Runtime> {
  if (typeof options !== 'object' || options === null) throw new FeatureColumnError('invalid_argument', 'createRuntime takes an object of options');
  const [source, parts] = await wasmSource(options, defaultWasm);
  return runtimeOf(source, parts, options);
}
