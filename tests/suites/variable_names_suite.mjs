// The variables of models whose columns' names are told apart badly: TensorFlow's checkpoints of them, and what it predicts.
import { BASE, memoryServer, rejection } from './memory_server.mjs';
import { tensorBundle } from './tensor_bundle.mjs';

/** tests/golden/tensorflow_variables.py: of the variable of that number among the sorted ones. */
const valueOf = (variable, size) => Float32Array.from({ length: size }, (_, i) => (((variable * 37 + i * 17) % 64) + 1) / 64);
const tensor = (shape, ...values) => ({ shape, values: Float32Array.from(values) });
const product = (shape) => shape.reduce((size, each) => size * each, 1);
const INPUT_LAYER = 'dnn/input_from_feature_columns/input_layer';

export default async function (test, assert, fc, files) {
  const golden = JSON.parse(await files.golden('tensorflow_variables.json'));
  const identity = (key, numBuckets = 2) => fc.categoricalColumnWithIdentity(key, { numBuckets });
  const embedding = (key, options) => fc.embeddingColumn(identity(key), { dimension: 1, ...options });
  const group = (name, keys, options) => fc.sharedEmbeddings(keys.map((key) => identity(key)), { dimension: 1, sharedEmbeddingCollectionName: name, ...options });
  const columnsOf = (items) =>
    items.flatMap((item) => {
      if ('numeric' in item) return fc.numericColumn(item.numeric);
      if ('identity' in item) return identity(item.identity);
      if ('embedding' in item) return embedding(item.embedding);
      return group(item.collection, item.shared ?? item.shared_v1);
    });

  /** Runs `use` with a runtime over these checkpoints by prefix, which must be empty after. */
  async function over(checkpoints, use) {
    const server = memoryServer(Object.assign({}, ...Object.entries(checkpoints).map(([prefix, tensors]) => tensorBundle(prefix, tensors))));
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 });
    try {
      const result = await use(runtime);
      assert.equal(runtime.stats().liveObjects, 0, JSON.stringify(runtime.stats()));
      return result;
    } finally {
      runtime.dispose();
    }
  }
  const load = (runtime, { producer, dnn, linear, scope }) => {
    const ckptToLoadFrom = 'model';
    if (producer === 'linear_model') return runtime.linearModel(columnsOf(linear), { ckptToLoadFrom, scope });
    if (dnn && linear) return runtime.dnnLinearCombinedRegressor({ ckptToLoadFrom, dnnFeatureColumns: columnsOf(dnn), linearFeatureColumns: columnsOf(linear) });
    return dnn ? runtime.dnnRegressor({ ckptToLoadFrom, featureColumns: columnsOf(dnn) }) : runtime.linearRegressor({ ckptToLoadFrom, featureColumns: columnsOf(linear) });
  };
  const answer = (model, batch) => [...(model.predict ? model.predict(batch).predictions : model.transform(batch).data)];

  for (const [number, given] of golden.cases.entries()) {
    const { producer, dnn, linear, batch, variables, predictions } = given;
    test(`TensorFlow's own ${number}, ${producer}: ${JSON.stringify({ dnn, linear })}`, async () => {
      const names = Object.keys(variables).sort((a, b) => (a < b ? -1 : 1));
      const tensors = Object.fromEntries(names.map((name, i) => [name, { shape: variables[name], values: valueOf(i, product(variables[name])) }]));
      await over({ model: tensors }, async (runtime) => {
        const model = await load(runtime, given);
        const actual = answer(model, batch);
        model.dispose();
        assert.ok(predictions.every((value, i) => Math.abs(value - actual[i]) < 1e-5), `${actual} in place of ${predictions}`);
      });
    });
  }

  const refusal = (method, tensors, ...options) => over({ model: tensors }, (runtime) => rejection(runtime[method](...options)));
  const NETWORK = { 'dnn/hiddenlayer_0/kernel': tensor([1, 1], 1), 'dnn/hiddenlayer_0/bias': tensor([1], 0), 'dnn/logits/kernel': tensor([1, 1], 1), 'dnn/logits/bias': tensor([1], 0) };
  const TABLE = tensor([2, 1], 3, 5);

  test('the table of another column is never taken', async () => {
    const others = [`${INPUT_LAYER}/x/a_embedding/embedding_weights`, `${INPUT_LAYER}/a_embedding_1/embedding_weights`, `${INPUT_LAYER}/a_embedding/embedding_weights_1`, `${INPUT_LAYER}/A_embedding/embedding_weights`];
    for (const name of others) {
      const error = await refusal('dnnRegressor', { ...NETWORK, [name]: TABLE }, { ckptToLoadFrom: 'model', featureColumns: [embedding('a')] });
      assert.equal(error.code, 'tensor_not_found', name);
      assert.includes(error.message, `Tensor ${INPUT_LAYER}/a_embedding/embedding_weights is not found`);
      assert.equal(error.column, 'a_embedding');
    }
    const shared = await refusal('dnnRegressor', { ...NETWORK, coll_1: TABLE }, { ckptToLoadFrom: 'model', featureColumns: [group('coll', ['p', 'q'])[0]] });
    assert.equal(shared.code, 'tensor_not_found');
    assert.includes(shared.message, 'Tensor coll or dnn/input_from_feature_columns/coll or');
  });

  test('a linear model of which TensorFlow would lose a column is refused', async () => {
    const tensors = { 'linear_model/id/weights': TABLE, 'linear_model/bias_weights': tensor([1], 0) };
    const error = await refusal('linearModel', tensors, [identity('a/id'), identity('id')], { ckptToLoadFrom: 'model' });
    assert.equal(error.code, 'tensor_not_found');
    assert.equal(error.column, 'a/id');
    const alike = { 'linear/linear_model/bias_weights': tensor([1], 0) };
    const estimator = await refusal('linearRegressor', alike, { ckptToLoadFrom: 'model', featureColumns: [identity('a/b'), identity('a_b'), identity('b')] });
    assert.equal(estimator.code, 'invalid_definition');
    assert.includes(estimator.message, 'already exists, disallowed): a/b, a_b, b');
  });

  const WIDE = (scope) => ({ [`${scope}/bias_weights`]: tensor([1], 0.5), [`${scope}/a_embedding/weights`]: tensor([1, 1], 10) });
  const wide = (tensors, options, column = {}) =>
    over({ model: tensors, initial: { t: tensor([2, 1], 100, 200) } }, async (runtime) => {
      const layer = await runtime.linearModel([embedding('a', column)], { ckptToLoadFrom: 'model', ...options });
      const answers = answer(layer, { a: [0, 1] });
      layer.dispose();
      return answers;
    });

  test("linearModel: an embedding's table stands in its scope, and wins over the column's own", async () => {
    const table = (scope) => ({ [`${scope}/a_embedding/embedding_weights`]: TABLE });
    const own = { ckptToLoadFrom: 'initial', tensorNameInCkpt: 't' };
    for (const scope of [undefined, 'head/linear_model', 'linear/linear_model']) {
      const [name, options] = [scope ?? 'linear_model', { scope }];
      const tensors = { ...WIDE(name), ...table(name) };
      assert.deepEqual(await wide(tensors, options), [30.5, 50.5], name);
      assert.deepEqual(await wide(tensors, options, own), [30.5, 50.5], name);
      assert.deepEqual(await wide(WIDE(name), options, own), [1000.5, 2000.5], name);
    }
    // Two heads of one checkpoint.
    const heads = { ...WIDE('linear_model'), ...WIDE('linear/linear_model'), ...table('linear/linear_model'), 'linear_model/a_embedding/embedding_weights': tensor([2, 1], 1, 2) };
    assert.deepEqual(await wide(heads, {}), [10.5, 20.5]);
    assert.deepEqual(await wide(heads, { scope: 'linear/linear_model' }), [30.5, 50.5]);
    const error = await refusal('linearModel', { ...WIDE('linear_model'), ...table('linear/linear_model') }, [embedding('a')], { ckptToLoadFrom: 'model' });
    assert.includes(error.message, 'Tensor linear_model/a_embedding/embedding_weights is not found');
  });

  test('linearModel: names of columns are taken as they are too, and those of shared embeddings stand beside the scope', async () => {
    const plain = { 'linear_model/bias_weights': tensor([1], 0), 'linear_model/user/id/weights': TABLE };
    const run = (tensors, columns, options, batch) =>
      over({ model: tensors }, async (runtime) => {
        const layer = await runtime.linearModel(columns, { ckptToLoadFrom: 'model', ...options });
        const answers = answer(layer, batch);
        layer.dispose();
        return answers;
      });
    assert.deepEqual(await run(plain, [identity('user/id')], {}, { 'user/id': [1] }), [5]);
    for (const [scope, place] of [['linear_model', 'coll'], ['head/linear_model', 'head/coll'], ['head/linear_model', 'coll'], ['linear_model', 'linear_model/coll/embedding_weights']]) {
      const names = place.endsWith('weights') ? ['coll', 'coll_1'] : ['p_shared_embedding', 'q_shared_embedding'];
      const tensors = { [`${scope}/bias_weights`]: tensor([1], 0), [`${scope}/${names[0]}/weights`]: tensor([1, 1], 1), [`${scope}/${names[1]}/weights`]: tensor([1, 1], 100), [place]: TABLE };
      assert.deepEqual(await run(tensors, group('coll', ['p', 'q']), { scope }, { p: [0], q: [1] }), [503], `${scope}, ${place}`);
    }
  });
}
