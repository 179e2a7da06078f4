/** What both entries of the package offer, over the module that each of them brings. */
import { startRuntime, type Runtime, type RuntimeOptions } from './runtime.js';
import type { DefaultWasm } from './wasm_source.js';

export interface Entry {
  createRuntime(options?: RuntimeOptions): Promise<Runtime>;
  /** Started at the first use; a failed start is tried again at the next. */
  defaultRuntime(): Promise<Runtime>;
}

export function entryOver(defaultWasm: DefaultWasm): Entry {
  let shared: Promise<Runtime> | undefined;
  const createRuntime = (options: RuntimeOptions = {}): Promise<Runtime> => startRuntime(options, defaultWasm);
  const defaultRuntime = (): Promise<Runtime> =>
    (shared ??= createRuntime().catch((error: unknown) => {
      shared = undefined;
      throw error;
    }));
  return { createRuntime, defaultRuntime };
}
