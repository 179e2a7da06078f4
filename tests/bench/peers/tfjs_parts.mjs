// What the rows use of TensorFlow.js, as one bundle, so that the converter's HashTable (what its graph executor runs for
// LookupTableFindV2) shares the core's engine.
export * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu/dist/index.js';
export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
export { HashTable } from '@tensorflow/tfjs-converter/dist/executor/hash_table.js';
