// Vocabulary files whose lines are looked at while they arrive: the same vocabulary, the same errors, nothing left behind.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fc } from './package.mjs';

const LINES = 200_000;
const key = (i) => `video ${i}${'x'.repeat((i * 7) % 11)}`;
const text = (lines) => Array.from({ length: lines }, (_, i) => `${key(i)}\n`).join('');
const plain = Buffer.from(text(LINES));
const files = {
  plain,
  twice: Buffer.concat([plain, Buffer.from(`${key(5)}\n`)]),
  empty: Buffer.concat([plain, Buffer.from('\nmore\n'), plain.subarray(0, 1)]),
  long: Buffer.concat([plain, Buffer.from(Array.from({ length: 20_000 }, (_, i) => `${i}${'y'.repeat(200)}\n`).join(''))]),
};
const folder = mkdtempSync(path.join(tmpdir(), 'fcol-early-'));
for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, `${name}.txt`), bytes);

let cut = 0;
const server = createServer(async ({ url, headers }, response) => {
  const name = url.slice(1).replace(/\.txt.*/, '');
  const gzip = url.includes('gzip');
  const bytes = gzip ? gzipSync(files[name]) : files[name];
  const from = Number(/bytes=(\d+)-/.exec(headers.range)?.[1] ?? 0);
  if (gzip) response.setHeader('content-encoding', 'gzip');
  else response.setHeader('content-length', bytes.length - from);
  response.setHeader('etag', '"1"');
  if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
  for (let at = from; at < bytes.length; at += 300_000) {
    if (url.includes('cut') && cut === 0 && at > from + 1_500_000) {
      cut += 1;
      return response.destroy();
    }
    response.write(bytes.subarray(at, at + 300_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return response.end();
});
await new Promise((resolve) => server.listen(0, resolve));
const base = `http://localhost:${server.address().port}/`;
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const column = (vocabularyFile, vocabularySize) => fc.categoricalColumnWithVocabularyFile('v', vocabularySize === undefined ? { vocabularyFile } : { vocabularyFile, vocabularySize });
const embedding = (categorical, rows) => fc.embeddingColumn(categorical, { dimension: 1, combiner: 'sum', table: { data: Float32Array.from({ length: rows }, (_, i) => i + 1) } });
/** Of a vocabulary that is built in one go. */
const exactBytes = (bytes, keys) => bytes + Math.ceil(bytes / 64) * 4 + (Math.floor(keys / 9) + 1) * 64;

for (const [where, of] of [['a file', (name) => path.join(folder, `${name}.txt`)], ['a server', (name) => `${base}${name}.txt`]]) {
  test(`the lines of ${where} are in their table when it is there`, async () => {
    const runtime = await fc.createRuntime();
    await (await runtime.denseFeatures([embedding(column(new TextEncoder().encode('a\n')), 1)])).dispose(); // the part of the module is there
    const layer = await runtime.denseFeatures([embedding(column(of('plain')), LINES)]);
    // Not told how many lines there are, its table was made a little larger than the lines need: it was made before they were counted.
    const { bytes } = runtime.stats().vocabularies;
    const exact = exactBytes(plain.length, LINES);
    assert.ok(bytes > exact + 64 && bytes < exact * 1.07, `${bytes} bytes, in one go ${exact}`);
    const ids = [0, 1, 77_777, LINES - 1, 3];
    assert.deepEqual([...layer.transform({ v: [...ids.map(key), 'video', 'video 5', ''] }).data], [...ids.map((i) => i + 1), 0, 0, 0]);
    layer.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    const sized = await runtime.denseFeatures([embedding(column(of('plain'), 150_000), 150_000)]);
    assert.deepEqual([...sized.transform({ v: [key(149_999), key(150_000)] }).data], [150_000, 0]);
    runtime.dispose();
  });

  test(`what is wrong with ${where} is told as of its bytes`, async () => {
    const runtime = await fc.createRuntime();
    for (const [name, size] of [['twice'], ['empty'], ['plain', LINES + 1]]) {
      const refused = async (source) => runtime.denseFeatures([embedding(column(source, size), size ?? LINES)]).then(() => assert.fail(`${name} is taken`), (error) => error);
      const [early, whole] = [await refused(of(name)), await refused(files[name])];
      assert.deepEqual([early.code, early.row, early.value], [whole.code, whole.row, whole.value], name);
      assert.equal(early.message.replace(/(file|http):[^ ]*\.txt/g, ''), whole.message.replace(/[^ ]*Uint8Array[^:,]*|\d+ bytes/g, ''), name);
    }
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });
}

test('lines that become longer, compressed ones, a connection that is cut, two sizes of one file at once', async () => {
  const runtime = await fc.createRuntime();
  const rows = LINES + 20_000;
  const both = await runtime.denseFeatures([embedding(column(`${base}long.txt`), rows)]);
  assert.deepEqual([...both.transform({ v: [key(199_999), `19999${'y'.repeat(200)}`] }).data], [LINES, rows]);
  const compressed = await runtime.denseFeatures([embedding(column(`${base}plain.txt?gzip`, LINES), LINES)]);
  assert.deepEqual([...compressed.transform({ v: [key(123_456)] }).data], [123_457]);
  const resumed = await runtime.denseFeatures([embedding(column(`${base}plain.txt?cut`), LINES)]);
  assert.equal(cut, 1);
  assert.deepEqual([...resumed.transform({ v: [key(123_456)] }).data], [123_457]);
  const sizes = await Promise.all([1000, 100_000, LINES].map((size) => runtime.denseFeatures([embedding(column(`${base}plain.txt?sizes`, size), size)])));
  assert.deepEqual(sizes.map((layer) => layer.transform({ v: [key(999), key(99_999), key(199_999)] }).data.join()), ['1000,0,0', '1000,100000,0', '1000,100000,200000']);
  runtime.dispose();
});

test('a load that is aborted midway leaves nothing', async () => {
  const runtime = await fc.createRuntime();
  await (await runtime.denseFeatures([embedding(column(new TextEncoder().encode('a\n')), 1)])).dispose();
  const heap = [];
  for (let i = 0; i < 12; ++i) {
    const controller = new AbortController();
    const onProgress = ({ loaded }) => loaded > 2_000_000 && controller.abort();
    await assert.rejects(runtime.denseFeatures([embedding(column(`${base}plain.txt?abort${i}`), LINES)], { signal: controller.signal, onProgress }), { code: 'aborted' });
    heap.push(runtime.stats().heapBytes);
  }
  assert.equal(heap.at(-1), heap[1], 'memory does not grow');
  assert.equal(runtime.stats().liveObjects, 0);
  runtime.dispose();
});

test('a guess that is wrong takes no more memory than the file', async () => {
  const lines = Buffer.from([Array.from({ length: 400_000 }, (_, i) => i.toString(36)).join('\n'), ...Array.from({ length: 40_000 }, (_, i) => `${i}${'y'.repeat(200)}`)].join('\n'));
  const longer = Buffer.from(lines.toString().replace(/^(\w{1,4})$/gm, 'longer$1'));
  const heap = [];
  for (const [name, bytes] of [['short', lines], ['long', longer]]) {
    const file = path.join(folder, `${name}.txt`);
    writeFileSync(file, bytes);
    for (const source of [file, bytes]) heap.push(await heapOf(source, name === 'long' ? 'longer' : ''));
  }
  const [short, shortWhole, long, longWhole] = heap;
  assert.ok(short < shortWhole * 1.02, `${short} bytes of memory as it arrives, ${shortWhole} in one go`);
  assert.ok(long < longWhole + longer.length, `${long} bytes of memory as it arrives, ${longWhole} in one go`);

  async function heapOf(source, begin) {
    const runtime = await fc.createRuntime();
    await (await runtime.denseFeatures([embedding(column(new TextEncoder().encode('a\n')), 1)])).dispose();
    const layer = await runtime.denseFeatures([embedding(column(source), 440_000)]);
    assert.deepEqual([...layer.transform({ v: [`${begin}0`, `${begin}${(399_999).toString(36)}`, `39999${'y'.repeat(200)}`] }).data], [1, 400_000, 440_000]);
    const { heapBytes } = runtime.stats();
    runtime.dispose();
    return heapBytes;
  }
});

test('a prebuilt vocabulary is the same however its text came', async () => {
  const runtime = await fc.createRuntime();
  const [fromBytes, fromFile] = [await runtime.prebuildVocabulary(plain), await runtime.prebuildVocabulary(path.join(folder, 'plain.txt'))];
  assert.ok(Buffer.from(fromBytes).equals(Buffer.from(fromFile)));
  for (const own of [0, 1]) {
    const work = [() => runtime.prebuildVocabulary(`${base}plain.txt?${own}`), () => runtime.denseFeatures([embedding(column(`${base}plain.txt?${own}`), LINES)])];
    const done = await Promise.all((own ? work : work.reverse()).map((each) => each()));
    assert.ok(Buffer.from(done.find((each) => each instanceof Uint8Array)).equals(Buffer.from(fromBytes)), 'beside a layer that reads the same file');
  }
  runtime.dispose();
});
