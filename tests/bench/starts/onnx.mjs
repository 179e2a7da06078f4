// The same with ONNX Runtime Web.
import * as ort from 'onnxruntime-web/wasm';
import { gatherMean } from '../peers/onnx.mjs';

export async function start(mark) {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(gatherMean(Float32Array.from({ length: 16 }, (_, i) => i), 4, 4, 2));
  mark('session');
  const { pooled } = await session.run({ ids: new ort.Tensor('int64', BigInt64Array.from([1n, 3n]), [1, 2]) });
  if (pooled.data[0] !== 8) throw new Error(`${pooled.data}`);
}
