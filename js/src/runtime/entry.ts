/** What both entries of the package offer, over the module that each of them brings. */
import type {
  Columns, CombinedClassifierOptions, CombinedRegressorOptions, DnnClassifierOptions, DnnRegressorOptions, LinearClassifierOptions, LinearModelOptions,
  LinearRegressorOptions,
} from '../layers/load.js';
import type { LoadOptions, Source } from '../loading/types.js';
import { startRuntime, type Runtime, type RuntimeOptions } from './runtime.js';
import type { DefaultWasm } from './wasm_source.js';

export function entryPoints(defaultWasm: DefaultWasm) {
  let shared: Promise<Runtime> | undefined;

  const createRuntime = (options: RuntimeOptions = {}): Promise<Runtime> => startRuntime(options, defaultWasm);

  /** Started at the first use; a failed start is tried again at the next. */
  const defaultRuntime = (): Promise<Runtime> =>
    (shared ??= createRuntime().catch((error: unknown) => {
      shared = undefined;
      throw error;
    }));

  return {
    createRuntime,
    denseFeatures: (async (columns: Columns, options?: LoadOptions) => (await defaultRuntime()).denseFeatures(columns, options)) as Runtime['denseFeatures'],
    sequenceFeatures: (async (columns: Columns, options?: LoadOptions) => (await defaultRuntime()).sequenceFeatures(columns, options)) as Runtime['sequenceFeatures'],
    linearModel: (async (columns: Columns, options: LinearModelOptions & LoadOptions) => (await defaultRuntime()).linearModel(columns, options)) as Runtime['linearModel'],
    dnnClassifier: (async (options: DnnClassifierOptions & LoadOptions) => (await defaultRuntime()).dnnClassifier(options)) as Runtime['dnnClassifier'],
    dnnRegressor: (async (options: DnnRegressorOptions & LoadOptions) => (await defaultRuntime()).dnnRegressor(options)) as Runtime['dnnRegressor'],
    linearClassifier: (async (options: LinearClassifierOptions & LoadOptions) => (await defaultRuntime()).linearClassifier(options)) as Runtime['linearClassifier'],
    linearRegressor: (async (options: LinearRegressorOptions & LoadOptions) => (await defaultRuntime()).linearRegressor(options)) as Runtime['linearRegressor'],
    dnnLinearCombinedClassifier: (async (options: CombinedClassifierOptions & LoadOptions) => (await defaultRuntime()).dnnLinearCombinedClassifier(options)) as Runtime['dnnLinearCombinedClassifier'],
    dnnLinearCombinedRegressor: (async (options: CombinedRegressorOptions & LoadOptions) => (await defaultRuntime()).dnnLinearCombinedRegressor(options)) as Runtime['dnnLinearCombinedRegressor'],
    load: (async (spec: Source | object, options?: LoadOptions) => (await defaultRuntime()).load(spec, options)) as Runtime['load'],
  };
}

export type EntryPoints = ReturnType<typeof entryPoints>;
