// Tables that are fetched by rows: each fault of a server, a file or a batch has its error, and leaves nothing behind.
import { DIMENSION, ROWS, TABLE_BYTES, bits, fetched, fetching, heldBy, moody, partOf } from './fetched_rows.mjs';
import { BASE } from './memory_server.mjs';
import { tableBytes } from './table_bytes.mjs';

const page = (status = 200, headers = {}) => new Response('<!DOCTYPE html><title>app</title>', { status, headers: { 'content-type': 'text/html', ...headers } });
const FAILURES = {
  'no such file': [() => new Response('', { status: 404 }), 'not_found', 'No such file'],
  'a server that ignores Range': [() => new Response(TABLE_BYTES, { headers: { etag: '"1"' } }), 'unsupported', 'ignores Range'],
  'a page for any name': [() => page(), 'network', 'HTML page'],
  'an answer without Content-Range': [(range) => new Response(partOf(range).body, { status: 206 }), 'unsupported', 'Content-Range'],
  'other bytes than were asked for': [(range) => partOf(range, TABLE_BYTES, { 'content-range': `bytes 1-2/${TABLE_BYTES.length}` }), 'network', 'were asked for'],
  'compressed parts': [(range) => partOf(range, TABLE_BYTES, { 'content-encoding': 'gzip' }), 'unsupported', 'compresses'],
  'fewer bytes than announced': [(range) => { const answer = partOf(range); return new Response(answer.body?.pipeThrough(cut(3)), { status: 206, headers: answer.headers }); }, 'network', 'cut off'],
  'more bytes than announced': [(range) => { const answer = partOf(range); return new Response(answer.body?.pipeThrough(cut(-3)), { status: 206, headers: answer.headers }); }, 'network', 'more than'],
  'a server that is out of order': [() => new Response('', { status: 503 }), 'network', '503'],
  'a refusal': [() => new Response('', { status: 403 }), 'network', '403'],
  'no connection': [() => Promise.reject(new TypeError('Failed to fetch')), 'network', 'Failed to fetch'],
};

/** Leaves out so many bytes of the end, or adds some. */
const cut = (bytes) => {
  let kept;
  return new TransformStream({
    transform(chunk, controller) {
      if (kept) controller.enqueue(kept);
      kept = chunk;
    },
    flush(controller) {
      controller.enqueue(bytes < 0 ? Uint8Array.from([...kept, ...new Uint8Array(-bytes)]) : kept.slice(0, kept.length - bytes));
    },
  });
};

