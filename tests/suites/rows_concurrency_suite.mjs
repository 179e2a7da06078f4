// Tables that are fetched by rows: batches side by side, which share what is on its way, and aborts.
import { DIMENSION, MILLIONS, ROWS, WIDTH, bag, bits, endless, fetched, fetching, heldBy, valueAt } from './fetched_rows.mjs';
import { BASE } from './memory_server.mjs';
import { random, tableBytes } from './table_bytes.mjs';

export default async function (test, assert, fc) {
  const { start, identity, embedding } = fetching(fc);

  for (const seed of [11, 12, 13]) test(`concurrent batches of one layer each get theirs, in order, share rows on their way, and wait for room (${seed})`, async () => {
    const next = random(seed);
    const { server, seen } = endless({ delay: () => Math.floor(next() * 6) });
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE });
    const column = fc.categoricalColumnWithIdentity('id', { numBuckets: MILLIONS });
    const budget = 40_000;
    const layerOf = (more) => runtime.denseFeatures([fc.embeddingColumn(column, { dimension: WIDTH, combiner: 'sum', table: fetched('users.npy', { budget, gap: 0, ...more }) })]);
    const [layer, other, third] = [await layerOf({}), await layerOf({}), await layerOf({ concurrency: 2 })];
    assert.equal(runtime.stats().tables.count, 2, 'two share a table');
    const finished = [];
    const ended = await Promise.allSettled(Array.from({ length: 60 }, async (_, call) => {
      const id = Int32Array.from({ length: 1 + Math.floor(next() * 200) }, () => Math.floor(next() * 400) * 25_000);
      const controller = new AbortController();
      if (call % 7 === 3) setTimeout(() => controller.abort(), next() * 10);
      const promise = [layer, other, third][call % 3].transform({ id }, { signal: controller.signal });
      const wanted = Float32Array.from([...id].flatMap((row) => Array.from({ length: WIDTH }, (__, i) => valueAt(row, i))));
      id.fill(0); // the batch was read already
      const { data } = await promise;
      finished.push(call);
      assert.deepEqual(data, wanted);
      const { tables } = runtime.stats();
      assert.ok(tables.bytes <= 2 * budget);
    }));
    for (const [call, { status, reason }] of ended.entries()) {
      if (status === 'rejected') assert.equal(`${call % 7 === 3}, ${reason.code}`, 'true, aborted', reason.message);
    }
    for (const kind of [0, 1, 2]) {
      const own = finished.filter((call) => call % 3 === kind);
      assert.deepEqual(own, [...own].sort((a, b) => a - b));
    }
    assert.ok(finished.length > 50);
    assert.ok(seen.mostInFlight <= 8);
    runtime.dispose();
  });

  test('layers of several tables, each with its budget: no batch waits for ever', async () => {
    const next = random(21);
    const files = Object.fromEntries(['a', 'b'].map((name, i) => [`${name}.safetensors`, tableBytes(i ? 'int4' : 'float16', ROWS, DIMENSION, i + 1)]));
    const { runtime } = await start(files, { answer: async () => { for (let turn = next() * 4; turn > 1; --turn) await new Promise((resolve) => setTimeout(resolve, 0)); } });
    const columnsOf = (names, table) => [...names].map((name) => fc.embeddingColumn(identity(name), { dimension: DIMENSION, combiner: 'sum', table: table(`${name}.safetensors`) }));
    const sets = ['a', 'b', 'ab', 'ba'];
    const wholes = await Promise.all(sets.map((names) => runtime.denseFeatures(columnsOf(names, (url) => ({ url })))));
    const layers = await Promise.all(sets.map((names) => runtime.denseFeatures(columnsOf(names, (url) => fetched(url, { budget: 3000, gap: 30 })))));
    assert.equal(runtime.stats().tables.count, 4);
    await Promise.all(Array.from({ length: 200 }, async (_, call) => {
      const i = call % sets.length;
      const batch = { a: bag(next, 20), b: bag(next, 20) };
      batch.b.length = batch.a.length = Math.min(batch.a.length, batch.b.length);
      assert.deepEqual(bits((await layers[i].transform(batch)).data), bits(wholes[i].transform(batch).data));
    }));
    for (const layer of [...wholes, ...layers]) layer.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('two batches that need the same row fetch it once; the abort of one does not take it from the other', async () => {
    let release;
    const gate = new Promise((resolve) => (release = resolve));
    let held = 0;
    const bytes = tableBytes('float32', ROWS, DIMENSION);
    const { runtime, server } = await start({ 't.safetensors': bytes }, { answer: async (_path, { headers }) => {
      if (new Headers(headers).get('range')?.startsWith('bytes=0-')) return;
      held += 1;
      await gate;
    } });
    const layer = await runtime.denseFeatures([embedding(fetched())]);
    const controller = new AbortController();
    const first = layer.transform({ id: [[5]] }, { signal: controller.signal });
    const second = layer.transform({ id: [[5]] });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(held, 1);
    controller.abort('enough');
    const problem = await assert.rejects(first, { code: 'aborted' });
    assert.equal(problem.cause, 'enough');
    assert.equal(server.aborted(), 0);
    release();
    const whole = await runtime.denseFeatures([embedding({ data: new Float32Array(bytes.slice(bytes.length - ROWS * DIMENSION * 4).buffer) })]);
    assert.deepEqual((await second).data, whole.transform({ id: [[5]] }).data);
    assert.equal(held, 1);
    runtime.dispose();
  });

  test('an abort that nobody shares ends the request, and leaves nothing', async () => {
    let hang = true;
    const { runtime, server } = await start({ 't.safetensors': tableBytes('float32', ROWS, DIMENSION) }, { answer: (_path, { headers, signal }) => {
      if (new Headers(headers).get('range')?.startsWith('bytes=0-') || !hang) return undefined;
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    } });
    const layer = await runtime.denseFeatures([embedding(fetched('t.safetensors', { gap: 0 }))]);
    const before = heldBy(runtime);
    const controller = new AbortController();
    const waiting = layer.transform({ id: [[5, 300]] }, { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort();
    await assert.rejects(waiting, { code: 'aborted' });
    assert.equal(server.aborted(), 2);
    assert.deepEqual(heldBy(runtime), before);
    await assert.rejects(layer.transform({ id: [[5]] }, { signal: controller.signal }), { code: 'aborted' });
    hang = false;
    assert.equal((await layer.transform({ id: [[5, 300]] })).shape[0], 1, 'another try');
    hang = true;
    const disposed = layer.transform({ id: [[6]] });
    await new Promise((resolve) => setTimeout(resolve, 1));
    layer.dispose();
    await assert.rejects(disposed, { code: 'disposed' });
    await assert.rejects(layer.transform({ id: [[5]] }), { code: 'disposed' });
    assert.equal(runtime.stats().liveObjects, 0);
    const again = await runtime.denseFeatures([embedding(fetched())]);
    const ended = again.transform({ id: [[6]] });
    runtime.dispose();
    await assert.rejects(ended, { code: 'disposed' });
  });
}
