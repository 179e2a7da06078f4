// The named peers, loaded once: TensorFlow.js (wasm and cpu backends), ONNX Runtime Web and Node.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));
const bundle = path.resolve(here, '../../../build/bench/tfjs.cjs');

// One bundle, so that the converter's HashTable (what its graph executor runs for LookupTableFindV2) shares the core's engine.
const ENTRY = `
  export * as tf from '@tensorflow/tfjs-core';
  import '@tensorflow/tfjs-backend-cpu/dist/index.js';
  export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
  export { HashTable } from '@tensorflow/tfjs-converter/dist/executor/hash_table.js';
`;

let tfjs;
export async function loadTfjs(backend) {
  if (!tfjs) {
    await build({ stdin: { contents: ENTRY, resolveDir: here }, bundle: true, platform: 'node', format: 'cjs', outfile: bundle, logLevel: 'error' });
    tfjs = require(bundle);
    tfjs.setWasmPaths(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')) + '/dist/');
  }
  await tfjs.tf.setBackend(backend);
  await tfjs.tf.ready();
  return tfjs;
}

let ortWeb;
export async function loadOrtWeb() {
  if (!ortWeb) {
    ortWeb = await import('onnxruntime-web/wasm');
    ortWeb.env.wasm.numThreads = 1; // as in a page without cross-origin isolation
  }
  return ortWeb;
}

export const loadOrtNode = async () => (await import('onnxruntime-node')).default;

export const version = (name) => require(`${name}/package.json`).version;
export const folderOf = (name) => pathToFileURL(path.dirname(require.resolve(`${name}/package.json`)) + '/');
