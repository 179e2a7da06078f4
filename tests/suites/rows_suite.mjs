// Tables that are fetched by rows: the bits of the whole table, few bytes, and nothing left behind by what fails.
import { BASE, memoryServer } from './memory_server.mjs';
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
}
