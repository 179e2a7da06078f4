// Row 4: JavaScript strings to ids (and, as a column gives no bare ids, to vectors of one float), against Map.get, both on strings
// that no table has seen. One in ten is out of vocabulary. "Its strings encoded" is the floor: joined, and written as UTF-8 at once.
import { compare, result, verify } from '../harness.mjs';
import { encodeJoined, freshTokens, token, vocabularyBytes } from '../data.mjs';

const COUNT = 100_000;
const TARGETS = { 20_000: 2.3, 1_000_000: 8.5, 10_000_000: 12 };

export async function run(fc, { rounds, full }) {
  const results = [];
  for (const n of full ? [20_000, 1_000_000, 10_000_000] : [20_000, 1_000_000]) {
    const table = Float32Array.from({ length: n }, (_, i) => i);
    const runtime = await fc.createRuntime({ fetch: async () => new Response(vocabularyBytes(n)) });
    const column = fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: 'vocabulary.txt' });
    const layer = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension: 1, table: { data: table } })]);
    const map = new Map();
    for (let i = 0; i < n; ++i) map.set(token(i), i);
    const out = new Float32Array(COUNT);
    const mapped = new Float32Array(COUNT);
    const lookUp = (keys) => {
      for (let i = 0; i < keys.length; ++i) mapped[i] = map.get(keys[i]) ?? 0;
      return mapped;
    };
    let seed = 1;
    const keys = freshTokens(n, COUNT, seed++);
    verify('Map.get', layer.transform({ id: keys }, { out }).data, lookUp(freshTokens(n, COUNT, 1)), 0);
    const times = await compare(
      [{ name: 'feature-columns', work: (fresh) => layer.transform({ id: fresh }, { out }) }, { name: 'Map.get', work: lookUp }, { name: 'its strings encoded', work: encodeJoined }],
      { rounds, prepare: () => freshTokens(n, COUNT, seed++) },
    );
    results.push(result(4, `JS strings to ids, ${n.toLocaleString('en')} keys`, times, { unit: 'ns/string', scale: 1e6 / COUNT, targets: { 'Map.get': TARGETS[n] } }));
    layer.dispose();
    runtime.dispose();
  }
  return results;
}
