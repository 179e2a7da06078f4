// What a page needs of TensorFlow.js to gather and average rows.
export { setBackend, ready, tensor2d, gather, mean } from '@tensorflow/tfjs-core';
export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
