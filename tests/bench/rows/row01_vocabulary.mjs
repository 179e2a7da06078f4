// Row 1: the bytes of a vocabulary file to a ready table, against TextDecoder, split and a Map. Ours is a whole layer: it also
// starts a runtime with memory of its own (of a module that is compiled once, as in a page) and reads the response of a fetch, which is
// made before, with its Content-Length, as it comes from a network. "Its bytes copied" is the floor: they are put into memory that no
// page of was touched before, as long as the text and its index. "Prebuilt" is the same vocabulary as a file with its index.
import { compare, result } from '../harness.mjs';
import { vocabularyBytes } from '../data.mjs';
import { compileCore } from '#peers';

const INDEX_BYTES = 7.1; // a key, docs/performance.md

async function prebuild(fc, bytes) {
  const runtime = await fc.createRuntime();
  const prebuilt = await runtime.prebuildVocabulary(bytes);
  runtime.dispose();
  return prebuilt;
}

export async function run(fc, { rounds, full }) {
  const results = [];
  const wasmModule = await compileCore();
  for (const n of full ? [1_000_000, 10_000_000] : [1_000_000]) {
    const bytes = vocabularyBytes(n);
    const column = fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: 'vocabulary.txt' });
    const columns = [fc.indicatorColumn(column)];
    const ours = async (response) => {
      const runtime = await fc.createRuntime({ wasmModule, fetch: async () => response });
      const layer = await runtime.denseFeatures(columns);
      if (layer.width !== n) throw new Error('the layer has another number of keys');
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
    const prebuilt = await prebuild(fc, bytes);
    const copy = () => {
      const room = new Uint8Array(Math.ceil(bytes.length * 1.0625 + n * INDEX_BYTES));
      for (let at = bytes.length; at < room.length; at += 4096) room[at] = 1;
      room.set(bytes);
    };
    const times = await compare([
      { name: 'feature-columns', work: ours, prepare: () => new Response(bytes, { headers: { 'content-length': String(bytes.length) } }) },
      { name: 'prebuilt', work: ours, prepare: () => new Response(prebuilt, { headers: { 'content-length': String(prebuilt.length) } }) },
      { name: 'decode + split + new Map', work: idiomatic },
      { name: 'its bytes copied', work: copy },
    ], { rounds: n > 1e6 ? 3 : rounds });
    results.push(result(1, `vocabulary of ${n.toLocaleString('en')} lines`, times, { targets: { 'decode + split + new Map': n > 1e6 ? 18 : 16 }, note: `text ${bytes.length} bytes, prebuilt ${prebuilt.length}: ${((prebuilt.length - bytes.length) / n).toFixed(2)} more a key${n > 1e6 ? '; 3 rounds' : ''}` }));
  }
  return results;
}
