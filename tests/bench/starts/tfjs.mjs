// The same with TensorFlow.js and its wasm backend.
import { createRequire } from 'node:module';
import path from 'node:path';
const folder = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')) + '/dist/';
const begin = performance.now();
const { setBackend, ready, tensor2d, gather, mean, setWasmPaths } = await import('../../../build/bench/tfjs-start.mjs');
setWasmPaths(folder);
await setBackend('wasm');
await ready();
const data = mean(gather(tensor2d(Float32Array.from({ length: 16 }, (_, i) => i), [4, 4]), tensor2d([1, 3], [1, 2], 'int32')), 1).dataSync();
if (data[0] !== 8) throw new Error(`${data}`);
process.stdout.write(String(performance.now() - begin));
process.exit(0);
