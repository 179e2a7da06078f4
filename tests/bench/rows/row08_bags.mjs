// Row 8: float32 bags of 20 ids in cache, D = 16 and 64: numbers in, pooled vectors out, through the public API. Its floor: the lines
// of as many rows of such a table read in wasm, without ids in, additions or vectors out.
import { compare, result, verify } from '../harness.mjs';
import { evenSplits, floats, ids } from '../data.mjs';
import { bagsInWasm, LINES, loadOrtWeb, loadTfjs } from '#peers';
import { gatherMean } from '../peers/onnx.mjs';

const BAGS = 1000;
const EACH = 20;
const TABLE_ROWS = { 16: 10_000, 64: 2_000 }; // 640 KB and 512 KB: in the second-level cache

export async function run(fc, { rounds }) {
  const results = [];
  const runtime = await fc.createRuntime();
  for (const dimension of [16, 64]) {
    const rows = TABLE_ROWS[dimension];
    const table = floats(rows * dimension, 1);
    const values = ids(rows, BAGS * EACH, 2);
    const column = fc.categoricalColumnWithIdentity('ids', { numBuckets: rows });
    const mean = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension, table: { data: table } })]);
    const sum = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension, combiner: 'sum', table: { data: table } })]);
    const batch = { ids: { values, rowSplits: evenSplits(BAGS, EACH) } };
    const out = new Float32Array(BAGS * dimension);

    const { tf } = await loadTfjs('wasm');
    const tensor = tf.tensor2d(table, [rows, dimension]);
    const gather = () => tf.tidy(() => tf.mean(tf.gather(tensor, tf.tensor2d(values, [BAGS, EACH], 'int32')), 1).dataSync());
    const segments = Int32Array.from(values, (_, i) => Math.floor(i / EACH));
    const segmentSum = () => tf.tidy(() => tf.sparse.sparseSegmentSum(tensor, tf.tensor1d(values, 'int32'), tf.tensor1d(segments, 'int32')).dataSync());
    const ort = await loadOrtWeb();
    const session = await ort.InferenceSession.create(gatherMean(table, rows, dimension, EACH));
    const wide = BigInt64Array.from(values, BigInt);
    const onnx = async () => (await session.run({ ids: new ort.Tensor('int64', wide, [BAGS, EACH]) })).pooled.data;

    const core = await bagsInWasm?.(rows, dimension, 'float32');

    verify('TF.js gather + mean', mean.transform(batch).data, gather());
    verify('TF.js sparseSegmentSum', sum.transform(batch).data, segmentSum());
    verify('ONNX Runtime Web', mean.transform(batch).data, await onnx());

    const times = await compare([
      { name: 'feature-columns', work: () => mean.transform(batch, { out }), repeat: 20 },
      { name: 'TF.js wasm gather + mean', work: gather },
      { name: 'ONNX Runtime Web', work: onnx, repeat: 3 },
      ...(core ? [{ name: LINES, work: () => core.touch(), repeat: 100 }] : []),
    ], { rounds });
    const sums = await compare([
      { name: 'feature-columns', work: () => sum.transform(batch, { out }), repeat: 20 },
      { name: 'TF.js sparseSegmentSum', work: segmentSum, repeat: 3 },
    ], { rounds });
    const scale = 1e6 / (BAGS * EACH);
    results.push(result(8, `bag of ${EACH} ids, mean, D = ${dimension}`, times, { unit: 'ns/id', scale, targets: { 'TF.js wasm gather + mean': 150, 'ONNX Runtime Web': dimension === 16 ? 30 : 17 } }));
    results.push(result(8, `bag of ${EACH} ids, sum, D = ${dimension}`, sums, { unit: 'ns/id', scale, targets: { 'TF.js sparseSegmentSum': dimension === 16 ? 8 : 5.5 } }));
    mean.dispose();
    sum.dispose();
    tensor.dispose();
    await session.release();
  }
  runtime.dispose();
  return results;
}
