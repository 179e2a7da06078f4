// Specs: columns to JSON and back, TensorFlow's own serialisation, all digits of integers, and what is refused.

export default async function (test, assert, fc, files) {
  const golden = fc.parseSpec(await files.golden('tensorflow_columns.json'));
  const refuses = (action, phrase, code = 'invalid_spec') => {
    const error = assert.throws(action, { code }, phrase);
    assert.includes(error.message, phrase);
    return error;
  };
  const through = (columns) => fc.fromSpec(fc.parseSpec(fc.stringifySpec(fc.toSpec(columns))));
  const identity = (key, numBuckets = 3) => fc.categoricalColumnWithIdentity(key, { numBuckets });

  for (const { item, names, serialized } of golden.cases) {
    test(`round trip, and TensorFlow's serialisation: ${names} (${item.type})`, () => {
      const columns = fc.fromSpec(item);
      assert.deepEqual(through(columns), columns);
      if (serialized === null) return;
      // TensorFlow writes what it stores; our definitions store the same.
      assert.deepEqual(fc.fromSpec(serialized), columns);
    });
  }

  for (const { items, serialized } of golden.layers) {
    test(`Keras' ${serialized.class_name}`, () => {
      const columns = fc.fromSpec(items).slice().sort((a, b) => (a.name < b.name ? -1 : 1));
      assert.deepEqual(fc.fromSpec(serialized), columns);
      assert.deepEqual(fc.fromSpec(serialized.config.feature_columns), columns);
      assert.deepEqual(fc.fromSpec({ feature_columns: serialized.config.feature_columns }), columns);
      // What get_config gives: from_config makes a layer of it.
      assert.deepEqual(fc.fromSpec(serialized.config), columns);
      assert.includes(Object.keys(serialized.config).join(' '), 'name trainable dtype');
    });
  }

  test("Keras' get_config is a layer's spec, whose class is told beside it", async () => {
    const common = { name: 'mine', trainable: true, dtype: 'float32', partitioner: null };
    const config = (name) => ({ ...common, feature_columns: [{ class_name: name, config: { key: 'a', shape: [1], default_value: name === 'NumericColumn' ? null : 0, dtype: 'float32', normalizer_fn: null } }] });
    const runtime = await fc.createRuntime();
    const dense = await runtime.load(config('NumericColumn'));
    assert.deepEqual([...dense.transform({ a: [1, 2] }).data], [1, 2]);
    const sequence = await runtime.load({ layer: 'sequence_features', ...config('SequenceNumericColumn') });
    assert.deepEqual([...sequence.transform({ a: [[1, 2]] }).data], [1, 2]);
    runtime.dispose();
  });

  test('toSpec leaves out what is the default', () => {
    const spec = fc.toSpec([fc.numericColumn('a', { defaultValue: 2, shape: [3] }), fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile('v', { vocabularyFile: 'v.txt' }), { dimension: 2 })]);
    assert.deepEqual(spec, {
      version: 1,
      columns: [
        { type: 'numeric_column', key: 'a', shape: [3], default_value: 2 },
        { type: 'embedding_column', categorical_column: { type: 'categorical_column_with_vocabulary_file', key: 'v', vocabulary_file: 'v.txt' }, dimension: 2 },
      ],
    });
  });

  test('members of shared embeddings become one item, wherever they stand', () => {
    const [b, a] = fc.sharedEmbeddings([identity('b'), identity('a')], { dimension: 2, ckptToLoadFrom: 'm.ckpt', tensorNameInCkpt: 't' });
    const price = fc.numericColumn('price');
    const { columns } = fc.toSpec([a, price, b]);
    assert.deepEqual(columns.map(({ type }) => type), ['shared_embeddings', 'numeric_column']);
    assert.deepEqual(columns[0], {
      type: 'shared_embeddings', dimension: 2, ckpt_to_load_from: 'm.ckpt', tensor_name_in_ckpt: 't',
      categorical_columns: [
        { type: 'categorical_column_with_identity', key: 'b', num_buckets: 3 },
        { type: 'categorical_column_with_identity', key: 'a', num_buckets: 3 },
      ],
    });
    assert.deepEqual(fc.fromSpec({ version: 1, columns }), [b, a, price]);
  });

  test('a member alone names its collection', () => {
    const [b] = fc.sharedEmbeddings([identity('b'), identity('a')], { dimension: 2 });
    const { columns } = fc.toSpec(b);
    assert.equal(columns[0].shared_embedding_collection_name, 'a_b_shared_embedding');
    const [read] = through(b);
    assert.equal(read.sharedEmbeddingCollectionName, 'a_b_shared_embedding');
    assert.equal(read.name, b.name);
  });

  test('two groups that differ in anything stay two', () => {
    const make = (options) => fc.sharedEmbeddings([identity('b'), identity('a')], { dimension: 2, ...options });
    const groups = (columns) => fc.toSpec(columns).columns.length;
    assert.equal(groups([...make({}), ...make({ combiner: 'sum' })]), 2);
    assert.equal(groups([make({})[0], make({})[1]]), 1); // the same definition, made twice
    assert.equal(groups([make({})[0], make({})[0]]), 2); // the same member twice: for the layer to refuse
    assert.deepEqual(through(make({ sharedEmbeddingCollectionName: 'mine' })), make({ sharedEmbeddingCollectionName: 'mine' }));
  });

  test('JSON text keeps every digit', () => {
    const columns = [
      fc.crossedColumn(['a', 'b'], { hashBucketSize: 9, hashKey: 2n ** 62n + 1n }),
      fc.categoricalColumnWithVocabularyList('n', { vocabularyList: [9007199254740993n, -9223372036854775808n, 4] }),
      fc.numericColumn('x', { dtype: 'int64', defaultValue: 9007199254740993n, normalizerFn: [['sub', 9007199254740993n], ['abs']] }),
      fc.numericColumn('y', { defaultValue: -0, normalizerFn: [['maximum', -0], ['add', 1e-310], ['div', 0.1], ['mul', 1e300]] }),
      fc.bucketizedColumn(fc.numericColumn('z'), { boundaries: [-Infinity, -1.5, Infinity] }),
    ];
    const text = fc.stringifySpec(fc.toSpec(columns));
    for (const part of ['"hash_key":4611686018427387905', '[9007199254740993,-9223372036854775808,4]', '"default_value":9007199254740993', '"default_value":-0.0', '[-1e999,-1.5,1e999]']) {
      assert.includes(text, part);
    }
    assert.deepEqual(fc.fromSpec(fc.parseSpec(text)), columns);
  });

  test('parseSpec is JSON.parse but for integers that numbers cannot hold', () => {
    const texts = ['{"a": "12345678901234567890", "b": [1.12345678901234567890, 1e25, -0, 9007199254740991]}', '"\\"9007199254740993"', '["#", "##1", "\\u0023"]', '[]', 'null', '{"": "\\\\"}'];
    for (const text of texts) assert.deepEqual(fc.parseSpec(text), JSON.parse(text), text);
    assert.deepEqual(fc.parseSpec('{"#": [9007199254740993, -12345678901234567890], "k": "9007199254740993"}'), { '#': [9007199254740993n, -12345678901234567890n], k: '9007199254740993' });
    for (const text of ['{', '', '{"a": 01234567890123456789}', '[1,]', "{'a': 1}", '9007199254740993x']) {
      assert.ok(refuses(() => fc.parseSpec(text), 'not valid JSON').cause instanceof SyntaxError, text);
    }
  });

  test('what JSON cannot hold is refused by name', () => {
    const file = new Uint8Array(3);
    refuses(() => fc.toSpec([fc.numericColumn('a', { normalizerFn: (x) => Number(x) })]), 'column "a": normalizer_fn is a function');
    refuses(() => fc.toSpec([fc.categoricalColumnWithVocabularyFile('a', { vocabularyFile: file })]), 'vocabulary_file is given as bytes');
    refuses(() => fc.toSpec([fc.embeddingColumn(identity('a'), { dimension: 2, table: { data: new Float32Array(6) } })]), 'table is given as bytes or data');
    refuses(() => fc.stringifySpec({ a: [NaN] }), 'spec.a[0]');
    refuses(() => fc.stringifySpec({ a: () => 0 }), 'function');
    refuses(() => fc.stringifySpec({ a: new Map() }), '[object Map]');
    refuses(() => fc.toSpec(5), 'Expected feature_columns to be iterable', 'invalid_definition');
    refuses(() => fc.toSpec([[fc.numericColumn('a')]]), 'Spread it', 'invalid_definition');
    // An initializer has no effect on trained weights.
    assert.equal('initializer' in fc.toSpec([fc.embeddingColumn(identity('a'), { dimension: 2, initializer: () => 0 })]).columns[0], false);
  });

  test('the form of a spec is checked, with the place', () => {
    const column = { type: 'numeric_column', key: 'a' };
    refuses(() => fc.fromSpec({ columns: [column, { type: 'numeric_colum', key: 'b' }] }), "columns[1]: unknown column type 'numeric_colum'. Did you mean \"numeric_column\"?");
    refuses(() => fc.fromSpec({ columns: [{ ...column, shpe: [2] }] }), 'columns[0]: numeric_column has no field "shpe". Did you mean "shape"?');
    refuses(() => fc.fromSpec({ type: 'indicator_column', categorical_column: { type: 'nope' } }), 'spec.categorical_column: unknown column type');
    refuses(() => fc.fromSpec({ type: 'indicator_column', categorical_column: { type: 'shared_embeddings' } }), 'shared_embeddings is a list of columns');
    refuses(() => fc.fromSpec({ type: 'shared_embedding_column' }), 'Did you mean "shared_embeddings"?');
    refuses(() => fc.fromSpec({ version: 2, columns: [] }), 'this package reads version 1');
    refuses(() => fc.fromSpec({ version: 1, columns: [], layers: 1 }), 'has no field "layers"');
    refuses(() => fc.fromSpec({ version: 1, layer: 'dense', columns: [] }), "there is no layer 'dense'");
    refuses(() => fc.fromSpec({ columns: 'a' }), 'Expected feature_columns to be iterable');
    refuses(() => fc.fromSpec({ columns: { a: column } }), 'Expected feature_columns to be iterable, found dict');
    refuses(() => fc.fromSpec([5]), 'columns[0]: Items of feature_columns must be a FeatureColumn');
    refuses(() => fc.fromSpec('{}'), 'parseSpec reads JSON text');
    refuses(() => fc.fromSpec(null), 'Given: None');
    refuses(() => fc.fromSpec({ layer: 'dnn_linear_combined_classifier' }), 'two lists of columns');
    let deep = column;
    for (let i = 0; i < 100000; ++i) deep = { type: 'indicator_column', categorical_column: deep };
    refuses(() => fc.fromSpec(deep), 'nested deeper');
    const loop = { type: 'crossed_column', keys: ['a'] };
    loop.keys.push(loop);
    refuses(() => fc.fromSpec(loop), 'nested deeper');
    assert.deepEqual(fc.fromSpec({ columns: column }), [fc.numericColumn('a')]);
    assert.deepEqual(fc.fromSpec({ version: 1, layer: 'linear_model', units: 2, columns: [column] }), [fc.numericColumn('a')]);
    assert.deepEqual(fc.fromSpec(JSON.parse('{"type":"numeric_column","key":"__proto__"}'))[0].key, '__proto__');
    refuses(() => fc.fromSpec(JSON.parse('{"type":"numeric_column","key":"a","__proto__":1}')), 'has no field "__proto__"');
    refuses(() => fc.fromSpec({ type: 'constructor' }), 'unknown column type');
  });

  test("TensorFlow's serialisation is held to its fields", () => {
    const config = { key: 'a', shape: [1], default_value: null, dtype: 'float32', normalizer_fn: null };
    const numeric = (changes) => ({ class_name: 'NumericColumn', config: { ...config, ...changes } });
    assert.deepEqual(fc.fromSpec(numeric({})), [fc.numericColumn('a')]);
    refuses(() => fc.fromSpec({ class_name: 'NumericColumn', config: { key: 'a' } }), 'Invalid config');
    refuses(() => fc.fromSpec(numeric({ more: 1 })), 'Invalid config');
    refuses(() => fc.fromSpec({ class_name: 'NumericColum', config }), 'Did you mean "NumericColumn"?');
    refuses(() => fc.fromSpec({ class_name: 'SharedEmbeddingColumn', config: {} }), 'write them as "shared_embeddings"');
    refuses(() => fc.fromSpec({ class_name: 'NumericColumn' }), 'Improper config format');
    refuses(() => fc.fromSpec({ class_name: 'SequenceCategoricalColumn', config: { categorical_column: { class_name: 'CrossedColumn', config: { keys: ['a', 'b'], hash_bucket_size: 3, hash_key: null } } } }), 'there is no sequence column');
    refuses(() => fc.fromSpec(numeric({ normalizer_fn: 'my_log' })), 'Unknown object: normalizer_fn is the Python function "my_log"');
    const log = (x) => Math.log(Number(x));
    assert.equal(fc.fromSpec(numeric({ normalizer_fn: 'my_log' }), { customObjects: { my_log: log } })[0].normalizerFn, log);
    refuses(() => fc.fromSpec(numeric({ normalizer_fn: 'toString' }), { customObjects: {} }), 'Unknown object');
    // A sequence column leaves its function to Keras, which writes an object.
    const steps = (normalizer) => ({ class_name: 'SequenceNumericColumn', config: { ...config, default_value: 0, normalizer_fn: normalizer } });
    const ofKeras = { module: 'builtins', class_name: 'function', config: 'my_log', registered_name: 'function' };
    refuses(() => fc.fromSpec(steps(ofKeras)), 'Unknown object: normalizer_fn is the Python function "my_log"');
    assert.equal(fc.fromSpec(steps(ofKeras), { customObjects: { my_log: log } })[0].normalizerFn, log);
    refuses(() => fc.fromSpec(steps({ class_name: '__lambda__', config: { value: 'x' } })), "normalizer_fn is a Python object ('__lambda__')");
    refuses(() => fc.fromSpec(steps({})), 'normalizer_fn is a Python object (None)');
    // Fields of Keras are Keras' only: beside "columns" they are mistakes.
    refuses(() => fc.fromSpec({ name: 'dense_features', columns: [] }), 'has no field "name"');
    refuses(() => fc.fromSpec({ layer: 'linear_model', name: 'a', feature_columns: [] }), 'has no field "name"');
    // Older versions wrote less.
    const embedding = golden.cases.find(({ item }) => item.type === 'embedding_column').serialized[0];
    const { use_safe_embedding_lookup: _, ...older } = embedding.config;
    assert.deepEqual(fc.fromSpec({ class_name: 'EmbeddingColumn', config: older }), fc.fromSpec(embedding));
  });

  for (const family of ['dense', 'long', 'sequence', 'linear', 'examples']) {
    const lines = await files.sharedCases(`${family}.jsonl.gz`);
    test(`golden specs round trip, and sort as TensorFlow did: ${family}`, (context) => {
      if (!lines) return context.skip('the shared goldens are not there');
      for (const line of lines) {
        const { id, spec, expected } = fc.parseSpec(line);
        const columns = fc.fromSpec(spec);
        assert.deepEqual(through(columns), columns, id);
        if (!expected?.columns) continue;
        const names = columns.map(({ name }) => name).sort((a, b) => comparePoints(a, b));
        assert.deepEqual(names, expected.columns.map(([name]) => name), id);
      }
      assert.ok(lines.length > 50);
    });
  }
}

const comparePoints = (a, b) => {
  const [x, y] = [[...a], [...b]].map((text) => text.map((character) => character.codePointAt(0)));
  const at = x.findIndex((point, i) => point !== y[i]);
  return at < 0 ? x.length - y.length : x[at] - (y[at] ?? -1);
};
