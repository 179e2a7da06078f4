// Forms of batches that TensorFlow takes and that are easy to get wrong: its answers, by TensorFlow 2.21.
export default async function (test, assert, fc) {
  const started = async () => fc.createRuntime();
  const ids = (key, options = {}) => fc.categoricalColumnWithIdentity(key, { numBuckets: 5, ...options });
  const table = { data: Float32Array.from([0, 1, 2, 3, 4]) };
  const embedding = (column, options = {}) => fc.embeddingColumn(column, { dimension: 1, combiner: 'sum', table, ...options });
  const dense = async (columns, batch) => {
    const runtime = await started();
    try {
      return [...(await runtime.denseFeatures(columns)).transform(batch).data];
    } finally {
      runtime.dispose();
    }
  };

  test('sequence_numeric_column: a sparse tensor of rank 3 has its values where its indices say', async () => {
    const runtime = await started();
    const cases = [
      [2, [[0, 0, 1], [0, 1, 0], [0, 1, 1]], [5, 6, 7], [1, 2, 2], [1, 2, 2], [0, 5, 6, 7]],
      [2, [[0, 0, 0], [0, 0, 1], [0, 1, 0]], [5, 6, 7], [1, 2, 4], [1, 4, 2], [5, 6, 0, 0, 7, 0, 0, 0]],
      [1, [[0, 0, 0], [0, 1, 0]], [5, 6], [1, 2, 2], [1, 4, 1], [5, 0, 6, 0]],
      [1, [], [], [1, 2, 2], [1, 4, 1], [0, 0, 0, 0]],
      [2, [[0, 0, 0, 1], [0, 1, 1, 0]], [5, 6], [1, 2, 2, 2], [1, 4, 2], [0, 5, 0, 0, 0, 0, 6, 0]],
    ];
    for (const [shape, indices, values, denseShape, outShape, wanted] of cases) {
      const layer = await runtime.sequenceFeatures([fc.sequenceNumericColumn('x', { shape })]);
      const { data, shape: found } = layer.transform({ x: { indices, values, denseShape } });
      assert.deepEqual(found, outShape);
      assert.deepEqual([...data], wanted);
      layer.dispose();
    }
    runtime.dispose();
  });

  test('sparse tensors with a cell twice, or columns out of order, where TensorFlow takes them', async () => {
    const indices = [[0, 1], [0, 0], [1, 0]];
    for (const places of [indices, [[0, 0], [0, 0], [1, 0]]]) {
      const a = { indices: places, values: [1, 2, 3], denseShape: [2, 2] };
      assert.deepEqual(await dense([embedding(ids('a'), { useSafeEmbeddingLookup: false })], { a }), [3, 3]);
      const weighted = fc.weightedCategoricalColumn(ids('a'), { weightFeatureKey: 'w' });
      assert.deepEqual(await dense([embedding(weighted)], { a, w: { indices: places, values: [1, 10, 100], denseShape: [2, 2] } }), [21, 300]);
    }
    const rows = { indices: [[1, 0], [0, 0]], values: [1, 2], denseShape: [2, 1] };
    const error = await assert.rejects(() => dense([embedding(ids('a'), { useSafeEmbeddingLookup: false })], { a: rows }));
    assert.equal(error.code, 'invalid_batch');
    const crossed = fc.indicatorColumn(fc.crossedColumn(['a', 'b'], { hashBucketSize: 7 }));
    const inOrder = await dense([crossed], { a: [['x', 'y'], ['z']], b: [['p'], ['q']] });
    assert.deepEqual(await dense([crossed], { a: { indices, values: ['x', 'y', 'z'], denseShape: [2, 2] }, b: [['p'], ['q']] }), inOrder);
  });

  test('a feature without any value has the dtype that its column parses', async () => {
    const runtime = await started();
    const weighted = fc.weightedCategoricalColumn(ids('a'), { weightFeatureKey: 'w', dtype: 'int32' });
    const layer = await runtime.denseFeatures([embedding(weighted)]);
    for (const [a, w] of [[[[]], [[]]], [[null], [null]], [{ values: [], rowSplits: [0, 0] }, { values: [], rowSplits: [0, 0] }]]) assert.deepEqual([...layer.transform({ a, w }).data], [0]);
    assert.deepEqual([...layer.transformRows([{ a: [], w: [] }]).data], [0]);
    assert.deepEqual([...layer.transformRows([{ a: [1], w: [2] }, { a: [], w: [] }]).data], [2, 0]);
    const sequence = await runtime.sequenceFeatures([fc.sequenceNumericColumn('x', { dtype: 'int32' })]);
    assert.deepEqual(sequence.transform({ x: [[], []] }).shape, [2, 0, 1]);
    // A key that two columns read with different specs leaves the others as they are.
    const mixed = await runtime.denseFeatures([
      fc.numericColumn('age'), fc.indicatorColumn(ids('age')), fc.indicatorColumn(fc.categoricalColumnWithVocabularyList('genre', { vocabularyList: ['x', 'y'] })),
    ]);
    for (const genre of [[], ['y']]) {
      const row = { age: 1, genre };
      assert.deepEqual([...mixed.transformNdjson(new TextEncoder().encode(JSON.stringify(row))).data], [...mixed.transformRows([row]).data]);
    }
    assert.deepEqual(mixed.transformNdjson(new Uint8Array(0)).shape, [0, mixed.transformRows([]).shape[1]]);
    runtime.dispose();
  });

  test('typed arrays in arrays have a dtype, as those that are a feature', async () => {
    const runtime = await started();
    const wraps = await runtime.denseFeatures([fc.numericColumn('n', { normalizerFn: [['add', 2147483647]] })]);
    for (const n of [Int32Array.of(1), [Int32Array.of(1)]]) assert.deepEqual([...wraps.transform({ n }).data], [-2147483648]);
    assert.deepEqual([...wraps.transformRows([{ n: Int32Array.of(1) }]).data], [-2147483648]);
    const hashed = await runtime.denseFeatures([fc.indicatorColumn(fc.categoricalColumnWithHashBucket('h', { hashBucketSize: 3, dtype: 'int64' }))]);
    for (const h of [Float32Array.of(1), [Float32Array.of(1)], [[Float32Array.of(1)]]]) assert.equal((await assert.rejects(async () => hashed.transform({ h }))).code, 'dtype_mismatch');
    assert.equal(hashed.transform({ h: [Int32Array.of(1, 2), new Int32Array(0), null] }).shape[0], 3);
    assert.equal(hashed.transform({ h: [Int32Array.of(1, 2), [3]] }).shape[0], 2);
    const big = await runtime.denseFeatures([fc.indicatorColumn(fc.categoricalColumnWithHashBucket('h', { hashBucketSize: 3, dtype: 'int64' }))]);
    assert.deepEqual([...big.transform({ h: [BigInt64Array.of(2n ** 60n)] }).data], [...big.transform({ h: [[2n ** 60n]] }).data]);
    runtime.dispose();
  });

  test('typed arrays of unsigned integers: the missing id is TensorFlow\'s -1, cast to their dtype', async () => {
    const runtime = await started();
    for (const [Typed, missing] of [[Uint8Array, 255], [Uint8ClampedArray, 255], [Uint16Array, 65535], [Uint32Array, 4294967295]]) {
      const layer = await runtime.denseFeatures([fc.numericColumn('n'), fc.indicatorColumn(fc.categoricalColumnWithIdentity('i', { numBuckets: 2, defaultValue: 1 }))]);
      const values = Typed.from([missing, missing - 1, 0]);
      assert.deepEqual([...layer.transform({ n: values, i: values }).data], [0, 0, Math.fround(missing), 0, 1, Math.fround(missing - 1), 1, 0, 0]);
      const nested = layer.transform({ n: values, i: [values.subarray(0, 1), values.subarray(0, 3), []] });
      assert.deepEqual([...nested.data].filter((_, k) => k % 3 < 2), [0, 0, 1, 1, 0, 0]);
      const sparse = layer.transform({ n: values, i: { values, rowSplits: [0, 1, 2, 3] } });
      assert.deepEqual([...sparse.data].filter((_, k) => k % 3 < 2), [0, 1, 0, 1, 1, 0], 'of ragged tensors every value is one');
      layer.dispose();
    }
    assert.deepEqual(await dense([fc.indicatorColumn(ids('i'))], { i: Int8Array.of(-1, 4) }), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    runtime.dispose();
  });

  test('errors of shapes: the row, and batches without rows', async () => {
    const indicator = [fc.embeddingColumn(ids('a'), { dimension: 1, table })];
    const error = await assert.rejects(() => dense(indicator, { a: { indices: [[0, 0, 0]], values: [1], denseShape: [1, 2, 1] } }));
    assert.equal(error.code, 'shape_mismatch');
    assert.ok(error.row === undefined, String(error.row));
    assert.deepEqual(await dense(indicator, { a: { indices: [], values: [], denseShape: [0, 2, 1] } }), []);
  });

  test('shared_embeddings: a collection is one variable of a layer', async () => {
    const group = (keys, options) => fc.sharedEmbeddings(keys.map((key) => ids(key)), { dimension: 1, table, sharedEmbeddingCollectionName: 'x', ...options });
    const error = await assert.rejects(() => dense([...group(['a', 'b']), ...group(['c', 'd'])], { a: [1], b: [1], c: [1], d: [1] }));
    assert.equal(error.code, 'invalid_definition');
    assert.includes(error.message, 'Variable x already exists');
    assert.deepEqual(await dense([...group(['a', 'b'])], { a: [1], b: [2] }), [1, 2]);
    assert.deepEqual(await dense([...group(['a', 'b']), ...group(['c', 'd'], { sharedEmbeddingCollectionName: 'y' })], { a: [1], b: [2], c: [3], d: [4] }), [1, 2, 3, 4]);
  });
}
