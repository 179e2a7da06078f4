// layer.replace: other vocabularies and tables take their places at once, or nothing changes.
import { BASE, memoryServer } from './memory_server.mjs';
import { tensorBundle } from './tensor_bundle.mjs';

export default async function (test, assert, fc) {
  const words = (key = 'word') => fc.categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'words.txt' });
  const embedding = () => fc.embeddingColumn(words(), { dimension: 1, combiner: 'sum', table: { data: new Float32Array([1, 2]) } });
  const batch = { word: ['a', 'b', 'c'] };
  const V2 = { vocabularies: { 'words.txt': 'words-v2.txt' }, tables: { word_embedding: { data: new Float32Array([10, 20, 30]) } } };
  const files = { 'words.txt': 'a\nb\n', 'words-v2.txt': 'c\nb\na\n', 'broken.txt': 'a\n\nb\n' };
  const start = async (options) => {
    const server = memoryServer(files, options);
    return { server, runtime: await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 }) };
  };
  const held = (runtime) => {
    const { layers, vocabularies, tables, liveObjects } = runtime.stats();
    return [layers, vocabularies.count, tables.count, liveObjects, vocabularies.bytes, tables.bytes];
  };

  test('vocabulary and table are swapped together, and the old ones are given back', async () => {
    const { runtime } = await start();
    const layer = await runtime.denseFeatures([embedding()]);
    assert.deepEqual([...layer.transform(batch).data], [1, 2, 0]);
    const waiting = layer.replace(V2);
    assert.deepEqual([...layer.transform(batch).data], [1, 2, 0], 'until then the old ones answer');
    await waiting;
    assert.deepEqual([...layer.transform(batch).data], [30, 20, 10]);
    assert.deepEqual(held(runtime).slice(0, 4), [1, 1, 1, 3]);
    const fresh = await runtime.denseFeatures([fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile: 'words-v2.txt' }), { dimension: 1, combiner: 'sum', table: V2.tables.word_embedding })]);
    assert.deepEqual(layer.transform(batch).data, fresh.transform(batch).data);
    fresh.dispose();
    await layer.replace({ tables: { word_embedding: { data: new Float32Array([7, 8, 9]) } } });
    assert.deepEqual([...layer.transform(batch).data], [9, 8, 7], 'a second one builds on the first');
    layer.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('what is not named is not fetched again', async () => {
    const { runtime, server } = await start();
    const layer = await runtime.denseFeatures([embedding()]);
    await layer.replace({ tables: { word_embedding: { data: new Float32Array([5, 6]) } } });
    assert.deepEqual(server.paths(), ['words.txt']);
    assert.deepEqual([...layer.transform(batch).data], [5, 6, 0]);
    runtime.dispose();
  });

  test('a failure leaves the old ones in place, and memory as it was', async () => {
    const { runtime } = await start();
    const layer = await runtime.denseFeatures([embedding()]);
    const before = held(runtime);
    for (const [replacement, code] of [
      [{ vocabularies: { 'words.txt': 'missing.txt' } }, 'not_found'],
      [{ vocabularies: { 'words.txt': 'broken.txt' } }, 'invalid_vocabulary'],
      [{ vocabularies: { 'words.txt': 'words-v2.txt' } }, 'shape_mismatch'],
      [{ tables: { word_embedding: { data: new Float32Array(5) } } }, 'shape_mismatch'],
      [{ tables: { nothing: { data: new Float32Array(2) } } }, 'invalid_argument'],
      [{ vocabularies: { 'word.txt': 'words-v2.txt' } }, 'invalid_argument'],
      [{ vocabularies: { 'words.txt': 'words.txt' } }, 'invalid_argument'],
      [{ vocabularies: { 'words.txt': { vocabularyFile: 'words-v2.txt', vocabularySize: 0 } } }, 'invalid_argument'],
      [{ tables: { word_embedding: { ckptToLoadFrom: 'model.ckpt' } } }, 'invalid_argument'],
      [{ tables: { word_embedding: {} } }, 'invalid_definition'],
      [{ ckptToLoadFrom: 'model.ckpt' }, 'invalid_argument'],
      [{ table: {} }, 'invalid_argument'],
      [{}, 'invalid_argument'],
      [undefined, 'invalid_argument'],
    ]) {
      await assert.rejects(layer.replace(replacement), { name: 'FeatureColumnError', code }, JSON.stringify(replacement));
      assert.deepEqual(held(runtime), before);
      assert.deepEqual([...layer.transform(batch).data], [1, 2, 0]);
    }
    await layer.replace(V2);
    assert.deepEqual([...layer.transform(batch).data], [30, 20, 10]);
    runtime.dispose();
  });

  test('so many lines of the new file as asked for; an indicator takes its new width', async () => {
    const { runtime } = await start();
    const layer = await runtime.denseFeatures([fc.indicatorColumn(words())]);
    assert.equal(layer.width, 2);
    await layer.replace({ vocabularies: { word: 'words-v2.txt' } });
    assert.deepEqual([layer.width, ...layer.transform({ word: ['a'] }).data], [3, 0, 0, 1]);
    await layer.replace({ vocabularies: { word: { vocabularyFile: new TextEncoder().encode('x\na\ny\n'), vocabularySize: 2 } } });
    assert.deepEqual([layer.width, ...layer.transform({ word: ['a'] }).data], [2, 0, 1]);
    runtime.dispose();
  });

  test('a shared collection is replaced by its name, for all its columns', async () => {
    const { runtime } = await start();
    const table = { data: new Float32Array([1, 2]) };
    const group = fc.sharedEmbeddings([words('x'), words('y')], { dimension: 1, sharedEmbeddingCollectionName: 'both', table });
    const layer = await runtime.denseFeatures([...group]);
    const pair = { x: ['a'], y: ['b'] };
    assert.deepEqual([...layer.transform(pair).data], [1, 2]);
    await layer.replace({ vocabularies: { 'words.txt': 'words-v2.txt' }, tables: { both: { data: new Float32Array([10, 20, 30]) } } });
    assert.deepEqual([...layer.transform(pair).data], [30, 20]);
    assert.deepEqual(held(runtime).slice(0, 4), [1, 1, 1, 3]);
    runtime.dispose();
  });

  test('tables of checkpoints by the tensor, and the whole checkpoint of a linear model', async () => {
    const saved = (prefix, ...values) => tensorBundle(prefix, {
      'emb/table': { shape: [2, 1], values: Float32Array.from(values) },
      'linear_model/id/weights': { shape: [2, 1], values: Float32Array.from(values) },
      'linear_model/bias_weights': { shape: [1], values: Float32Array.from([0.5]) },
    });
    const { fetch } = memoryServer({ ...saved('v1', 1, 2), ...saved('v2', 3, 4) });
    const runtime = await fc.createRuntime({ fetch, baseUrl: BASE, retries: 0 });
    const id = fc.categoricalColumnWithIdentity('id', { numBuckets: 2 });
    const dense = await runtime.denseFeatures([fc.embeddingColumn(id, { dimension: 1, ckptToLoadFrom: 'v1', tensorNameInCkpt: 'emb/table' })]);
    await dense.replace({ tables: { 'emb/table': { ckptToLoadFrom: 'v2' } } });
    assert.deepEqual([...dense.transform({ id: [1] }).data], [4]);
    const linear = await runtime.linearModel([id], { ckptToLoadFrom: 'v1' });
    assert.deepEqual([...linear.transform({ id: [1] }).data], [2.5]);
    await assert.rejects(linear.replace({ ckptToLoadFrom: 'v1' }), { code: 'invalid_argument' });
    await assert.rejects(linear.replace({ tables: { id: { data: new Float32Array(2) } } }), { code: 'invalid_argument' });
    await assert.rejects(linear.replace({ ckptToLoadFrom: 'v3' }), { code: 'not_found' });
    assert.deepEqual([...linear.transform({ id: [1] }).data], [2.5]);
    await linear.replace({ ckptToLoadFrom: 'v2' });
    assert.deepEqual([...linear.transform({ id: [1] }).data], [4.5]);
    linear.dispose();
    dense.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('a name is what it leads to: ./v.txt, v.txt and its URL are one file', async () => {
    const { runtime } = await start();
    const layer = await runtime.denseFeatures([embedding()]);
    const table = { data: new Float32Array([10, 20, 30]) };
    for (const name of ['words.txt', './words.txt', 'sub/../words.txt', `${BASE}words.txt`]) {
      await assert.rejects(layer.replace({ vocabularies: { 'words.txt': name } }), { code: 'invalid_argument' }, name);
      await assert.rejects(layer.replace({ vocabularies: { word: new URL(name, BASE) } }), { code: 'invalid_argument' }, name);
      const other = await runtime.denseFeatures([embedding()]);
      await other.replace({ vocabularies: { [name]: './words-v2.txt' }, tables: { word_embedding: table } });
      assert.deepEqual([...other.transform(batch).data], [30, 20, 10], name);
      other.dispose();
    }
    await assert.rejects(layer.replace({ vocabularies: { './word.txt': 'words-v2.txt' } }), { code: 'invalid_argument', message: /word\.txt/ });
    assert.deepEqual([...layer.transform(batch).data], [1, 2, 0]);
    runtime.dispose();
  });

  test('a table at another name for the same place is not another table', async () => {
    const saved = tensorBundle('v1', { t: { shape: [2, 1], values: Float32Array.from([1, 2]) } });
    const { fetch } = memoryServer({ ...saved, ...Object.fromEntries(Object.entries(saved).map(([name, bytes]) => [name.replace('v1', 'v2'), bytes])) });
    const runtime = await fc.createRuntime({ fetch, baseUrl: BASE, retries: 0 });
    const id = fc.categoricalColumnWithIdentity('id', { numBuckets: 2 });
    const layer = await runtime.denseFeatures([fc.embeddingColumn(id, { dimension: 1, ckptToLoadFrom: 'v1', tensorNameInCkpt: 't' })]);
    for (const name of ['v1', './v1', `${BASE}v1`]) await assert.rejects(layer.replace({ tables: { t: { ckptToLoadFrom: name } } }), { code: 'invalid_argument' }, name);
    await layer.replace({ tables: { t: { ckptToLoadFrom: './v2' } } });
    await layer.replace({ tables: { id_embedding: { url: 'v1', tensor: 't' } } });
    await assert.rejects(layer.replace({ tables: { id_embedding: { url: './v1', tensor: 't' } } }), { code: 'invalid_argument' });
    assert.deepEqual([...layer.transform({ id: [1] }).data], [2]);
    runtime.dispose();
  });

  test('the checkpoint of a DNN estimator, with its embeddings; a broken one changes nothing', async () => {
    const one = (...values) => ({ shape: [values.length, 1], values: Float32Array.from(values) });
    const saved = (prefix, factor, tables) => tensorBundle(prefix, {
      'dnn/input_from_feature_columns/input_layer/id_embedding/embedding_weights': one(...tables),
      'dnn/hiddenlayer_0/kernel': one(1),
      'dnn/hiddenlayer_0/bias': { shape: [1], values: Float32Array.of(0) },
      'dnn/logits/kernel': one(factor),
      'dnn/logits/bias': { shape: [1], values: Float32Array.of(0.5) },
    });
    const broken = saved('broken', 9, [9, 9]);
    broken['broken.data-00000-of-00001'][2] ^= 1;
    const { fetch } = memoryServer({ ...saved('v1', 3, [1, 2]), ...saved('v2', 5, [10, 20]), ...saved('wide', 5, [1, 2, 3]), ...broken });
    const runtime = await fc.createRuntime({ fetch, baseUrl: BASE, retries: 0 });
    const id = fc.categoricalColumnWithIdentity('id', { numBuckets: 2 });
    const model = await runtime.dnnRegressor({ featureColumns: [fc.embeddingColumn(id, { dimension: 1 })], ckptToLoadFrom: 'v1' });
    const predictions = () => [...model.predict({ id: [0, 1] }).predictions];
    assert.deepEqual(predictions(), [3.5, 6.5]);
    const before = held(runtime);
    for (const [name, code] of [['v1', 'invalid_argument'], ['./v1', 'invalid_argument'], ['v3', 'not_found'], ['wide', 'shape_mismatch'], ['broken', 'checksum_mismatch']]) {
      await assert.rejects(model.replace({ ckptToLoadFrom: name }), { code }, name);
      assert.deepEqual(held(runtime), before, name);
      assert.deepEqual(predictions(), [3.5, 6.5], name);
    }
    const replacing = model.replace({ ckptToLoadFrom: 'v2' });
    assert.deepEqual(predictions(), [3.5, 6.5], 'until then the old one answers');
    await replacing;
    assert.deepEqual(predictions(), [50.5, 100.5]);
    assert.deepEqual(held(runtime), before);
    model.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  const stalled = () => {
    let release;
    const gate = new Promise((resolve) => (release = resolve));
    return { release, answer: async (path) => (path === 'words-v2.txt' ? (await gate, undefined) : undefined) };
  };

  test('an abort ends it, and another one that waits its turn', async () => {
    const { answer, release } = stalled();
    const { runtime } = await start({ answer });
    const layer = await runtime.denseFeatures([embedding()]);
    const before = held(runtime);
    const [first, second] = [new AbortController(), new AbortController()];
    const one = layer.replace(V2, { signal: first.signal });
    const two = layer.replace({ tables: { word_embedding: { data: new Float32Array([3, 4]) } } }, { signal: second.signal });
    second.abort();
    await assert.rejects(two, { code: 'aborted' });
    first.abort('enough');
    await assert.rejects(one, { code: 'aborted' });
    await assert.rejects(layer.replace(V2, { signal: first.signal }), { code: 'aborted' });
    release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(held(runtime), before);
    assert.deepEqual([...layer.transform(batch).data], [1, 2, 0]);
    runtime.dispose();
  });

  test('dispose during replace, of the layer and of the runtime', async () => {
    for (const what of ['layer', 'runtime']) {
      const { answer, release } = stalled();
      const { runtime } = await start({ answer });
      const layer = await runtime.denseFeatures([embedding()]);
      const waiting = layer.replace(V2);
      await new Promise((resolve) => setTimeout(resolve, 5));
      (what === 'layer' ? layer : runtime).dispose();
      await assert.rejects(waiting, { code: 'disposed' });
      release();
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(runtime.stats().liveObjects, 0);
      await assert.rejects(layer.replace(V2), { code: 'disposed' });
      runtime.dispose();
    }
  });

  test('two replacements run one after the other; a hundred take no more memory', async () => {
    const { runtime } = await start();
    const layer = await runtime.denseFeatures([embedding()]);
    const tables = (...values) => ({ tables: { word_embedding: { data: new Float32Array(values) } } });
    await Promise.all([layer.replace(V2), layer.replace(tables(4, 5, 6))]);
    assert.deepEqual([...layer.transform(batch).data], [6, 5, 4]);
    const { heapBytes } = runtime.stats();
    const before = held(runtime);
    for (let i = 0; i < 100; ++i) await layer.replace(tables(i, i, i));
    assert.deepEqual(held(runtime), before);
    assert.equal(runtime.stats().heapBytes, heapBytes);
    runtime.dispose();
  });
}
