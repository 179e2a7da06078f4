// Tables that are fetched by rows: the bits of the whole table, few bytes, and nothing left behind by what fails.
import { BASE, memoryServer } from './memory_server.mjs';
import { tensorBundle } from './tensor_bundle.mjs';
import { FORMATS, npyHeader, random, safetensorsFront, tableBytes } from './table_bytes.mjs';

const ROWS = 500;
const DIMENSION = 7;

export default async function (test, assert, fc) {
  const start = async (files, { retries = 0, ...options } = {}) => {
    const server = memoryServer(files, { ranges: true, ...options });
    return { server, runtime: await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries }) };
  };
  const bits = (data) => new Uint32Array(data.buffer, data.byteOffset, data.length);
  const identity = (key = 'id', options = {}) => fc.categoricalColumnWithIdentity(key, { numBuckets: ROWS, ...options });
  const embedding = (table, options = {}, column = identity()) => fc.embeddingColumn(column, { dimension: DIMENSION, table, ...options });
  const fetched = (url = 't.safetensors', more = {}) => ({ url, fetch: 'rows', ...more });
  const nameOf = (format) => (format.startsWith('npy') ? 't.npy' : 't.safetensors');
  const held = ({ stats }) => {
    const { layers, vocabularies, tables, fetchedRows, liveObjects } = stats();
    return [layers, vocabularies.count, tables.count, liveObjects, tables.bytes, fetchedRows.count, fetchedRows.bytes];
  };
  const heldBy = (runtime) => held({ stats: () => runtime.stats() });
  const bag = (next, most = 5, ids = ROWS) => Array.from({ length: Math.floor(next() * (most + 1)) }, () => Math.floor(next() * ids));

  for (const format of FORMATS) {
    test(`${format}: bit for bit the whole table, on random batches of every kind of column`, async () => {
      const name = nameOf(format);
      const { runtime } = await start({ [name]: tableBytes(format, ROWS, DIMENSION) });
      const kinds = {
        plain: (table) => [embedding(table)],
        sum: (table) => [embedding(table, { combiner: 'sum' })],
        clipped: (table) => [embedding(table, { combiner: 'sqrtn', maxNorm: 1.5 })],
        weighted: (table) => [embedding(table, { maxNorm: 2 }, fc.weightedCategoricalColumn(identity(), { weightFeatureKey: 'weight' }))],
        shared: (table) => fc.sharedEmbeddings([identity('id'), identity('other')], { dimension: DIMENSION, table }),
        hashed: (table) => [embedding(table, {}, fc.categoricalColumnWithHashBucket('word', { hashBucketSize: ROWS }))],
        strict: (table) => [embedding(table, { useSafeEmbeddingLookup: false })],
      };
      const next = random(7);
      for (const [kind, columnsOf] of Object.entries(kinds)) {
        const whole = await runtime.denseFeatures(columnsOf({ url: name }));
        const rows = await runtime.denseFeatures(columnsOf(fetched(name, { budget: 1 << 16 })));
        assert.equal(rows.fetches, true);
        assert.equal(whole.fetches, false);
        for (let round = 0; round < 4; ++round) {
          const id = Array.from({ length: 20 }, () => (kind === 'strict' ? [Math.floor(next() * ROWS)] : bag(next)));
          const batch = { id, other: Array.from({ length: 20 }, () => bag(next)), word: Array.from({ length: 20 }, () => `word ${Math.floor(next() * 1000)}`), weight: id.map((ids) => ids.map(() => next() * 3 - 0.5)) };
          const wanted = whole.transform(batch);
          const found = await rows.transform(batch);
          assert.deepEqual(found.shape, wanted.shape);
          assert.deepEqual(bits(found.data), bits(wanted.data), `${kind}, round ${round}`);
        }
        whole.dispose();
        rows.dispose();
      }
      assert.equal(runtime.stats().liveObjects, 0);
      assert.deepEqual(runtime.stats().fetchedRows, { count: 0, bytes: 0 });
      runtime.dispose();
    });
  }

  test('sequences, rows, tf.Examples are the same way in; explain tells the rows', async () => {
    const { runtime } = await start({ 't.safetensors': tableBytes('int8', ROWS, DIMENSION) });
    const next = random(3);
    const sequence = (table) => [fc.embeddingColumn(fc.sequenceCategoricalColumnWithIdentity('id', { numBuckets: ROWS }), { dimension: DIMENSION, maxNorm: 1, table })];
    const wholeSteps = await runtime.sequenceFeatures(sequence({ url: 't.safetensors' }));
    const steps = await runtime.sequenceFeatures(sequence(fetched()));
    for (let round = 0; round < 4; ++round) {
      const batch = { id: Array.from({ length: 9 }, () => bag(next, 6)) };
      const wanted = wholeSteps.transform(batch);
      const found = await steps.transform(batch);
      assert.deepEqual([found.shape, found.sequenceLength], [wanted.shape, wanted.sequenceLength]);
      assert.deepEqual(bits(found.data), bits(wanted.data));
    }
    const whole = await runtime.denseFeatures([embedding({ url: 't.safetensors' }, { maxNorm: 1 })]);
    const rows = await runtime.denseFeatures([embedding(fetched(), { maxNorm: 1 })]);
    const some = [{ id: [1, 499] }, { id: [] }, { id: [7] }];
    const lines = new TextEncoder().encode(some.map((row) => JSON.stringify(row)).join('\n'));
    assert.deepEqual(bits((await rows.transformRows(some)).data), bits(whole.transformRows(some).data));
    assert.deepEqual(bits((await rows.transformNdjson(lines)).data), bits(whole.transformNdjson(lines).data));
    // features { feature { key: "id" value { int64_list { value: [3, 300] } } } }
    const example = Uint8Array.from([0x0a, 0x10, 0x0a, 0x0e, 0x0a, 0x02, 0x69, 0x64, 0x12, 0x08, 0x1a, 0x06, 0x0a, 0x03, 0x03, 0xac, 0x02, 0, 0]).subarray(0, 18);
    assert.deepEqual(bits((await rows.transformExamples([example])).data), bits(whole.transformExamples([example]).data));
    assert.deepEqual(await rows.explain(some[0]), JSON.parse(JSON.stringify(whole.explain(some[0]))));
    const out = new Float32Array(3 * DIMENSION);
    assert.equal((await rows.transformRows(some, { out })).data, out);
    assert.deepEqual(bits(out), bits(whole.transformRows(some).data));
    assert.deepEqual(rows.coverage({ id: [1, 2] }), whole.coverage({ id: [1, 2] }));
    runtime.dispose();
  });

  test('neighbours are fetched in one request, what is held in none, and each row once', async () => {
    const bytes = tableBytes('float32', ROWS, DIMENSION);
    const size = DIMENSION * 4;
    const front = bytes.length - ROWS * size;
    const { runtime, server } = await start({ 't.safetensors': bytes });
    const whole = await runtime.denseFeatures([embedding({ url: 't.safetensors' })]);
    const asked = async (layer, id) => {
      server.log.length = 0;
      assert.deepEqual(bits((await layer.transform({ id })).data), bits(whole.transform({ id }).data));
      return server.log.map(({ range }) => range);
    };
    const range = (from, to) => `bytes=${front + from * size}-${front + to * size + size - 1}`;
    const near = await runtime.denseFeatures([embedding(fetched('t.safetensors', { gap: 7 * size }))]);
    assert.deepEqual(await asked(near, [[12, 10], [20, 11, 12], [400], []]), [range(10, 20), range(400, 400)]);
    assert.deepEqual(await asked(near, [[400, 10, 12]]), [], 'held');
    assert.deepEqual(await asked(near, [[15]]), [range(15, 15)], 'what lay between was not kept');
    assert.deepEqual(await asked(near, [[499, 10], [498], [0]]), [range(0, 0), range(498, 499)]);
    assert.deepEqual(await asked(near, [[], []]), [], 'none are needed');
    assert.deepEqual(runtime.stats().fetchedRows, { count: 9, bytes: 9 * size });
    const exact = await runtime.denseFeatures([embedding(fetched('t.safetensors', { gap: 0 }))]);
    assert.deepEqual(await asked(exact, [[10, 11, 12, 14]]), [range(10, 12), range(14, 14)]);
    // A quarter of the budget, over six requests: ten rows each.
    const small = await runtime.denseFeatures([embedding(fetched('t.safetensors', { budget: 10 * size * 6 * 4, gap: 0 }))]);
    assert.deepEqual(await asked(small, [Array.from({ length: 25 }, (_, i) => i)]), [range(0, 9), range(10, 19), range(20, 24)]);
    runtime.dispose();
  });

  test('a quantised table is fetched in its parts: codes, scales and biases', async () => {
    const bytes = tableBytes('int8', ROWS, DIMENSION);
    const { front } = safetensorsFront('int8', ROWS, DIMENSION);
    const { runtime, server } = await start({ 't.safetensors': bytes });
    const layer = await runtime.denseFeatures([embedding(fetched())]);
    server.log.length = 0;
    await layer.transform({ id: [[3, 5]] });
    const codes = front.length;
    const biases = codes + ROWS * DIMENSION;
    const scales = biases + ROWS * 4;
    assert.deepEqual(server.log.map(({ range }) => range).sort(), [
      `bytes=${codes + 3 * DIMENSION}-${codes + 6 * DIMENSION - 1}`, `bytes=${biases + 12}-${biases + 23}`, `bytes=${scales + 12}-${scales + 23}`,
    ].sort());
    runtime.dispose();
  });

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

  // --- tables that nobody could hold

  /** Value `column` of row `row`, exact in float32. */
  const valueAt = (row, column) => ((row * 31 + column * 17) % 4099) / 8 - 200;
  const MILLIONS = 10_000_000;
  const WIDTH = 16;

  /** A server that makes each byte when it is asked for. `delay` in turns of the event loop. */
  function endless({ delay = () => 0, rows = MILLIONS } = {}) {
    const front = npyHeader('<f4', [rows, WIDTH]);
    const size = front.length + rows * WIDTH * 4;
    const seen = { requests: 0, bytes: 0, inFlight: 0, mostInFlight: 0, bytesInFlight: 0, mostBytesInFlight: 0, largest: 0 };
    const answer = async (path, init) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init.headers).get('range')).map(Number);
      const body = new Uint8Array(to + 1 - from);
      if (from < front.length) body.set(front.subarray(from, to + 1));
      const first = Math.floor(Math.max(0, from - front.length) / 4);
      const floats = Float32Array.from({ length: Math.floor((to - front.length) / 4) + 1 - first }, (_, i) => valueAt(Math.floor((first + i) / WIDTH), (first + i) % WIDTH));
      const made = new Uint8Array(floats.buffer).subarray(Math.max(0, from - front.length) - first * 4);
      body.set(made.subarray(0, Math.max(0, to + 1 - Math.max(from, front.length))), Math.max(0, front.length - from));
      seen.requests += 1;
      seen.bytes += body.length;
      seen.inFlight += 1;
      seen.bytesInFlight += body.length;
      if (from > 0) seen.largest = Math.max(seen.largest, body.length);
      seen.mostInFlight = Math.max(seen.mostInFlight, seen.inFlight);
      if (from > 0) seen.mostBytesInFlight = Math.max(seen.mostBytesInFlight, seen.bytesInFlight);
      for (let turn = delay(); turn > 0; --turn) await new Promise((resolve) => setTimeout(resolve, 0));
      const stream = new ReadableStream({
        pull(controller) {
          controller.enqueue(body);
          controller.close();
          seen.inFlight -= 1;
          seen.bytesInFlight -= body.length;
        },
      }, { highWaterMark: 0 });
      return new Response(stream, { status: 206, headers: { 'content-range': `bytes ${from}-${to}/${size}`, etag: '"10M"' } });
    };
    return { server: memoryServer({}, { answer }), seen };
  }

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

  // --- concurrency

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

  test('a Request keeps its headers', async () => {
    const authorized = [];
    const { runtime } = await start({ 't.safetensors': tableBytes('float32', ROWS, DIMENSION) }, { answer: (_path, { headers }) => void authorized.push(new Headers(headers).get('authorization')) });
    const layer = await runtime.denseFeatures([embedding(fetched(new Request(`${BASE}t.safetensors`, { headers: { authorization: 'Bearer x' } })))]);
    await layer.transform({ id: [[1]] });
    assert.deepEqual(authorized, ['Bearer x', 'Bearer x']);
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

  // --- what servers do

  const whole = tableBytes('float32', ROWS, DIMENSION);
  const partOf = (range, bytes = whole, headers = {}) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range).map(Number);
    const last = Math.min(to, bytes.length - 1);
    return new Response(bytes.slice(from, last + 1), { status: 206, headers: { 'content-range': `bytes ${from}-${last}/${bytes.length}`, etag: '"1"', 'last-modified': 'Mon, 02 Jun 2025 10:00:00 GMT', ...headers } });
  };
  const page = (status = 200, headers = {}) => new Response('<!DOCTYPE html><title>app</title>', { status, headers: { 'content-type': 'text/html', ...headers } });
  const FAILURES = {
    'no such file': [() => new Response('', { status: 404 }), 'not_found', 'No such file'],
    'a server that ignores Range': [() => new Response(whole, { headers: { etag: '"1"' } }), 'unsupported', 'ignores Range'],
    'a page for any name': [() => page(), 'network', 'HTML page'],
    'an answer without Content-Range': [(range) => new Response(partOf(range).body, { status: 206 }), 'unsupported', 'Content-Range'],
    'other bytes than were asked for': [(range) => partOf(range, whole, { 'content-range': `bytes 1-2/${whole.length}` }), 'network', 'were asked for'],
    'compressed parts': [(range) => partOf(range, whole, { 'content-encoding': 'gzip' }), 'unsupported', 'compresses'],
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
  const CHANGES = {
    'another length': [(range) => partOf(range, tableBytes('float32', ROWS + 1, DIMENSION)), 'integrity', 'has changed'],
    'another ETag': [(range) => partOf(range, whole, { etag: '"2"' }), 'integrity', 'ETag'],
    'another date': [(range) => partOf(range, whole, { 'last-modified': 'Tue, 03 Jun 2025 10:00:00 GMT' }), 'integrity', 'last modified'],
    'no ETag any more': [(range) => { const answer = partOf(range); answer.headers.delete('etag'); return answer; }, 'integrity', 'ETag'],
    'a whole answer of another version': [() => new Response(whole, { headers: { etag: '"2"' } }), 'integrity', 'ETag'],
    'no such bytes': [() => new Response(null, { status: 416 }), 'integrity', '416'],
  };
  /** A server whose answers can be replaced. */
  const moody = () => {
    const mood = { answer: (range) => partOf(range) };
    const server = memoryServer({}, { answer: (_path, { headers }) => mood.answer(new Headers(headers).get('range')) });
    return { mood, server };
  };

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
    const all = await runtime.denseFeatures([embedding({ data: new Float32Array(whole.slice(whole.length - ROWS * DIMENSION * 4).buffer) })]);
    assert.deepEqual(data, all.transform({ id: ids }).data);
    runtime.dispose();
  });

  // --- refusals

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

  // --- other layers

  test('estimators and linear models answer with promises of the same predictions', async () => {
    const tensor = (shape, seed) => {
      const next = random(seed);
      return { shape, values: Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, () => next() - 0.5) };
    };
    const place = 'input_layer/id_embedding/embedding_weights';
    const weights = tensor([ROWS, DIMENSION], 4);
    const without = {
      'dnn/hiddenlayer_0/kernel': tensor([DIMENSION, 3], 1), 'dnn/hiddenlayer_0/bias': tensor([3], 2), 'dnn/logits/kernel': tensor([3, 1], 3), 'dnn/logits/bias': tensor([1], 5),
      'linear/linear_model/id_embedding/weights': tensor([DIMENSION, 1], 6), 'linear/linear_model/bias_weights': tensor([1], 7),
      'linear_model/id_embedding/weights': tensor([DIMENSION, 1], 8), 'linear_model/bias_weights': tensor([1], 9),
    };
    const header = npyHeader('<f4', [ROWS, DIMENSION]);
    const npy = new Uint8Array(header.length + weights.values.byteLength);
    npy.set(header);
    npy.set(new Uint8Array(weights.values.buffer), header.length);
    const { runtime, server } = await start({
      ...tensorBundle('model', without), ...tensorBundle('all', { ...without, [`dnn/input_from_feature_columns/${place}`]: weights }), 't.npy': npy,
    });
    const options = (list) => ({ dnnClassifier: { featureColumns: list }, linearRegressor: { featureColumns: list }, dnnLinearCombinedClassifier: { dnnFeatureColumns: list, linearFeatureColumns: list } });
    const batch = { id: [[1, 2, 3], [], [499]] };
    const layers = [];
    for (const method of Object.keys(options([]))) {
      const whole = await runtime[method]({ ckptToLoadFrom: 'model', ...options([embedding({ url: 't.npy' })])[method] });
      for (const ckptToLoadFrom of method === 'linearRegressor' ? ['model'] : ['model', 'all']) {
        const rows = await runtime[method]({ ckptToLoadFrom, ...options([embedding(fetched('t.npy'))])[method] });
        assert.equal(rows.fetches, true);
        const wanted = whole.predict(batch);
        const found = await rows.predict(batch);
        assert.deepEqual(Object.keys(found), Object.keys(wanted));
        for (const [name, values] of Object.entries(wanted)) assert.deepEqual([found[name].slice(), found[name].shape], [values.slice(), values.shape], `${method} ${name}`);
        const some = [{ id: [7] }, { id: [8, 8] }];
        const lines = new TextEncoder().encode(some.map((row) => JSON.stringify(row)).join('\n'));
        for (const [name, values] of Object.entries(whole.predictRows(some))) {
          assert.deepEqual((await rows.predictRows(some))[name].slice(), values.slice());
          assert.deepEqual((await rows.predictNdjson(lines))[name].slice(), values.slice());
        }
        assert.deepEqual(await rows.explain(some[0]), whole.explain(some[0]));
        layers.push(rows);
      }
      layers.push(whole);
    }
    const linear = await Promise.all([{ url: 't.npy' }, fetched('t.npy')].map((table) => runtime.linearModel([embedding(table)], { ckptToLoadFrom: 'model' })));
    assert.deepEqual((await linear[1].transform(batch)).data, linear[0].transform(batch).data);
    assert.ok(server.log.some(({ range }) => range?.startsWith('bytes=0-')));
    for (const layer of [...layers, ...linear]) layer.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  // --- other sources, specs, replacing

  test('Blobs and bytes; a long header', async () => {
    const { runtime } = await start({});
    const padding = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`unused tensor ${i}`, { dtype: 'F32', shape: [0, 1], data_offsets: [0, 0] }]));
    for (const format of FORMATS) {
      const bytes = tableBytes(format, ROWS, DIMENSION, 9, padding);
      const tensor = format.startsWith('npy') ? {} : { tensor: 't' };
      const all = await runtime.denseFeatures([embedding({ url: bytes, ...tensor })]);
      for (const source of [new Blob([bytes]), bytes.buffer, bytes]) {
        const layer = await runtime.denseFeatures([embedding(fetched(source, tensor))]);
        const id = [[0], [499, 3]];
        assert.deepEqual(bits((await layer.transform({ id })).data), bits(all.transform({ id }).data));
        layer.dispose();
      }
      all.dispose();
    }
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

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
      await assert.rejects(runtime.denseFeatures([embedding(fetched(new Blob([whole]), { keep: NAME }))]), { code: 'unsupported' });
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

  test('in a spec: written, read, and loaded', async () => {
    const { runtime } = await start({ 't.safetensors': tableBytes('float32', ROWS, DIMENSION), 'spec.json': JSON.stringify({
      columns: [{ type: 'embedding_column', categorical_column: { type: 'categorical_column_with_identity', key: 'id', num_buckets: ROWS }, dimension: DIMENSION, table: { url: 't.safetensors', fetch: 'rows', budget: 100000 } }],
    }) });
    const layer = await runtime.load('spec.json');
    const direct = await runtime.denseFeatures([embedding({ url: 't.safetensors' })]);
    assert.deepEqual((await layer.transform({ id: [[4, 5]] })).data, direct.transform({ id: [[4, 5]] }).data);
    const column = embedding(fetched('t.safetensors', { gap: 100 }));
    const spec = fc.toSpec([column]);
    assert.deepEqual(spec.columns[0].table, { url: 't.safetensors', fetch: 'rows', gap: 100 });
    assert.deepEqual(fc.fromSpec(JSON.parse(JSON.stringify(spec))), [column]);
    runtime.dispose();
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