export default async function (test, assert, fc) {
  const { start, embedding } = fetching(fc);

  for (const [what, [answer, code, says]] of Object.entries(FAILURES)) {
    test(`${what}: an error of its name when the layer is loaded, and when a batch needs rows; another try works`, async () => {
      const { mood, server } = moody();
      const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 });
      const nothing = heldBy(runtime);
      const good = mood.answer;
      mood.answer = answer;
      const refused = await assert.rejects(runtime.denseFeatures([embedding(fetched())]), { name: 'FeatureColumnError', code, column: 'id_embedding' });
      assert.includes(refused.message, says);
      assert.deepEqual(heldBy(runtime), nothing);
      mood.answer = good;
      const layer = await runtime.denseFeatures([embedding(fetched())]);
      const wanted = await layer.transform({ id: [[1, 2]] });
      const before = heldBy(runtime);
      mood.answer = answer;
      const problem = await assert.rejects(layer.transform({ id: [[1, 2], [400]] }), { name: 'FeatureColumnError', code });
      assert.includes(problem.message, says);
      assert.deepEqual(heldBy(runtime), before);
      assert.deepEqual((await layer.transform({ id: [[1, 2]] })).data, wanted.data, 'what is held still serves');
      mood.answer = good;
      assert.deepEqual((await layer.transform({ id: [[1, 2], [400]] })).data.slice(0, DIMENSION), wanted.data);
      runtime.dispose();
    });
  }

  test('a connection that is cut is tried again', async () => {
    const { mood, server } = moody();
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 1 });
    let failures = 1;
    const flaky = (range) => (failures-- > 0 ? new Response('', { status: 503 }) : partOf(range));
    mood.answer = flaky;
    const layer = await runtime.denseFeatures([embedding(fetched())]);
    failures = 1;
    assert.equal((await layer.transform({ id: [[1]] })).data.length, DIMENSION);
    assert.equal(server.log.length, 4);
    runtime.dispose();
  });

  test('one request of many fails: the others are ended, and what arrived is kept for the next try', async () => {
    const { mood, server } = moody();
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 });
    const layer = await runtime.denseFeatures([embedding(fetched('t.safetensors', { gap: 0 }))]);
    const ids = [[0], [10], [20], [30], [40], [50], [60], [70], [80]];
    let asked = 0;
    mood.answer = async (range) => {
      asked += 1;
      if (asked === 4) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return new Response('', { status: 403 });
      }
      return partOf(range);
    };
    await assert.rejects(layer.transform({ id: ids }), { code: 'network' });
    const { count } = runtime.stats().fetchedRows;
    assert.equal(count, 8);
    server.log.length = 0;
    const { data } = await layer.transform({ id: ids });
    assert.equal(server.log.length, 1);
    const all = await runtime.denseFeatures([embedding({ data: new Float32Array(TABLE_BYTES.slice(TABLE_BYTES.length - ROWS * DIMENSION * 4).buffer) })]);
    assert.deepEqual(data, all.transform({ id: ids }).data);
    runtime.dispose();
  });

  test('ids out of range, and every other error of a batch, are those of the whole table', async () => {
    const { runtime } = await start({ 't.safetensors': tableBytes('float16', ROWS, DIMENSION) });
    const pairs = {};
    for (const [kind, options] of Object.entries({ safe: {}, strict: { useSafeEmbeddingLookup: false }, clipped: { maxNorm: 1 } })) {
      pairs[kind] = await Promise.all([{ url: 't.safetensors' }, fetched()].map((table) => runtime.denseFeatures([embedding(table, options), fc.numericColumn('n')])));
    }
    for (const [kind, [all, rows]] of Object.entries(pairs)) {
      for (const batch of [{ id: [[1, 2], [3, ROWS, -5]], n: [1, 2] }, { id: [[1], [-1]], n: [1, 2] }, { id: [[1], [2 ** 40]], n: [1, 2] }, { id: [[1]] }, { id: [['x']], n: [1] }, { id: [[1], [2]], n: [1] }, null]) {
        let wanted;
        try {
          wanted = all.transform(batch);
        } catch (error) {
          const found = await assert.rejects(rows.transform(batch), { name: 'FeatureColumnError' });
          const { message, code, column, row, value } = error;
          assert.deepEqual([found.message, found.code, found.column, found.row, found.value], [message, code, column, row, value], kind);
          continue;
        }
        assert.deepEqual(bits((await rows.transform(batch)).data), bits(wanted.data), kind);
      }
    }
    runtime.dispose();
  });

  test('what cannot be fetched by rows is refused', async () => {
    const bytes = tableBytes('float32', ROWS, DIMENSION);
    const { runtime } = await start({ 't.safetensors': bytes, 't.npz': bytes, 'model.ckpt.index': bytes, 'other.safetensors': tableBytes('float32', ROWS + 1, DIMENSION), 'cut.safetensors': bytes.slice(0, -1), 'cut.npy': tableBytes('npy float32', ROWS, DIMENSION).slice(0, -1), 'words.safetensors': 'no tensors', 'long.safetensors': tableBytes('float32', ROWS, DIMENSION, 1, { __metadata__: { note: 'x'.repeat(6000) } }) });
    const nothing = heldBy(runtime);
    const table = (url, more) => runtime.denseFeatures([embedding(fetched(url, more))]);
    for (const [loading, code, says] of [
      [() => runtime.denseFeatures([embedding(fetched())], { integrity: { 't.safetensors': '0'.repeat(64) } }), 'unsupported', 'whole file'],
      [() => table('t.npz'), 'unsupported', 'convert'],
      [() => table('model.ckpt'), 'unsupported', 'checkpoints'],
      [() => table('other.safetensors'), 'shape_mismatch', "doesn't match"],
      [() => table('cut.safetensors'), 'invalid_checkpoint', 'cut off'],
      [() => table('cut.npy'), 'invalid_checkpoint', 'cut off'],
      [() => table('words.safetensors'), 'invalid_checkpoint', 'no .safetensors'],
      [() => table('t.safetensors', { tensor: 'u' }), 'tensor_not_found', 'Tensor u is not found'],
      [() => table('long.safetensors', { budget: 5000 }), 'unsupported', 'header'],
      [() => table(new Response(bytes)), 'unsupported', 'only once'],
    ]) {
      const problem = await assert.rejects(loading, { name: 'FeatureColumnError', code });
      assert.includes(problem.message, says);
      assert.deepEqual(heldBy(runtime), nothing);
    }
    for (const table of [
      { url: 'a.npy', fetch: 'all' }, { url: 'a.npy', keep: 'a' }, { url: 'a.npy', fetch: 'rows', keep: '' }, { url: 'a.npy', budget: 5 }, { url: 'a.npy', fetch: 'rows', budget: 0 }, { url: 'a.npy', fetch: 'rows', gap: -1 }, { url: 'a.npy', fetch: 'rows', concurrency: 1.5 },
      { data: new Float32Array(ROWS * DIMENSION), fetch: 'rows' },
    ]) assert.throws(() => embedding(table), { code: 'invalid_definition' });
    runtime.dispose();
  });
}
