// The grid: bags of 20 ids for tables from the cache to DRAM, ids uniform and by Zipf's law, against loops of plain JavaScript over
// the same Float32Array. Without --full two corners of it.
import { compare, result, verify } from '../harness.mjs';
import { evenSplits, floats, ids, zipf } from '../data.mjs';

const BAGS = 5000;
const EACH = 20;
const PEER = 'plain JavaScript';

function plainMean(table, dimension, values, out) {
  out.fill(0);
  for (let bag = 0, k = 0; bag < BAGS; ++bag) {
    const to = bag * dimension;
    for (let n = 0; n < EACH; ++n, ++k) {
      const from = values[k] * dimension;
      for (let i = 0; i < dimension; ++i) out[to + i] += table[from + i];
    }
    for (let i = 0; i < dimension; ++i) out[to + i] /= EACH;
  }
  return out;
}

const size = (bytes) => (bytes >= 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MB` : `${Math.round(bytes / 2 ** 10)} KB`);

export async function run(fc, { rounds, full }) {
  const results = [];
  for (const dimension of full ? [8, 16, 32, 64, 128] : [16, 64]) {
    for (const rows of full ? [1_000, 10_000, 100_000, 1_000_000] : [1_000, 1_000_000]) {
      const runtime = await fc.createRuntime();
      const table = floats(rows * dimension, 1);
      const layer = await runtime.denseFeatures([fc.embeddingColumn(fc.categoricalColumnWithIdentity('ids', { numBuckets: rows }), { dimension, table: { data: table } })]);
      const out = new Float32Array(BAGS * dimension);
      const theirs = new Float32Array(BAGS * dimension);
      for (const [law, draw] of [['uniform', ids], ['Zipf', zipf]]) {
        const values = draw(rows, BAGS * EACH, 2);
        const batch = { ids: { values, rowSplits: evenSplits(BAGS, EACH) } };
        verify(`D = ${dimension}, ${rows} rows`, layer.transform(batch, { out }).data, plainMean(table, dimension, values, theirs));
        const times = await compare([
          { name: 'feature-columns', work: () => layer.transform(batch, { out }) },
          { name: PEER, work: () => plainMean(table, dimension, values, theirs) },
        ], { rounds });
        results.push(result('grid', `D = ${dimension}, ${rows.toLocaleString('en')} rows (${size(rows * dimension * 4)}), ${law} ids`, times, { unit: 'ns/id', scale: 1e6 / (BAGS * EACH) }));
      }
      layer.dispose();
      runtime.dispose();
    }
  }
  return results;
}
