// What a call of transform leaves to the garbage collector: bytes of the heap, the least of many rounds (code that is not compiled
// yet leaves more). Run with --expose-gc and room for all of a round, so that nothing is collected within one.
//   node --expose-gc --min-semi-space-size=64 --max-semi-space-size=64 garbage_probe.mjs path/to/dist/index.js
import { pathToFileURL } from 'node:url';

const CALLS = 20_000;
const ROUNDS = 60;
const PATIENCE = 15; // rounds without a better one
const KEYS = 1000;
const DIMENSION = 8;
const EACH = 20;

const fc = await import(pathToFileURL(process.argv[2]).href);
const runtime = await fc.createRuntime();
const data = new Float32Array(KEYS * DIMENSION).fill(0.5);
const word = (i) => `word number ${i}`;
const words = fc.categoricalColumnWithVocabularyList('words', { vocabularyList: Array.from({ length: KEYS }, (_, i) => word(i)) });
const ids = fc.categoricalColumnWithIdentity('ids', { numBuckets: KEYS });
const embedded = (column) => fc.embeddingColumn(column, { dimension: DIMENSION, table: { data } });
const numbers = await runtime.denseFeatures([embedded(ids), fc.numericColumn('price')]);
const strings = await runtime.denseFeatures([embedded(words)]);

const splits = Uint32Array.from([0, EACH]);
const cases = {
  'typed arrays': [numbers, { ids: Int32Array.of(3, 4), price: Float32Array.of(1, 2) }, 2 * (DIMENSION + 1)],
  'nested arrays': [numbers, { ids: [[1, 2, 3], [4]], price: [1.5, 2.5] }, 2 * (DIMENSION + 1)],
  bytes: [strings, { words: { values: { bytes: new TextEncoder().encode('word number 7'.repeat(EACH)), offsets: Uint32Array.from({ length: EACH + 1 }, (_, i) => 13 * i) }, rowSplits: splits } }, DIMENSION],
  strings: [strings, { words: [Array.from({ length: EACH }, (_, i) => word(i * 7))] }, DIMENSION],
};
const found = {};
for (const [name, [layer, batch, size]] of Object.entries(cases)) {
  const out = new Float32Array(size);
  const options = { out };
  let least = Infinity;
  for (let round = 0, best = 0; round < ROUNDS && round - best < PATIENCE; ++round) {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < CALLS; ++i) layer.transform(batch, options);
    const left = process.memoryUsage().heapUsed - before;
    // Less than nothing: something was collected after all.
    if (left > 0 && left < least * CALLS) {
      if (left < least * CALLS * 0.95) best = round;
      least = left / CALLS;
    }
    await new Promise((resolve) => setTimeout(resolve, 5)); // for the compiler
  }
  if (out[0] === 0) throw new Error('nothing was written');
  found[name] = least;
}
console.log(JSON.stringify(found));
