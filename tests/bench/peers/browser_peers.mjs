// The named peers in a page, and the core, compiled. The page is served from the root of the repository.
import * as tfjs from './tfjs_parts.mjs';

export async function loadTfjs(backend) {
  tfjs.setWasmPaths('/tests/bench/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
  await tfjs.tf.setBackend(backend);
  await tfjs.tf.ready();
  return tfjs;
}

export async function loadOrtWeb() {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1; // as in a page without cross-origin isolation
  ort.env.wasm.wasmPaths = '/tests/bench/node_modules/onnxruntime-web/dist/';
  return ort;
}

export const compileCore = () => WebAssembly.compileStreaming(fetch('/dist/feature-columns.wasm'));

/** The core alone is measured in Node only. */
export const [lookupInWasm, hashInWasm, bagsInWasm, LINES] = [];
