// The same with ONNX Runtime Web.
import { gatherMean } from '../peers/onnx.mjs';
const model = gatherMean(Float32Array.from({ length: 16 }, (_, i) => i), 4, 4, 2);
const begin = performance.now();
const ort = await import('onnxruntime-web/wasm');
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(model);
const { pooled } = await session.run({ ids: new ort.Tensor('int64', BigInt64Array.from([1n, 3n]), [1, 2]) });
if (pooled.data[0] !== 8) throw new Error(`${pooled.data}`);
process.stdout.write(String(performance.now() - begin));
process.exit(0);
