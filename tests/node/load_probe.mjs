// The child of load_files.mjs: loads one table, or copies its bytes, and sends what that took.
import { openSync, readFileSync, readSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [entry, what, from, rowsText, dimensionText, first] = process.argv.slice(2);
const [rows, dimension] = [Number(rowsText), Number(dimensionText)];
const CHUNK = 256 * 1024;
const isUrl = from.startsWith('http:');

/** The largest resident size so far. Of this process only: ru_maxrss has that of its parent in it. */
function peak() {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'latin1') : '';
  return 1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

/** What loading is measured against: the bytes copied once, into memory of WebAssembly that is grown once. */
async function copyOnce() {
  const memory = new WebAssembly.Memory({ initial: 32 });
  const grown = (size) => memory.grow(Math.ceil(size / 65536)) * 65536;
  if (isUrl) {
    const { body, headers } = await fetch(from);
    let at = grown(Number(headers.get('content-length')));
    const target = new Uint8Array(memory.buffer);
    for await (const chunk of body) {
      target.set(chunk, at);
      at += chunk.length;
    }
    return target;
  }
  let at = grown(statSync(from).size);
  const target = new Uint8Array(memory.buffer);
  const file = openSync(from);
  const chunk = new Uint8Array(CHUNK);
  for (let size; (size = readSync(file, chunk, 0, CHUNK, null)) > 0; at += size) target.set(chunk.subarray(0, size), at);
  return target;
}

const fc = await import(pathToFileURL(entry));
const runtime = await fc.createRuntime();
const weights = (file) => (what === 'checkpoint' ? { ckptToLoadFrom: file.replace(/\.data-.*$/, ''), tensorNameInCkpt: 'table' } : { table: { url: file } });
const tableOf = (file, numBuckets) => [fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets }), { dimension, ...weights(file) })];
const columns = what === 'vocabulary'
  ? [fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: from }), { dimension: 1, table: { data: Float32Array.from({ length: rows }, (_, i) => i) } })]
  : tableOf(from, rows);
if (first) (await runtime.denseFeatures(tableOf(first, 2))).dispose();
if (isUrl) await (await fetch(new URL('/none', from))).text(); // Node loads its HTTP client at the first use
const before = peak();
const start = performance.now();
const held = what === 'copy' ? await copyOnce() : await runtime.denseFeatures(columns);
const milliseconds = performance.now() - start;
const peakBytes = peak() - before;
const value = what === 'copy' ? held[0] : what === 'vocabulary' ? held.transform({ id: [`line ${rows - 1}`] }).data[0] : held.transform({ id: [rows - 1] }).data[dimension - 1];
const { heapBytes, vocabularies, tables } = runtime.stats();
process.send({ milliseconds, peakBytes, value, heapBytes, heldBytes: vocabularies.bytes + tables.bytes }, () => process.exit(0));
