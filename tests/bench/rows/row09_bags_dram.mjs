// Row 9: float32 bags of 20 ids out of a table of 256 MB, of which no cache holds much: the core alone against the same source
// compiled for this processor; the public API against onnxruntime-node, which gathers and then reduces, on one thread (two are no
// faster at that). The floor of both: the lines of the rows brought in, and nothing done with them.
import { createRequire } from 'node:module';
import { compare, result, verify } from '../harness.mjs';
import { evenSplits, floats, ids } from '../data.mjs';
import { bagsInWasm, bagsNatively, IDS, LINES } from '../peers/bags.mjs';
import { compilerVersion } from '../peers/native.mjs';
import { gatherMean } from '../peers/onnx.mjs';

const BYTES = 256e6;
const EACH = 20;
const BAGS = IDS / EACH;
/** Batches take turns, so that their rows are not in the cache still. */
const BATCHES = 50;
const NATIVE = 'own source, native';
const ORT = 'onnxruntime-node';

async function coreRow(dimension, zipf, rounds) {
  const rows = BYTES / 4 / dimension;
  const core = await bagsInWasm(rows, dimension, 'float32', zipf);
  const native = await bagsNatively(rows, dimension, 'float32', zipf, core.digest);
  const times = await compare([
    { name: 'feature-columns', work: () => core.run(), repeat: 10 },
    { name: NATIVE, work: () => native.ask('run'), repeat: 10 },
    { name: LINES, work: () => core.touch(), repeat: 10 },
  ], { rounds });
  native.end();
  const targets = zipf ? {} : { [NATIVE]: dimension === 32 ? 0.8 : 0.95 };
  return result(9, `bag of ${EACH} ids from DRAM, the core alone, D = ${dimension}${zipf ? ', Zipf' : ''}`, times, { unit: 'ns/id', scale: 1e6 / IDS, targets, note: compilerVersion() });
}

async function apiRow(fc, dimension, rounds) {
  const ort = createRequire(import.meta.url)('onnxruntime-node');
  const rows = BYTES / 4 / dimension;
  const table = floats(rows * dimension, 1);
  const runtime = await fc.createRuntime();
  const column = fc.embeddingColumn(fc.categoricalColumnWithIdentity('ids', { numBuckets: rows }), { dimension, table: { data: table } });
  const layer = await runtime.denseFeatures([column]);
  const session = await ort.InferenceSession.create(gatherMean(table, rows, dimension, EACH), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const rowSplits = evenSplits(BAGS, EACH);
  const batches = Array.from({ length: BATCHES }, (_, i) => {
    const values = ids(rows, IDS, i + 2);
    return { own: { ids: { values, rowSplits } }, tensor: new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [BAGS, EACH]) };
  });
  const out = new Float32Array(BAGS * dimension);
  const onnx = async ({ tensor }) => (await session.run({ ids: tensor })).pooled.data;
  verify(ORT, layer.transform(batches[0].own).data, await onnx(batches[0]));
  let turn = 0;
  const prepare = () => batches[turn++ % BATCHES];
  const core = await bagsInWasm(rows, dimension, 'float32');
  const times = await compare([
    { name: 'feature-columns', work: ({ own }) => layer.transform(own, { out }), repeat: 10 },
    { name: ORT, work: onnx, repeat: 10 },
    { name: LINES, work: () => core.touch(), repeat: 10 },
  ], { rounds, prepare });
  runtime.dispose();
  await session.release();
  return result(9, `bag of ${EACH} ids from DRAM, D = ${dimension}`, times, { unit: 'ns/id', scale: 1e6 / IDS, targets: { [ORT]: 4 } });
}

export async function run(fc, { rounds }) {
  const results = [];
  for (const dimension of [32, 64]) {
    for (const zipf of [false, true]) results.push(await coreRow(dimension, zipf, rounds));
    results.push(await apiRow(fc, dimension, rounds));
  }
  return results;
}
