// Cost growth: the time a row takes must not depend on how many rows come at once. One layer, batches of 10 to 10^6 rows.
import { compare, result, verify } from '../harness.mjs';
import { evenSplits, floats, ids, token, vocabularyBytes } from '../data.mjs';

const IDS = 10_000;
const DIMENSION = 16;
const EACH = 4;

export async function run(fc, { rounds }) {
  const runtime = await fc.createRuntime({ fetch: async () => new Response(vocabularyBytes(IDS)) });
  const embedding = (categorical, seed) => fc.embeddingColumn(categorical, { dimension: DIMENSION, table: { data: floats(IDS * DIMENSION, seed) } });
  const layer = await runtime.denseFeatures([
    embedding(fc.categoricalColumnWithIdentity('ids', { numBuckets: IDS }), 1),
    embedding(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile: 'vocabulary.txt' }), 2),
    fc.numericColumn('x'),
  ]);
  const most = 1_000_000;
  const values = ids(IDS, most * EACH, 3);
  const words = Array.from({ length: 10_000 }, (_, i) => token(i));
  const x = floats(most, 4);
  const out = new Float32Array(most * layer.width);
  const batchOf = (rows) => ({
    ids: { values: values.subarray(0, rows * EACH), rowSplits: evenSplits(rows, EACH) },
    word: Array.from({ length: rows }, (_, i) => words[i % words.length]),
    x: x.subarray(0, rows),
  });
  const first = Float32Array.from(layer.transform(batchOf(10)).data);
  const results = [];
  for (let rows = 10; rows <= most; rows *= 10) {
    const batch = batchOf(rows);
    verify(`${rows} rows`, layer.transform(batch, { out }).data.subarray(0, first.length), first, 0);
    // Small batches are many calls, and engines compile what has been called often: what is timed is what goes on.
    for (const end = performance.now() + 300; performance.now() < end; ) layer.transform(batch, { out });
    const times = await compare([{ name: 'feature-columns', work: () => { for (let i = 0; i < 10_000 / rows || i === 0; ++i) layer.transform(batch, { out }); } }], { rounds });
    const rowsATime = Math.max(rows, 10_000);
    results.push(result('growth', `${rows.toLocaleString('en')} rows at a time: ids, a string, a number`, times, { unit: 'ns/row', scale: 1e6 / rowsATime }));
  }
  const base = results.find(({ what }) => what.startsWith('1,000 ')).figures['feature-columns'].min;
  for (const each of results) each.note = `${(each.figures['feature-columns'].min / base).toFixed(2)} of the time of a row among 1,000`;
  layer.dispose();
  runtime.dispose();
  return results;
}
