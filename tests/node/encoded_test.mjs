// Files that travel compressed (Content-Encoding), over real HTTP: what arrives is what was stored, and a cut is found all the same.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test, { after } from 'node:test';
import * as zlib from 'node:zlib';
import { tensorBundle } from '../suites/tensor_bundle.mjs';
import { fc } from './package.mjs';

const ROWS = 3000;
const VALUES = Float32Array.from({ length: ROWS * 4 }, (_, i) => i % 97);
const head = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${ROWS}, 4), }`.padEnd(117)}\n`;
const FILES = {
  'table.npy': Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, head.length & 255, head.length >> 8]), Buffer.from(head), Buffer.from(VALUES.buffer)]),
  'words.txt': Buffer.from(Array.from({ length: ROWS }, (_, i) => `word ${i}\n`).join('')),
  ...tensorBundle('model.ckpt', { t: { shape: [ROWS, 4], values: VALUES } }),
};
// Node decodes gzip, deflate and Brotli; zstd where its fetch asks for it.
const ENCODERS = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync, zstd: zlib.zstdCompressSync };

let encoding = 'identity';
let cutAt;
const asked = [];
const server = createServer((request, response) => {
  const name = decodeURIComponent(request.url.slice(1));
  if (name === 'accept') return void response.end(request.headers['accept-encoding']);
  asked.push([name, request.headers.range]);
  if (!FILES[name]) return void response.writeHead(404).end();
  const body = encoding === 'identity' ? Buffer.from(FILES[name]) : ENCODERS[encoding](FILES[name]);
  response.writeHead(200, { 'content-length': body.length, etag: '"1"', ...(encoding !== 'identity' && { 'content-encoding': encoding }) });
  if (cutAt === undefined || asked.length > 1) return void response.end(body);
  response.write(body.subarray(0, Math.floor(body.length * cutAt)), () => setTimeout(() => response.destroy(), 20));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());
const base = `http://127.0.0.1:${server.address().port}/`;
const accepted = await (await fetch(`${base}accept`)).text();

const id = fc.categoricalColumnWithIdentity('id', { numBuckets: ROWS });
const COLUMNS = {
  'table.npy': () => fc.embeddingColumn(id, { dimension: 4, table: { url: 'table.npy' } }),
  'model.ckpt.data-00000-of-00001': () => fc.embeddingColumn(id, { dimension: 4, ckptToLoadFrom: 'model.ckpt', tensorNameInCkpt: 't' }),
  'words.txt': () => fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile: 'words.txt' }), { dimension: 4, table: { data: VALUES } }),
};
async function load(name) {
  const runtime = await fc.createRuntime({ baseUrl: base });
  const layer = await runtime.denseFeatures([COLUMNS[name]()]);
  const { data } = layer.transform({ id: [0, 77, ROWS - 1], word: ['word 0', 'word 77', `word ${ROWS - 1}`] });
  runtime.dispose();
  return [...data];
}
const expected = [0, 77, ROWS - 1].flatMap((row) => [...VALUES.subarray(row * 4, row * 4 + 4)]);

for (const name of ['identity', ...Object.keys(ENCODERS)]) {
  const known = name !== 'zstd' || (accepted.includes(name) && ENCODERS[name] !== undefined);
  test(`files as ${name}`, { skip: known ? false : `this Node's fetch does not ask for ${name}` }, async () => {
    encoding = name;
    cutAt = undefined;
    for (const file of Object.keys(COLUMNS)) assert.deepEqual(await load(file), expected, file);
    for (const cut of [0.02, 0.6]) {
      for (const file of ['table.npy', 'words.txt']) {
        cutAt = cut;
        asked.length = 0;
        assert.deepEqual(await load(file), expected, `${file} cut at ${cut}`);
        assert.equal(asked.length, 2);
        // Positions in a compressed body are none of the file.
        assert.equal(asked[1][1] !== undefined, name === 'identity');
      }
    }
  });
}
