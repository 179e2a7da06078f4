// Estimators and linear models: which tensors of a checkpoint are theirs. The numbers are small enough to check by hand.
import { BASE, memoryServer, rejection } from './memory_server.mjs';
import { tensorBundle } from './tensor_bundle.mjs';

const tensor = (shape, ...values) => ({ shape, values: Float32Array.from(values) });
const INPUT_LAYER = 'dnn/input_from_feature_columns/input_layer';
/** A network of one hidden unit over one input: logit = 3 · relu(x) + 0.5. */
const NETWORK = {
  'dnn/hiddenlayer_0/kernel': tensor([1, 1], 1),
  'dnn/hiddenlayer_0/bias': tensor([1], 0),
  'dnn/logits/kernel': tensor([1, 1], 3),
  'dnn/logits/bias': tensor([1], 0.5),
  global_step: { shape: [], values: BigInt64Array.from([7n]), dtype: 'int64' },
};
const TABLE = tensor([3, 1], 1, 2, 4);
/** What an optimizer leaves beside every variable, under names that contain the variable's. */
const slots = (tensors) =>
  Object.fromEntries(Object.entries(tensors).flatMap(([name, value]) => [[`training/Adagrad/${name}/accumulator`, value], [`${name}/t_0/Adagrad`, value], [`${name}/Adagrad`, value]]));

