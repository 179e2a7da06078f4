// Row 1: the bytes of a vocabulary file to a ready table, against TextDecoder, split and a Map. Ours is a whole layer: it also
// starts a runtime with memory of its own (of a module that is compiled once, as in a page), fetches (from memory), counts lines, and
// makes the embedding of dimension 1 that a column needs.
import { compare, result } from '../harness.mjs';
import { vocabularyBytes } from '../data.mjs';
import { compileCore } from '#peers';

export async function run(fc, { rounds, full }) {
  const results = [];
  const wasmModule = await compileCore();
  for (const n of full ? [1_000_000, 10_000_000] : [1_000_000]) {
    const bytes = vocabularyBytes(n);
    const table = new Float32Array(n);
    const column = fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: 'vocabulary.txt' });
    const columns = [fc.embeddingColumn(column, { dimension: 1, table: { data: table } })];
    const ours = async () => {
      const runtime = await fc.createRuntime({ wasmModule, fetch: async () => new Response(bytes) });
      const layer = await runtime.denseFeatures(columns);
      layer.dispose();
      runtime.dispose();
    };
    const idiomatic = () => {
      const ids = new Map();
      const lines = new TextDecoder().decode(bytes).split('\n');
      for (let i = 0; i < lines.length; ++i) if (lines[i] !== '') ids.set(lines[i], i);
      return ids.size;
    };
    if (idiomatic() !== n) throw new Error('the Map has another number of keys');
    const times = await compare([{ name: 'feature-columns', work: ours }, { name: 'decode + split + new Map', work: idiomatic }], { rounds: n > 1e6 ? 3 : rounds });
    results.push(result(1, `vocabulary of ${n.toLocaleString('en')} lines`, times, { targets: { 'decode + split + new Map': n > 1e6 ? 18 : 16 }, note: n > 1e6 ? '3 rounds' : undefined }));
  }
  return results;
}
