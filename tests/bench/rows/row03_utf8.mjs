// Row 3: UTF-8 bytes to ids, against Map.get on fresh strings of the same keys; one in ten is out of vocabulary. Two of ours: the
// core alone (in Node), keys already in its memory, and the public API, which checks and copies them and, as a column gives no bare ids,
// makes vectors of one float.
import { compare, result, verify } from '../harness.mjs';
import { evenSplits, freshTokens, packUtf8, token, utf8Of, vocabularyBytes } from '../data.mjs';
import { lookupInWasm } from '#peers';

const COUNT = 500_000;
const TARGETS = { 1_000_000: 14, 10_000_000: 18 };

export async function run(fc, { rounds, full }) {
  const results = [];
  for (const n of full ? [20_000, 1_000_000, 10_000_000] : [20_000, 1_000_000]) {
    const map = new Map();
    for (let i = 0; i < n; ++i) map.set(token(i), i);
    const runtime = await fc.createRuntime({ fetch: async () => new Response(vocabularyBytes(n)) });
    const column = fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: 'vocabulary.txt' });
    const layer = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension: 1, table: { data: Float32Array.from({ length: n }, (_, i) => i) } })]);
    const out = new Float32Array(COUNT);
    const rowSplits = evenSplits(COUNT, 1);
    const transform = ({ values }) => layer.transform({ id: { values, rowSplits } }, { out }).data;

    const mapped = new Int32Array(COUNT);
    const lookUp = ({ strings }) => {
      for (let i = 0; i < strings.length; ++i) mapped[i] = map.get(strings[i]) ?? -1;
      return mapped;
    };
    let seed = 1;
    const prepare = () => {
      const strings = freshTokens(n, COUNT, seed++);
      return { strings, values: utf8Of(strings) };
    };
    const first = prepare();
    verify('Map.get, the API', transform(first), lookUp(first).map((id) => Math.max(0, id)), 0); // an unknown key alone is an empty bag: 0

    const peer = { name: 'Map.get', work: lookUp };
    const units = { unit: 'ns/key', scale: 1e6 / COUNT, targets: n in TARGETS ? { 'Map.get': TARGETS[n] } : {} };
    const size = `${n.toLocaleString('en')} keys`;
    if (lookupInWasm) {
      const core = await lookupInWasm(vocabularyBytes(n), COUNT);
      core.fill(packUtf8(first.values));
      core.find();
      verify('Map.get, the core', core.ids(), lookUp(first), 0);
      const alone = await compare([{ name: 'feature-columns', prepare: (input) => core.fill(packUtf8(input.values)), work: () => core.find() }, peer], { rounds, prepare });
      results.push(result(3, `UTF-8 bytes to ids, the core alone, ${size}`, alone, units));
    }
    const api = await compare([{ name: 'feature-columns', work: transform }, peer], { rounds, prepare });
    results.push(result(3, `UTF-8 bytes to vectors of one float, the API, ${size}`, api, units));
    layer.dispose();
    runtime.dispose();
  }
  return results;
}
