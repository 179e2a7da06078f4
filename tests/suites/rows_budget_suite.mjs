// Tables that are fetched by rows: as many rows as the budget has room for, of tables that nobody could hold.
import { DIMENSION, MILLIONS, ROWS, WIDTH, endless, fetched, fetching, valueAt } from './fetched_rows.mjs';
import { BASE } from './memory_server.mjs';
import { random, tableBytes } from './table_bytes.mjs';

export default async function (test, assert, fc) {
  const { start, embedding } = fetching(fc);

  test('the least recently used rows go first', async () => {
    const size = DIMENSION * 4;
    const { runtime, server } = await start({ 't.safetensors': tableBytes('float32', ROWS, DIMENSION) });
    const layer = await runtime.denseFeatures([embedding(fetched('t.safetensors', { budget: 960, concurrency: 1, gap: 0 }))]);
    const asked = async (...id) => {
      server.log.length = 0;
      await layer.transform({ id: id.map((each) => [each]) });
      return server.log.length;
    };
    // 720 bytes for rows of 28 and 33 for their book: 11 rows.
    for (let id = 0; id < 22; id += 2) assert.equal(await asked(id), 1);
    assert.deepEqual(runtime.stats().fetchedRows, { count: 11, bytes: 11 * size });
    assert.equal(await asked(0), 0, 'used again');
    assert.equal(await asked(100), 1, 'takes the place of 2');
    assert.equal(await asked(0, 4, 20), 0);
    assert.equal(await asked(2), 1, 'takes the place of 6');
    assert.equal(await asked(6), 1);
    assert.deepEqual(runtime.stats().fetchedRows, { count: 11, bytes: 11 * size });
    runtime.dispose();
  });

  test('ten million rows in a quarter of a mebibyte', async () => {
    let turn = 0;
    const { server, seen } = endless({ delay: () => Number(turn++ % 10 === 0) });
    const budget = 1 << 18;
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE });
    const before = runtime.stats().heapBytes;
    const column = fc.categoricalColumnWithIdentity('id', { numBuckets: MILLIONS });
    const layer = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension: WIDTH, combiner: 'sum', table: fetched('users.npy', { budget }) })]);
    const next = random(5);
    for (let round = 0; round < 12; ++round) {
      const id = Array.from({ length: 300 }, () => Math.floor(next() * MILLIONS));
      id[0] = MILLIONS - 1;
      id[1] = 0;
      const { data } = await layer.transform({ id: Int32Array.from(id) });
      assert.deepEqual(data, Float32Array.from(id.flatMap((row) => Array.from({ length: WIDTH }, (_, i) => valueAt(row, i)))));
      const { tables, fetchedRows, heapBytes } = runtime.stats();
      assert.ok(tables.bytes <= budget && fetchedRows.bytes <= tables.bytes, `${tables.bytes} and ${fetchedRows.bytes} bytes`);
      assert.ok(heapBytes - before <= 1 << 20, `the module's memory grew by ${heapBytes - before}`);
    }
    assert.equal(seen.mostInFlight, 6);
    assert.ok(seen.mostBytesInFlight <= budget / 4, `${seen.mostBytesInFlight} bytes at a time`);
    assert.ok(seen.largest <= budget / 24);
    assert.ok(seen.bytes < 3600 * 64 * 3, `${seen.bytes} bytes in all of ${MILLIONS * WIDTH * 4}`);
    layer.dispose();
    assert.deepEqual([runtime.stats().liveObjects, runtime.stats().tables.bytes, runtime.stats().fetchedRows.count], [0, 0, 0]);
    runtime.dispose();
  });

  test('a batch that needs more rows than the budget has room for is refused, and so is a budget without room', async () => {
    const { server } = endless();
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE });
    const column = fc.categoricalColumnWithIdentity('id', { numBuckets: MILLIONS });
    const layerOf = (more) => runtime.denseFeatures([fc.embeddingColumn(column, { dimension: WIDTH, table: fetched('users.npy', more) })]);
    const layer = await layerOf({ budget: 64 * 24 });
    const rows = Math.floor((64 * 24 * 0.75) / (64 + 33));
    const id = Int32Array.from({ length: rows + 1 }, (_, i) => i);
    const problem = await assert.rejects(layer.transform({ id }), { name: 'FeatureColumnError', code: 'out_of_memory', value: rows + 1 });
    const [, least] = /at least (\d+)/.exec(problem.message);
    assert.equal((await layer.transform({ id: id.subarray(1) })).data[0], valueAt(1, 0));
    const larger = await layerOf({ budget: Number(least) });
    assert.equal((await larger.transform({ id })).data[0], valueAt(0, 0));
    const refused = await assert.rejects(layerOf({ budget: 64 * 24 - 1 }), { code: 'invalid_definition' });
    assert.includes(refused.message, 'at least 1536');
    runtime.dispose();
  });

  test('four billion rows: positions beyond 32 bits', async () => {
    const rows = 4_000_000_000;
    const { server, seen } = endless({ rows });
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE });
    const layer = await runtime.denseFeatures([fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: rows }), { dimension: WIDTH, table: fetched('users.npy', { budget: 10_000 }) })]);
    const id = [0, rows - 1, 2 ** 31, 2 ** 31 - 1, 3_999_999_990];
    const { data } = await layer.transform({ id });
    assert.deepEqual(data, Float32Array.from(id.flatMap((row) => Array.from({ length: WIDTH }, (_, i) => valueAt(row, i)))));
    await assert.rejects(layer.transform({ id: [rows] }), { code: 'out_of_range' });
    assert.ok(seen.requests <= 6);
    runtime.dispose();
  });
}
