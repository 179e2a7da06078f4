// The same with TensorFlow.js and its wasm backend, of which it takes what a page needs to gather and average rows. `folder` has the wasm.
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { gather, mean, ready, setBackend, tensor2d } from '@tensorflow/tfjs-core';

export async function start(mark, folder) {
  setWasmPaths(folder);
  await setBackend('wasm');
  await ready();
  mark('backend');
  const data = mean(gather(tensor2d(Float32Array.from({ length: 16 }, (_, i) => i), [4, 4]), tensor2d([1, 3], [1, 2], 'int32')), 1).dataSync();
  if (data[0] !== 8) throw new Error(`${data}`);
}
