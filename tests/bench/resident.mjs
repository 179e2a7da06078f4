// How much memory a vocabulary holds, in a process that does nothing else: resident.mjs feature-columns|map KEYS → JSON on stdout.
import { token, vocabularyBytes } from './data.mjs';

const [contender, keys] = [process.argv[2], Number(process.argv[3])];
const asked = [0, Math.floor(keys / 2), keys - 1, keys]; // the last is not there
const heap = () => {
  for (let i = 0; i < 3; ++i) globalThis.gc();
  return process.memoryUsage().heapUsed;
};

if (contender === 'map') {
  const before = heap();
  // Strings as they come from a decoded file, each with characters of its own: a slice would keep the whole text.
  const map = new Map();
  for (let i = 0; i < keys; ++i) map.set(Buffer.from(token(i)).toString('latin1'), i);
  const held = heap() - before;
  console.log(JSON.stringify({ heap: held, sample: asked.map((i) => map.get(token(i)) ?? -1).join() }));
} else {
  const fc = await import('../../dist/index.js');
  const runtime = await fc.createRuntime({ fetch: async () => new Response(vocabularyBytes(keys)) });
  // A column gives no bare ids: row i of the table is i, and the row of the one bucket for keys that are not there is -1.
  const column = fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: 'vocabulary.txt', numOovBuckets: 1 });
  const table = Float32Array.from({ length: keys + 1 }, (_, i) => (i < keys ? i : -1));
  const layer = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension: 1, table: { data: table } })]);
  const { vocabularies, tables, heapBytes } = runtime.stats();
  const ids = layer.transform({ id: asked.map((i) => token(i)) }).data;
  console.log(JSON.stringify({ vocabulary: vocabularies.bytes, memory: heapBytes - tables.bytes, sample: ids.join() }));
}
