// The named peers in Node, loaded once: TensorFlow.js (wasm and cpu backends) and ONNX Runtime Web; and the core, compiled.
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export { bagsInWasm, LINES } from './bags.mjs';
export { hashInWasm, lookupInWasm } from './lookup.mjs';

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));
const bundle = path.resolve(here, '../../../build/bench/tfjs.cjs');

let tfjs;
export async function loadTfjs(backend) {
  if (!tfjs) {
    await build({ entryPoints: [path.join(here, 'tfjs_parts.mjs')], bundle: true, platform: 'node', format: 'cjs', outfile: bundle, logLevel: 'error' });
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

export const compileCore = async () => WebAssembly.compile(await readFile(path.resolve(here, '../../../dist/feature-columns.wasm')));
