// DenseFeatures from end to end: order and slices, outputs, rows and bytes, normalizers, errors.
const utf8 = (text) => new TextEncoder().encode(text);

// --- tf.Example on the wire, as far as it is needed here
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const varint = (value) => {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
};
const field = (number, bytes) => join(varint((number << 3) | 2), varint(bytes.length), bytes);
const strings = (...values) => field(1, join(...values.map((value) => field(1, utf8(value)))));
const floats = (...values) => field(2, field(1, new Uint8Array(Float32Array.from(values).buffer)));
const integers = (...values) => field(3, field(1, join(...values.map(varint))));
const example = (features) => field(1, join(...Object.entries(features).map(([key, feature]) => field(1, join(field(1, utf8(key)), field(2, feature))))));

export default async function (test, assert, fc) {
  test('a row alone is what it is among others: a null key of a cross, a null number', async () => {
    const layer = await fc.denseFeatures([fc.indicatorColumn(fc.crossedColumn(['a', 'b'], { hashBucketSize: 50 }))]);
    const rows = [{ a: 'x', b: null }, { a: 'x', b: 'y' }, { a: null, b: 'y' }, { a: null, b: null }];
    const together = layer.transformRows(rows).data;
    const ndjson = (list) => layer.transformNdjson(utf8(list.map((row) => JSON.stringify(row)).join('\n'))).data;
    assert.deepEqual(ndjson(rows), together);
    rows.forEach((row, i) => {
      const whole = together.slice(i * 50, i * 50 + 50);
      assert.equal(whole.reduce((sum, each) => sum + each), 1);
      assert.deepEqual(layer.transformRows([row]).data, whole);
      assert.deepEqual(ndjson([row]), whole);
    });
    layer.dispose();
    const number = await fc.denseFeatures([fc.numericColumn('x')]);
    for (const list of [[{ x: null }], [{ x: 1 }, { x: null }]]) {
      assert.throws(() => number.transformRows(list), { code: 'missing_feature', row: list.length - 1 });
      assert.throws(() => number.transformNdjson(utf8(list.map((row) => JSON.stringify(row)).join('\n'))), { code: 'missing_feature', row: list.length - 1 });
    }
    number.dispose();
  });

  const withLayer = async (columns, use) => {
    const runtime = await fc.createRuntime();
    try {
      return await use(await runtime.denseFeatures(columns));
    } finally {
      runtime.dispose();
    }
  };

  const genre = fc.categoricalColumnWithVocabularyList('genre', { vocabularyList: ['drama', 'comedy'] });
  const columns = [
    fc.numericColumn('price'),
    fc.indicatorColumn(genre),
    fc.bucketizedColumn(fc.numericColumn('age'), { boundaries: [10, 20] }),
    fc.embeddingColumn(genre, { dimension: 2, table: { data: new Float32Array([1, 2, 3, 5]) } }),
  ];
  const batch = { price: [9.5, -1], genre: [['comedy', 'drama'], ['western']], age: [10, 99] };
  const rows = [{ price: 9.5, genre: ['comedy', 'drama'], age: 10 }, { price: -1, genre: ['western'], age: 99 }];
  const wanted = [0, 1, 0, 2, 3.5, 1, 1, 9.5, 0, 0, 1, 0, 0, 0, 0, -1];

  test('columns stand side by side, sorted by name whatever their order', async () => {
    for (const order of [columns, [...columns].reverse()]) {
      await withLayer(order, (layer) => {
        const output = layer.transform(batch);
        assert.ok(output.data instanceof Float32Array);
        assert.deepEqual([...output.data], wanted);
        assert.deepEqual([...output.shape], [2, 8]);
        assert.deepEqual(output.columns.map(({ name, offset, width }) => [name, offset, width]), [
          ['age_bucketized', 0, 3], ['genre_embedding', 3, 2], ['genre_indicator', 5, 2], ['price', 7, 1],
        ]);
        assert.equal(layer.width, 8);
        assert.equal(layer.columns, output.columns);
        assert.equal(layer.kind, 'dense_features');
      });
    }
  });

  test('the output is the caller\'s own: a later batch does not change it', async () => {
    await withLayer(columns, (layer) => {
      const first = layer.transform(batch);
      layer.transform({ price: [0, 0, 0], genre: ['drama', 'drama', 'drama'], age: [0, 0, 0] });
      assert.deepEqual([...first.data], wanted);
    });
  });

  test('into an array of the caller\'s', async () => {
    await withLayer(columns, async (layer) => {
      const out = new Float32Array(16).fill(7);
      assert.equal(layer.transform(batch, { out }).data, out);
      assert.deepEqual([...out], wanted);
      const long = new Float32Array(20).fill(7);
      const { data } = layer.transformRows(rows, { out: long });
      assert.equal(data.length, 16);
      assert.equal(data.buffer, long.buffer);
      assert.deepEqual([...long], [...wanted, 7, 7, 7, 7]);
      const short = new Float32Array(15);
      assert.equal((await assert.rejects(() => layer.transform(batch, { out: short }))).code, 'shape_mismatch');
      assert.deepEqual([...short], Array(15).fill(0));
      for (const bad of [new Float64Array(16), [], 16]) assert.equal((await assert.rejects(() => layer.transform(batch, { out: bad }))).code, 'invalid_argument');
    });
  });

  test('rows, NDJSON and serialized tf.Examples give the same', async () => {
    await withLayer(columns, (layer) => {
      assert.deepEqual([...layer.transformRows(rows).data], wanted);
      assert.deepEqual([...layer.transformNdjson(utf8(rows.map((row) => JSON.stringify(row)).join('\n'))).data], wanted);
      const examples = [
        example({ price: floats(9.5), genre: strings('comedy', 'drama'), age: floats(10) }),
        example({ price: floats(-1), genre: strings('western'), age: floats(99), more: integers(1, -5) }),
      ];
      assert.deepEqual([...layer.transformExamples(examples).data], wanted);
      assert.deepEqual([...layer.transformExamples([]).shape], [0, 8]);
    });
  });

  test('bytes that are no tf.Example are refused with their row', async () => {
    await withLayer(columns, async (layer) => {
      const good = example({ price: floats(1), genre: strings('drama'), age: floats(1) });
      const error = await assert.rejects(() => layer.transformExamples([good, good.subarray(0, good.length - 3)]));
      assert.equal(error.code, 'invalid_example');
      assert.equal(error.row, 1);
      assert.equal((await assert.rejects(() => layer.transformExamples([good, 'text']))).code, 'invalid_example');
      assert.equal((await assert.rejects(() => layer.transformExamples('text'))).code, 'invalid_argument');
      assert.equal((await assert.rejects(() => layer.transformNdjson('{}'))).code, 'invalid_argument');
    });
  });

  test('a normalizerFn of JavaScript gets each raw value, and its result is rounded to float32', async () => {
    const seen = [];
    const column = fc.numericColumn('x', { shape: [2], normalizerFn: (value) => (seen.push(value), (value - 3) / 7) });
    await withLayer([column, fc.numericColumn('y')], (layer) => {
      const { data } = layer.transform({ x: [[0.1, 10], [3, -4]], y: [1, 2] });
      assert.deepEqual(seen, [Math.fround(0.1), 10, 3, -4]); // float32, as the tensor that TensorFlow's function is given
      assert.deepEqual([...data], [Math.fround((Math.fround(0.1) - 3) / 7), 1, 1, 0, -1, 2]);
      assert.deepEqual([...layer.transformRows([{ x: [10, 3], y: 5 }]).data], [1, 0, 5]);
      assert.deepEqual([...layer.transform({ x: [new Float32Array([10, 3])], y: new Float32Array([5]) }).data], [1, 0, 5]);
    });
  });

  test('steps of a normalizer give what the function gives', async () => {
    const values = Array.from({ length: 500 }, (_, i) => Math.fround(Math.sin(i) * 10 ** (i % 9)));
    const steps = fc.numericColumn('steps', { normalizerFn: [['sub', 3], ['div', 7]] });
    const float = fc.numericColumn('float', { normalizerFn: (value) => Math.fround(value - 3) / 7 });
    await withLayer([steps, float], (layer) => {
      const { data } = layer.transform({ steps: values, float: values });
      for (let i = 0; i < data.length; i += 2) assert.equal(data[i], data[i + 1]);
    });
  });

  test('two columns over one feature, one normalized and one not', async () => {
    const normalized = fc.bucketizedColumn(fc.numericColumn('x', { normalizerFn: (value) => -value }), { boundaries: [0] });
    await withLayer([normalized, fc.embeddingColumn(fc.bucketizedColumn(fc.numericColumn('y'), { boundaries: [0] }), { dimension: 1, table: { data: new Float32Array([5, 7]) } })], (layer) => {
      assert.deepEqual([...layer.transform({ x: [1, -1], y: [1, -1] }).data], [1, 0, 7, 0, 1, 5]);
    });
  });

  test('a normalizerFn that fails names the feature and the row; bytes cannot pass through it', async () => {
    const column = fc.numericColumn('x', {
      normalizerFn: (value) => {
        if (value < 0) throw new RangeError('below zero');
        return value === 1 ? 'one' : value;
      },
    });
    await withLayer([column], async (layer) => {
      const thrown = await assert.rejects(() => layer.transform({ x: [2, -2] }));
      assert.equal(thrown.column, 'x');
      assert.equal(thrown.row, 1);
      assert.ok(thrown.cause instanceof RangeError);
      assert.equal((await assert.rejects(() => layer.transform({ x: [1] }))).row, 0);
      assert.equal((await assert.rejects(() => layer.transform({ x: ['text'] }))).code, 'dtype_mismatch');
      assert.equal((await assert.rejects(() => layer.transformExamples([example({ x: floats(1) })]))).code, 'unsupported');
      assert.equal((await assert.rejects(() => layer.transformNdjson(utf8('{"x": 1}')))).code, 'unsupported');
      assert.deepEqual([...layer.transform({ x: [5] }).data], [5]);
    });
  });

  test('errors of the core name column, row and value', async () => {
    const column = fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 2 }), { dimension: 1, table: { data: new Float32Array([1, 2]) } });
    await withLayer([column], async (layer) => {
      const error = await assert.rejects(() => layer.transform({ id: [[0], [1, 5012]] }));
      assert.ok(error instanceof fc.FeatureColumnError);
      assert.equal(error.code, 'out_of_range');
      assert.equal(error.row, 1);
      assert.equal(String(error.value), '5012');
      assert.ok(error.column.startsWith('id'), error.column);
      assert.ok(error.message.includes('is not in [0, 2)'), error.message);
      assert.deepEqual([...layer.transform({ id: [1] }).data], [2]);
    });
  });

  test('a batch of no rows', async () => {
    await withLayer(columns, (layer) => {
      const { data, shape } = layer.transform({ price: [], genre: [], age: [] });
      assert.deepEqual([...shape], [0, 8]);
      assert.equal(data.length, 0);
    });
  });

  test('batches of many sizes, one after the other, through one block of memory', async () => {
    await withLayer([fc.indicatorColumn(genre), fc.numericColumn('x')], (layer) => {
      for (const size of [1, 3000, 2, 100_000, 1]) {
        const { data } = layer.transform({ genre: Array.from({ length: size }, (_, i) => (i % 2 ? 'drama' : 'comedy')), x: Float32Array.from({ length: size }, (_, i) => i) });
        const last = size - 1;
        assert.deepEqual([...data.subarray(3 * last)], [last % 2, 1 - (last % 2), last]);
      }
    });
  });

  test('no columns, and columns of one name, are refused', async () => {
    for (const bad of [[], [fc.numericColumn('x'), fc.numericColumn('x')], [genre]]) {
      const error = await assert.rejects(() => withLayer(bad, () => {}));
      assert.equal(error.code, 'invalid_definition');
    }
  });
}
