// Every kind of source, for tables, vocabularies and specs: read once or again, whole or cut, and named in errors.
import { BASE, memoryServer, rejection } from './memory_server.mjs';
import { concatBytes } from './tensor_bundle.mjs';

const TABLE = Float32Array.from([1, 2, 3, 4]);
function safetensors(values = TABLE) {
  const text = new TextEncoder().encode(JSON.stringify({ t: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] } }));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return concatBytes(length, text, new Uint8Array(values.buffer));
}
const npy = (() => {
  const text = `${"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }".padEnd(117)}\n`;
  return concatBytes([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8], new TextEncoder().encode(text), new Uint8Array(TABLE.buffer));
})();

/** Bytes in chunks of a size. */
function streamOf(bytes, size) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
}

const KINDS = {
  Uint8Array: (bytes) => bytes,
  'a view with bytes around it': (bytes) => concatBytes([9, 9, 9], bytes, [9]).subarray(3, 3 + bytes.length),
  ArrayBuffer: (bytes) => bytes.slice().buffer,
  DataView: (bytes) => new DataView(bytes.slice().buffer),
  Blob: (bytes) => new Blob([bytes]),
  File: (bytes) => new File([bytes], 'table.bin'),
  Response: (bytes) => new Response(bytes),
  'a Response without a length': (bytes) => new Response(streamOf(bytes, 5)),
  Request: () => new Request(`${BASE}file`),
  ReadableStream: (bytes) => streamOf(bytes, 7),
  'a ReadableStream byte by byte': (bytes) => streamOf(bytes, 1),
};

export default function (test, assert, fc) {
  const id = fc.categoricalColumnWithIdentity('id', { numBuckets: 2 });
  const runtimeOver = (bytes) => fc.createRuntime({ fetch: memoryServer({ file: bytes }).fetch, baseUrl: BASE, retries: 0 });

  for (const [kind, sourceOf] of Object.entries(KINDS)) {
    // No column takes a stream for its table, as a definition may be used again; a request has a name, by which its kind is told.
    if (!kind.includes('Stream') && kind !== 'Request') {
      test(`a table of ${kind}, told by its first bytes`, async () => {
        for (const bytes of [safetensors(), npy]) {
          const runtime = await runtimeOver(bytes);
          const layer = await runtime.denseFeatures([fc.embeddingColumn(id, { dimension: 2, table: { url: sourceOf(bytes) } })]);
          assert.deepEqual([...layer.transform({ id: [1, 0] }).data], [3, 4, 1, 2]);
          layer.dispose();
          assert.equal(runtime.stats().liveObjects, 0);
          for (const cut of [0, 7, 11, bytes.length - 1]) {
            const other = await runtimeOver(bytes.slice(0, cut));
            const error = await rejection(other.denseFeatures([fc.embeddingColumn(id, { dimension: 2, table: { url: sourceOf(bytes.slice(0, cut)) } })]));
            assert.equal(error.code, 'invalid_checkpoint', `${cut}: ${error.message}`);
            assert.equal(other.stats().liveObjects, 0);
            other.dispose();
          }
          runtime.dispose();
        }
      });
    }

    test(`a vocabulary and a spec of ${kind}`, async () => {
      const words = new TextEncoder().encode('a\nb\n');
      const runtime = await runtimeOver(words);
      const layer = await runtime.denseFeatures([fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile: sourceOf(words) }))]);
      assert.deepEqual([...layer.transform({ word: ['b'] }).data], [0, 1]);
      runtime.dispose();
      const spec = new TextEncoder().encode(JSON.stringify({ version: 1, layer: 'dense_features', columns: [{ type: 'numeric_column', key: 'x', shape: [1] }] }));
      const other = await runtimeOver(spec);
      const loaded = await other.load(sourceOf(spec));
      assert.deepEqual([...loaded.transform({ x: [2.5] }).data], [2.5]);
      other.dispose();
    });
  }

  test('a table of a Request, with its own headers', async () => {
    const seen = [];
    const server = memoryServer({ 'table.npy': npy, 'table.safetensors': safetensors() });
    const fetch = (url, init) => (seen.push(new Headers(init.headers).get('authorization')), server.fetch(url, init));
    const runtime = await fc.createRuntime({ fetch, baseUrl: BASE, retries: 0 });
    for (const name of ['table.npy', 'table.safetensors']) {
      const url = new Request(`${BASE}${name}`, { headers: { authorization: 'Bearer 1' } });
      const layer = await runtime.denseFeatures([fc.embeddingColumn(id, { dimension: 2, table: { url } })]);
      assert.deepEqual([...layer.transform({ id: [1] }).data], [3, 4]);
    }
    assert.deepEqual(seen, ['Bearer 1', 'Bearer 1']);
    runtime.dispose();
  });

  test('a stream that gives no bytes, breaks off, or was read', async () => {
    const load = async (vocabularyFile) => {
      const runtime = await runtimeOver(npy);
      try {
        return await rejection(runtime.denseFeatures([fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile }))]));
      } finally {
        assert.equal(runtime.stats().liveObjects, 0);
        runtime.dispose();
      }
    };
    const texts = new ReadableStream({ pull: (controller) => controller.enqueue('text') });
    assert.equal((await load(texts)).code, 'invalid_argument');
    let count = 0;
    const broken = new ReadableStream({ pull: (controller) => (count++ === 0 ? controller.enqueue(new Uint8Array([97, 10])) : controller.error(new Error('gone'))) });
    const error = await load(broken);
    assert.equal(error.code, 'network');
    assert.ok(error.message.includes('gone'), error.message);
    const locked = streamOf(npy, 5);
    locked.getReader();
    assert.equal((await load(locked)).code, 'invalid_argument');
  });
}
