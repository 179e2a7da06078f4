// Tables that are fetched by rows: a file that changes, rows that are kept in a Cache for another visit, and replace.
import { DIMENSION, ROWS, TABLE_BYTES, bits, fetched, fetching, heldBy, moody, partOf } from './fetched_rows.mjs';
import { BASE } from './memory_server.mjs';
import { tableBytes } from './table_bytes.mjs';

const CHANGES = {
  'another length': [(range) => partOf(range, tableBytes('float32', ROWS + 1, DIMENSION)), 'integrity', 'has changed'],
  'another ETag': [(range) => partOf(range, TABLE_BYTES, { etag: '"2"' }), 'integrity', 'ETag'],
  'another date': [(range) => partOf(range, TABLE_BYTES, { 'last-modified': 'Tue, 03 Jun 2025 10:00:00 GMT' }), 'integrity', 'last modified'],
  'no ETag any more': [(range) => { const answer = partOf(range); answer.headers.delete('etag'); return answer; }, 'integrity', 'ETag'],
  'a whole answer of another version': [() => new Response(TABLE_BYTES, { headers: { etag: '"2"' } }), 'integrity', 'ETag'],
  'no such bytes': [() => new Response(null, { status: 416 }), 'integrity', '416'],
};

export default async function (test, assert, fc) {
  const { start, embedding } = fetching(fc);

  for (const [what, [answer, code, says]] of Object.entries(CHANGES)) {
    test(`the file changes (${what}): the rows of two versions are not mixed`, async () => {
      const { mood, server } = moody();
      const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 });
      const layer = await runtime.denseFeatures([embedding(fetched())]);
      const wanted = await layer.transform({ id: [[1]] });
      const before = heldBy(runtime);
      const good = mood.answer;
      mood.answer = answer;
      const problem = await assert.rejects(layer.transform({ id: [[1, 400]] }), { name: 'FeatureColumnError', code });
      assert.includes(problem.message, says);
      assert.deepEqual(heldBy(runtime), before);
      mood.answer = good;
      assert.deepEqual((await layer.transform({ id: [[1], [400]] })).data.slice(0, DIMENSION), wanted.data);
      layer.dispose();
      runtime.dispose();
    });
  }

  test('kept in a Cache: another visit fetches only what is new, and nothing of another version', async () => {
    const NAME = 'rows of the suite';
    const stub = () => {
      const names = new Map();
      const open = async (name) => {
        if (!names.has(name)) names.set(name, new Map());
        const kept = names.get(name);
        return { match: async (key) => kept.get(key)?.clone(), put: async (key, answer) => void kept.set(key, answer) };
      };
      return { open, delete: async (name) => names.delete(name) };
    };
    const real = globalThis.caches;
    if (!real) Object.defineProperty(globalThis, 'caches', { value: stub(), configurable: true });
    try {
      const budget = 4 << 20;
      const rows = 40_000;
      const bytes = tableBytes('float32', rows, DIMENSION);
      const second = tableBytes('float32', rows, DIMENSION, 2);
      const column = fc.categoricalColumnWithIdentity('id', { numBuckets: rows });
      const visit = async (content, etag, id, table = {}) => {
        const { mood, server } = moody();
        mood.answer = (range) => partOf(range, content, { etag });
        const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 });
        const layer = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension: DIMENSION, table: fetched('t.safetensors', { keep: NAME, budget, ...table }) })]);
        const whole = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension: DIMENSION, table: { url: content } })]);
        assert.deepEqual(bits((await layer.transform({ id })).data), bits(whole.transform({ id }).data));
        const ranges = server.log.slice(1).map(({ range }) => range);
        runtime.dispose();
        return ranges;
      };
      const some = [[0], [5000, 5001], [39_999]];
      const block = 16 * 1024;
      const first = await visit(bytes, '"1"', some);
      assert.deepEqual(first, [`bytes=0-${block - 1}`, `bytes=${8 * block}-${9 * block - 1}`, `bytes=${68 * block}-${bytes.length - 1}`]);
      assert.deepEqual(await visit(bytes, '"1"', some), [], 'kept');
      assert.deepEqual(await visit(bytes, '"1"', [[1, 2, 20_000]]), [`bytes=${34 * block}-${35 * block - 1}`]);
      assert.equal((await visit(second, '"2"', some)).length, 3, 'another version');
      assert.deepEqual(await visit(bytes, '"1"', some, { keep: 'another cache' }), first);
      // A run over blocks of which some are kept.
      const all = Array.from({ length: 1000 }, (_, i) => i);
      assert.deepEqual(await visit(bytes, '"1"', [all]), [`bytes=${block}-${2 * block - 1}`]);
      const { mood, server } = moody();
      mood.answer = (range) => { const answer = partOf(range); answer.headers.delete('etag'); answer.headers.delete('last-modified'); return answer; };
      const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 });
      await assert.rejects(runtime.denseFeatures([embedding(fetched('t.safetensors', { keep: NAME }))]), { code: 'unsupported', message: /ETag/ });
      await assert.rejects(runtime.denseFeatures([embedding(fetched(new Blob([TABLE_BYTES]), { keep: NAME }))]), { code: 'unsupported' });
      mood.answer = (range) => partOf(range);
      await assert.rejects(runtime.denseFeatures([embedding(fetched('t.safetensors', { keep: NAME, budget: 100_000 }))]), { code: 'invalid_definition', message: /at least/ });
      assert.equal(runtime.stats().liveObjects, 0);
      runtime.dispose();
    } finally {
      await globalThis.caches.delete(NAME);
      await globalThis.caches.delete('another cache');
      if (!real) delete globalThis.caches;
    }
  });

  test('replace: what is on its way ends with the old table; whole and fetched tables do not take each other’s place', async () => {
    const files = { 't.safetensors': tableBytes('float32', ROWS, DIMENSION, 1), 'next.safetensors': tableBytes('float32', ROWS, DIMENSION, 2) };
    let slow;
    const { runtime } = await start(files, { answer: async (path, { headers }) => { if (path === 't.safetensors' && !new Headers(headers).get('range')?.startsWith('bytes=0-')) await slow; } });
    const layer = await runtime.denseFeatures([embedding(fetched())]);
    const [first, second] = await Promise.all(['t.safetensors', 'next.safetensors'].map((url) => runtime.denseFeatures([embedding({ url: files[url] })])));
    let go;
    slow = new Promise((resolve) => (go = resolve));
    const pending = layer.transform({ id: [[8, 9]] });
    await layer.replace({ tables: { id_embedding: fetched('next.safetensors') } });
    assert.deepEqual((await layer.transform({ id: [[8, 9]] })).data, second.transform({ id: [[8, 9]] }).data);
    assert.equal(runtime.stats().tables.count, 4, 'the old one is still in use');
    go();
    assert.deepEqual((await pending).data, first.transform({ id: [[8, 9]] }).data);
    assert.equal(runtime.stats().tables.count, 3);
    await assert.rejects(layer.replace({ tables: { id_embedding: { url: 't.safetensors' } } }), { code: 'invalid_argument' });
    await assert.rejects(first.replace({ tables: { id_embedding: fetched() } }), { code: 'invalid_argument' });
    runtime.dispose();
  });
}
