// Loading a table holds it once: the peak of a process that does nothing else, against the bytes of the table.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { tensorBundle } from '../suites/tensor_bundle.mjs';
import { probeLoad, serveFolder, value, writeTables } from './load_files.mjs';
import { fc, packageFolder } from './package.mjs';

const ROWS = 500_000;
const DIMENSION = 64;
const BYTES = ROWS * DIMENSION * 4;
/** What a process needs beside the table: code that is compiled, buffers, garbage that is not collected yet. */
const BESIDE = 12 * 2 ** 20;
/** Node's HTTP client makes garbage of every chunk that it has given: 4 to 17 MB are seen at a time; from Node 24 on its sockets' buffers are left, 43 MB. */
const HTTP_GARBAGE = (Number.parseInt(process.versions.v8) < 13 ? 32 : 64) * 2 ** 20;

const folder = mkdtempSync(path.join(tmpdir(), 'fcol-memory-'));
const files = writeTables(folder, ROWS, DIMENSION);
const { url, close } = await serveFolder(folder);
after(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});
const entry = path.join(packageFolder, 'dist/index.js');
const probe = (what, base) => probeLoad({ entry, what, file: files[what], url: base, rows: ROWS, dimension: DIMENSION });

for (const what of ['npy', 'safetensors', 'checkpoint']) {
  test(`a ${what} table of ${BYTES >> 20} MB is held once while it is read from a file`, async () => {
    const { peakBytes, heapBytes, value: last } = await probe(what);
    assert.equal(last, value(ROWS - 1, DIMENSION - 1, DIMENSION));
    assert.ok(heapBytes < BYTES * 1.08, `${heapBytes} bytes of WebAssembly memory`);
    assert.ok(peakBytes < BYTES * 1.02 + BESIDE, `${(peakBytes / BYTES).toFixed(3)} of the table`);
    assert.ok(peakBytes > BYTES * 0.9, `${peakBytes} is less than the table: the measure is wrong`);
  });
  test(`a ${what} table is held once while it is fetched`, async () => {
    const { peakBytes, heapBytes, value: last } = await probe(what, url);
    assert.equal(last, value(ROWS - 1, DIMENSION - 1, DIMENSION));
    assert.ok(heapBytes < BYTES * 1.08, `${heapBytes} bytes of WebAssembly memory`);
    assert.ok(peakBytes < BYTES * 1.02 + BESIDE + HTTP_GARBAGE, `${(peakBytes / BYTES).toFixed(3)} of the table`);
  });
}

test('a table in many files takes no more buffers than one in few', async () => {
  const [shards, rows] = [48, 4096];
  const slice = new Float32Array(rows * DIMENSION);
  const tensors = Object.fromEntries(Array.from({ length: shards }, (_, shard) => [`t${shard}`, { shape: [rows, DIMENSION], values: slice.map((_, i) => shard + (i % 7)), shard }]));
  for (const [file, bytes] of Object.entries(tensorBundle('many.ckpt', tensors, shards))) writeFileSync(path.join(folder, file), bytes);
  const runtime = await fc.createRuntime();
  const columns = Object.keys(tensors).map((name) => fc.embeddingColumn(fc.categoricalColumnWithIdentity(name, { numBuckets: rows }), { dimension: DIMENSION, ckptToLoadFrom: path.join(folder, 'many.ckpt'), tensorNameInCkpt: name }));
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 1).unref();
  const before = process.memoryUsage().arrayBuffers;
  const layer = await runtime.denseFeatures(columns);
  clearInterval(watching);
  const { heapBytes } = runtime.stats();
  const row = layer.transform(Object.fromEntries(Object.keys(tensors).map((name) => [name, [rows - 1]]))).data;
  layer.columns.forEach(({ name, offset }) => assert.equal(row[offset + DIMENSION - 1], Number(/\d+/.exec(name)) + ((rows * DIMENSION - 1) % 7)));
  assert.ok(most - before - heapBytes < 40 * 2 ** 20, `${(most - before - heapBytes) >> 20} MB of buffers`);
  runtime.dispose();
});

test('chunks that a caller may still use are left as they are: of its own fetch, and of one that it put in the place of the global one', async () => {
  const size = 16 * 2 ** 20; // large enough for garbage to be cared for
  const given = [];
  const fetch = async () => {
    let at = 0;
    const pull = (controller) => {
      const chunk = new Uint8Array(2 ** 20).fill(0x61);
      chunk[chunk.length - 1] = 0x0a;
      given.push(chunk);
      controller.enqueue(chunk);
      if ((at += chunk.length) === size) controller.close();
    };
    return new Response(new ReadableStream({ pull }), { headers: { 'content-length': String(size) } });
  };
  const { fetch: platform } = globalThis;
  for (const options of [{ fetch }, {}]) {
    globalThis.fetch = options.fetch ? platform : fetch;
    try {
      const runtime = await fc.createRuntime(options);
      const column = fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: 'http://none.example/lines.txt', vocabularySize: 1 });
      (await runtime.denseFeatures([fc.indicatorColumn(column)])).dispose();
      runtime.dispose();
    } finally {
      globalThis.fetch = platform;
    }
    assert.equal(given.length, size / 2 ** 20);
    for (const chunk of given.splice(0)) assert.equal(chunk.length, 2 ** 20);
  }
});

test('a vocabulary is written into memory as it arrives: its text is there once', async () => {
  const lines = 3_000_000;
  const file = path.join(folder, 'lines.txt');
  writeFileSync(file, Array.from({ length: lines }, (_, i) => `line ${i}\n`).join(''));
  for (const base of [undefined, url]) {
    const { peakBytes, heapBytes, heldBytes, value: last } = await probeLoad({ entry, what: 'vocabulary', file, url: base, rows: lines, dimension: 1 });
    assert.equal(last, lines - 1);
    assert.ok(heapBytes < heldBytes * 1.08 + BESIDE, `${heapBytes} bytes of WebAssembly memory for ${heldBytes}`);
    assert.ok(peakBytes < heldBytes * 1.02 + BESIDE + (base ? HTTP_GARBAGE : 0), `${peakBytes} bytes for ${heldBytes}`);
    assert.ok(peakBytes > heldBytes * 0.9, `${peakBytes} is less than what is held: the measure is wrong`);
  }
});
