// Tables that are fetched by rows: the bits of the whole table, in every format and kind of column, and few bytes.
import { DIMENSION, ROWS, bag, bits, fetched, fetching } from './fetched_rows.mjs';
import { BASE } from './memory_server.mjs';
import { FORMATS, npyHeader, random, safetensorsFront, tableBytes } from './table_bytes.mjs';
import { tensorBundle } from './tensor_bundle.mjs';

const nameOf = (format) => (format.startsWith('npy') ? 't.npy' : 't.safetensors');

export default async function (test, assert, fc) {
  const { start, identity, embedding } = fetching(fc);

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

  test('a Request keeps its headers', async () => {
    const authorized = [];
    const { runtime } = await start({ 't.safetensors': tableBytes('float32', ROWS, DIMENSION) }, { answer: (_path, { headers }) => void authorized.push(new Headers(headers).get('authorization')) });
    const layer = await runtime.denseFeatures([embedding(fetched(new Request(`${BASE}t.safetensors`, { headers: { authorization: 'Bearer x' } })))]);
    await layer.transform({ id: [[1]] });
    assert.deepEqual(authorized, ['Bearer x', 'Bearer x']);
    runtime.dispose();
  });

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
}