export default function (test, assert, fc) {
  const identity = (key, numBuckets = 3) => fc.categoricalColumnWithIdentity(key, { numBuckets });
  const embedding = (key = 'a', options = {}) => fc.embeddingColumn(identity(key), { dimension: 1, ...options });

  /** Runs `use` with a runtime over these checkpoints by prefix, which must be empty after. */
  async function over(checkpoints, use) {
    const files = Object.assign({}, ...Object.entries(checkpoints).map(([prefix, tensors]) => tensorBundle(prefix, tensors)));
    const server = memoryServer(files);
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 });
    try {
      const result = await use(runtime, server);
      assert.equal(runtime.stats().liveObjects, 0, JSON.stringify(runtime.stats()));
      return result;
    } finally {
      runtime.dispose();
    }
  }
  /** The outputs of a model over one checkpoint, for a batch. */
  const predict = (method, tensors, options, batch) =>
    over({ model: tensors }, async (runtime) => {
      const model = await runtime[method]({ ckptToLoadFrom: 'model', ...options });
      const predictions = model.predict(batch);
      model.dispose();
      return predictions;
    });
  const refuse = async (method, tensors, options, code, ...phrases) => {
    const error = await over({ model: tensors }, (runtime) => rejection(runtime[method]({ ckptToLoadFrom: 'model', ...options })));
    assert.ok(error instanceof fc.FeatureColumnError, String(error?.stack ?? error));
    assert.equal(error.code, code, error.message);
    for (const phrase of phrases) assert.ok(error.message.includes(phrase), `"${phrase}" is not in: ${error.message}`);
    return error;
  };
  const logits = async (tensors, options, batch = { a: [0, 1, 2] }) => [...(await predict('dnnClassifier', tensors, options, batch)).logits];

  test('an embedding\'s table stands in the input layer, beside its slots', async () => {
    const name = `${INPUT_LAYER}/a_embedding/embedding_weights`;
    assert.deepEqual(await logits({ ...NETWORK, [name]: TABLE, ...slots({ [name]: TABLE, ...NETWORK }) }, { featureColumns: [embedding()] }), [3.5, 6.5, 12.5]);
  });

  test('a shared table has three places, by the estimator and the kind of its columns', async () => {
    const columns = fc.sharedEmbeddings([identity('b'), identity('a')], { dimension: 1 });
    const network = { ...NETWORK, 'dnn/hiddenlayer_0/kernel': tensor([2, 1], 1, 10) };
    for (const place of ['a_b_shared_embedding', 'dnn/input_from_feature_columns/a_b_shared_embedding', `${INPUT_LAYER}/a_b_shared_embedding/embedding_weights`]) {
      assert.deepEqual(await logits({ ...network, [place]: TABLE, ...slots({ [place]: TABLE }) }, { featureColumns: columns }, { a: [1], b: [2] }), [3 * (2 + 40) + 0.5], place);
    }
    const both = { ...network, a_b_shared_embedding: TABLE, 'dnn/input_from_feature_columns/a_b_shared_embedding': TABLE };
    await refuse('dnnClassifier', both, { featureColumns: columns }, 'tensor_not_found', 'several tensors', 'a_b_shared_embedding, dnn/input_from_feature_columns/a_b_shared_embedding');
    await refuse('dnnClassifier', network, { featureColumns: columns }, 'tensor_not_found', 'a_b_shared_embedding');
  });

  test('names are matched at a slash, never inside a name', async () => {
    const other = { [`${INPUT_LAYER}/genre_X_a_embedding/embedding_weights`]: TABLE };
    const error = await refuse('dnnClassifier', { ...NETWORK, ...other }, { featureColumns: [embedding()] }, 'tensor_not_found', 'a_embedding/embedding_weights');
    assert.equal(error.column, 'a_embedding');
    const second = { 'dnn/input_from_feature_columns/input_layer_1/a_embedding/embedding_weights': TABLE };
    assert.deepEqual(await logits({ ...NETWORK, ...other, ...second }, { featureColumns: [embedding()] }), [3.5, 6.5, 12.5]);
    const third = { [`${INPUT_LAYER}_2/a_embedding/embedding_weights`]: TABLE };
    await refuse('dnnClassifier', { ...NETWORK, ...second, ...third }, { featureColumns: [embedding()] }, 'tensor_not_found', 'several tensors', 'input_layer_1', 'input_layer_2');
    // Another column's table may end in the same letters.
    for (const name of [`${INPUT_LAYER}/x/a_embedding/embedding_weights`, 'dnn/other/a_embedding/embedding_weights']) {
      await refuse('dnnClassifier', { ...NETWORK, [name]: TABLE }, { featureColumns: [embedding()] }, 'tensor_not_found', `${INPUT_LAYER}/a_embedding/embedding_weights`);
    }
  });

  test('characters that a scope cannot have are underscores', async () => {
    const name = `${INPUT_LAYER}/a_b_c_embedding/embedding_weights`;
    assert.deepEqual(await logits({ ...NETWORK, [name]: TABLE }, { featureColumns: [embedding('a b/c')] }, { 'a b/c': [2] }), [12.5]);
  });

  test('the estimator\'s checkpoint wins over the column\'s; without the tensor the column\'s is read', async () => {
    const own = { ckptToLoadFrom: 'initial', tensorNameInCkpt: 't' };
    const initial = { t: tensor([3, 1], 10, 10, 10) };
    const run = (tensors) =>
      over({ model: tensors, initial }, async (runtime) => {
        const model = await runtime.dnnClassifier({ ckptToLoadFrom: 'model', featureColumns: [embedding('a', own)] });
        const answer = [...model.predict({ a: [1] }).logits];
        model.dispose();
        return answer;
      });
    assert.deepEqual(await run({ ...NETWORK, [`${INPUT_LAYER}/a_embedding/embedding_weights`]: TABLE }), [6.5]);
    assert.deepEqual(await run(NETWORK), [30.5]);
  });

  test('hidden layers are those that there are, and those that are asked for must be these', async () => {
    const columns = [fc.numericColumn('a')];
    const deep = { ...NETWORK, 'dnn/hiddenlayer_1/kernel': tensor([1, 2], 1, -1), 'dnn/hiddenlayer_1/bias': tensor([2], 1, 1), 'dnn/logits/kernel': tensor([2, 1], 1, 1) };
    const batch = { a: [2, -2] };
    for (const hiddenUnits of [undefined, [1, 2]]) assert.deepEqual(await logits(deep, { featureColumns: columns, hiddenUnits }, batch), [3.5, 2.5]);
    await refuse('dnnClassifier', deep, { featureColumns: columns, hiddenUnits: [2, 1] }, 'shape_mismatch', 'hiddenUnits [2, 1]', '[1, 2]');
    const { 'dnn/hiddenlayer_0/kernel': _, ...headless } = deep;
    await refuse('dnnClassifier', headless, { featureColumns: columns }, 'tensor_not_found', 'dnn/hiddenlayer_0/kernel');
    await refuse('dnnClassifier', { ...deep, 'dnn/hiddenlayer_1/bias': tensor([1], 1) }, { featureColumns: columns }, 'shape_mismatch', 'dnn/hiddenlayer_1/bias [1]');
    await refuse('dnnClassifier', NETWORK, { featureColumns: [fc.numericColumn('a', { shape: [2] })] }, 'shape_mismatch');
    await refuse('dnnClassifier', { global_step: NETWORK.global_step }, { featureColumns: columns }, 'tensor_not_found', 'dnn/logits/kernel');
  });

  test('batch normalisation is taken where the checkpoint has it, wholly or not at all', async () => {
    const featureColumns = [fc.numericColumn('a')];
    const part = (name, value) => ({ [`dnn/hiddenlayer_0/batchnorm_0/${name}`]: tensor([1], value) });
    const network = { ...NETWORK, ...part('beta', 1), ...part('gamma', 2), ...part('moving_mean', 3), ...part('moving_variance', 0.249) };
    for (const batchNorm of [undefined, true]) {
      const [logit] = await logits(network, { featureColumns, batchNorm }, { a: [5] });
      // (5 − 3) / √(0.249 + 0.001) · 2 + 1 = 9
      assert.ok(Math.abs(logit - 27.5) < 1e-4, String(logit));
    }
    await refuse('dnnClassifier', network, { featureColumns, batchNorm: false }, 'shape_mismatch', 'batchNorm: false');
    await refuse('dnnClassifier', NETWORK, { featureColumns, batchNorm: true }, 'tensor_not_found', 'batchnorm_0');
    const { 'dnn/hiddenlayer_0/batchnorm_0/beta': _, ...half } = network;
    await refuse('dnnClassifier', half, { featureColumns }, 'tensor_not_found', 'batchnorm_0/beta');
    await refuse('dnnClassifier', { ...network, ...part('gamma', 2), 'dnn/hiddenlayer_0/batchnorm_0/gamma': tensor([2], 1, 1) }, { featureColumns }, 'shape_mismatch', 'gamma');
  });

  const LINEAR = { 'linear/linear_model/a/weights': tensor([3, 1], 1, 2, 4), 'linear/linear_model/bias_weights': tensor([1], 0.5) };

  test('linear estimators: weights by column, and the number of logits', async () => {
    const featureColumns = [identity('a')];
    const batch = { a: [[0, 2], [1, 1]] };
    assert.deepEqual([...(await predict('linearClassifier', { ...LINEAR, ...slots(LINEAR) }, { featureColumns }, batch)).logits], [5.5, 4.5]);
    assert.deepEqual([...(await predict('linearClassifier', LINEAR, { featureColumns, sparseCombiner: 'mean' }, batch)).logits], [3, 2.5]);
    assert.deepEqual([...(await predict('linearRegressor', LINEAR, { featureColumns }, batch)).predictions], [5.5, 4.5]);
    const wide = { 'linear/linear_model/a/weights': tensor([3, 2], 1, 10, 2, 20, 4, 40), 'linear/linear_model/bias_weights': tensor([2], 0.5, 0.25) };
    const { predictions } = await predict('linearRegressor', wide, { featureColumns, labelDimension: 2 }, batch);
    assert.deepEqual([[...predictions.shape], [...predictions]], [[2, 2], [5.5, 50.25, 4.5, 40.25]]);
    await refuse('linearClassifier', wide, { featureColumns }, 'shape_mismatch', '2 logits, but 1 is needed');
    await refuse('linearClassifier', LINEAR, { featureColumns, nClasses: 3 }, 'shape_mismatch', '1 logits, but 3 are needed');
    await refuse('linearClassifier', LINEAR, { featureColumns: [identity('b')] }, 'tensor_not_found', 'linear/linear_model/b/weights');
    await refuse('linearClassifier', LINEAR, { featureColumns: [identity('a', 4)] }, 'shape_mismatch');
  });

  test('columns whose names differ in case only: the later one\'s variable ends in _1', async () => {
    const tensors = { 'linear/linear_model/A/weights': tensor([3, 1], 1, 2, 4), 'linear/linear_model/a/weights_1': tensor([3, 1], 10, 20, 40), 'linear/linear_model/bias_weights': tensor([1], 0) };
    assert.deepEqual([...(await predict('linearClassifier', tensors, { featureColumns: [identity('a'), identity('A')] }, { a: [2], A: [1] })).logits], [42]);
  });

  test('wide and deep: both parts, an embedding in the wide one too', async () => {
    const tensors = {
      ...NETWORK,
      ...LINEAR,
      [`${INPUT_LAYER}/a_embedding/embedding_weights`]: TABLE,
      'linear/linear_model/b_embedding/embedding_weights': tensor([3, 1], 100, 200, 300),
      'linear/linear_model/b_embedding/weights': tensor([1, 1], 2),
    };
    const options = { dnnFeatureColumns: [embedding('a')], linearFeatureColumns: [identity('a'), embedding('b')] };
    const batch = { a: [1], b: [2] };
    const { logits: sum } = await predict('dnnLinearCombinedClassifier', tensors, options, batch);
    assert.deepEqual([...sum], [6.5 + 2 + 600 + 0.5]);
    assert.deepEqual([...(await predict('dnnLinearCombinedRegressor', tensors, options, batch)).predictions], [609]);
  });

  test('wide or deep: one of the two is enough, as in TensorFlow', async () => {
    const tensors = { ...NETWORK, ...LINEAR, [`${INPUT_LAYER}/a_embedding/embedding_weights`]: TABLE };
    const wide = { linearFeatureColumns: [identity('a')] };
    const deep = { dnnFeatureColumns: [embedding('a')] };
    const batch = { a: [0, 2] };
    for (const options of [wide, { ...wide, dnnFeatureColumns: [] }]) {
      assert.deepEqual([...(await predict('dnnLinearCombinedClassifier', tensors, options, batch)).logits], [1.5, 4.5]);
      assert.deepEqual([...(await predict('dnnLinearCombinedRegressor', tensors, options, batch)).predictions], [1.5, 4.5]);
    }
    for (const options of [deep, { ...deep, linearFeatureColumns: [] }]) assert.deepEqual([...(await predict('dnnLinearCombinedRegressor', tensors, options, batch)).predictions], [3.5, 12.5]);
    for (const options of [{}, { dnnFeatureColumns: [], linearFeatureColumns: [] }]) {
      await refuse('dnnLinearCombinedClassifier', tensors, options, 'invalid_definition', 'Either linear_feature_columns or dnn_feature_columns must be defined.');
    }
    const spec = { layer: 'dnn_linear_combined_classifier', ckpt_to_load_from: 'model', linear_feature_columns: [{ type: 'categorical_column_with_identity', key: 'a', num_buckets: 3 }] };
    for (const more of [{}, { dnn_feature_columns: null }, { dnn_feature_columns: [] }]) {
      const logits = await over({ model: tensors }, async (runtime) => {
        const model = await runtime.load({ ...spec, ...more });
        assert.equal(model.kind, 'dnn_linear_combined_classifier');
        const answer = [...model.predict(batch).logits];
        model.dispose();
        return answer;
      });
      assert.deepEqual(logits, [1.5, 4.5]);
    }
    const none = await over({ model: tensors }, (runtime) => rejection(runtime.load({ ...spec, linear_feature_columns: null })));
    assert.includes(none.message, 'Either linear_feature_columns or dnn_feature_columns');
  });

  test('linearModel: the scope is an option', async () => {
    const run = (tensors, options) =>
      over({ model: tensors }, async (runtime) => {
        const layer = await runtime.linearModel([identity('a')], { ckptToLoadFrom: 'model', ...options });
        const { data } = layer.transform({ a: [2] });
        layer.dispose();
        return [...data];
      });
    const renamed = (scope) => Object.fromEntries(Object.entries(LINEAR).map(([name, value]) => [name.replace('linear/linear_model', scope), value]));
    assert.deepEqual(await run(renamed('linear_model'), {}), [4.5]);
    assert.deepEqual(await run(LINEAR, { scope: 'linear/linear_model' }), [4.5]);
    const error = await rejection(run(LINEAR, {}));
    assert.equal(error.code, 'tensor_not_found');
    assert.ok(error.message.includes('linear_model/bias_weights') && error.message.includes('linear/linear_model/bias_weights'), error.message);
  });

  test('an estimator reads its files once, and the tables that layers share are shared', async () => {
    const name = `${INPUT_LAYER}/a_embedding/embedding_weights`;
    await over({ model: { ...NETWORK, [name]: TABLE } }, async (runtime, server) => {
      const options = { ckptToLoadFrom: 'model', featureColumns: [embedding()] };
      const [one, two] = await Promise.all([runtime.dnnClassifier(options), runtime.dnnClassifier(options)]);
      assert.deepEqual(server.paths().sort(), ['model.data-00000-of-00001', 'model.index']);
      assert.equal(runtime.stats().tables.count, 5);
      assert.equal(runtime.stats().checkpoints, 0);
      one.dispose();
      assert.equal(runtime.stats().tables.count, 5);
      two.dispose();
    });
  });

  test('class_ids: of logits with a NaN the greatest number, as TensorFlow', async () => {
    const classes = (biases) => predict('dnnClassifier', {
      ...NETWORK, 'dnn/logits/kernel': tensor([1, biases.length], ...biases.map(() => 0)), 'dnn/logits/bias': tensor([biases.length], ...biases),
    }, { featureColumns: fc.numericColumn('x'), hiddenUnits: [1], nClasses: biases.length }, { x: [1] });
    for (const [biases, wanted] of [[[NaN, 1, 2], 2], [[3, NaN, 2], 0], [[NaN, NaN, NaN], 0], [[-Infinity, -Infinity, NaN], 0], [[NaN, -Infinity, -5], 2]]) {
      assert.deepEqual([...(await classes(biases)).classIds], [wanted], biases.join());
    }
  });
}
