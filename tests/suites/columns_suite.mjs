// Column definitions: what they hold, TensorFlow's names and parse specs of them, and what they refuse in TensorFlow's words.

/** TensorFlow's message up to where it prints Python objects or goes on about them; JavaScript's 1 is Python's 1.0. */
const phraseOf = (message) => message.split(/:? ?Given|: type <class| of type: <class/)[0].replace(/(\d)\.0\b/g, '$1').trimEnd();

// Where TensorFlow fails by accident, in Python's words: ours are others, and the test only asks for a refusal.
const ACCIDENTS = ['AttributeError', 'IndexError'];
// What TensorFlow says only once it has the files, or the layer: the suites of loading and of layers ask for those.
const LATER_TYPES = ['NotFoundError', 'InvalidArgumentError', 'FailedPreconditionError', 'DataLossError'];
const LATER = /checkpoint reader|is not found in|does not exist|Duplicate feature column|Items of feature_columns|must (not )?be of type SequenceCategorical|feature_columns must not be empty/;
const LATER_WHAT = ['vocabulary file: empty file', 'shared: different number of buckets'];
// TensorFlow got the name of a folder here, for the test put one before the empty name.
const OTHER_PHRASE = { 'vocabulary file: no name': 'Missing vocabulary_file in watched.' };

export default async function (test, assert, fc, files) {
  const golden = JSON.parse(await files.golden('tensorflow_columns.json'));
  const exact = fc.parseSpec(await files.golden('tensorflow_columns.json'));
  const { numericColumn, bucketizedColumn, crossedColumn, embeddingColumn, indicatorColumn, sharedEmbeddings, weightedCategoricalColumn } = fc;
  const identity = fc.categoricalColumnWithIdentity;
  const list = fc.categoricalColumnWithVocabularyList;
  const file = fc.categoricalColumnWithVocabularyFile;
  const hash = fc.categoricalColumnWithHashBucket;
  const refuses = (action, phrase, more = {}) => {
    const error = assert.throws(action, { code: 'invalid_definition', ...more }, phrase);
    assert.ok(error instanceof fc.FeatureColumnError);
    assert.includes(error.message, phrase);
    return error;
  };

  test('every function has the arguments that TensorFlow stores, with its defaults', () => {
    assert.deepEqual(numericColumn('price'), { type: 'numeric_column', name: 'price', key: 'price', shape: [1], defaultValue: null, dtype: 'float32', normalizerFn: null });
    assert.deepEqual(numericColumn('price', { shape: 2, defaultValue: 3 }).defaultValue, [3, 3]);
    assert.deepEqual(numericColumn('price', { shape: [2, 1], defaultValue: [[1.5], [2]] }).defaultValue, [[1.5], [2]]);
    assert.equal(numericColumn('price', { shape: [], defaultValue: 3 }).defaultValue, 3);
    assert.deepEqual(bucketizedColumn(numericColumn('price'), { boundaries: [0, 1] }), {
      type: 'bucketized_column', name: 'price_bucketized', sourceColumn: numericColumn('price'), boundaries: [0, 1],
    });
    assert.deepEqual(file('video', { vocabularyFile: 'videos.txt' }), {
      type: 'categorical_column_with_vocabulary_file', name: 'video', key: 'video', vocabularyFile: 'videos.txt', vocabularySize: null, dtype: 'string',
      defaultValue: -1, numOovBuckets: 0, fileFormat: null,
    });
    assert.equal(file('video', { vocabularyFile: 'a.tfrecord.gz' }).fileFormat, 'tfrecord_gzip');
    assert.equal(file('video', { vocabularyFile: 'a.tfrecord.gz', fileFormat: 'text' }).fileFormat, 'text');
    assert.deepEqual(list('genre', { vocabularyList: ['a', 'b'], numOovBuckets: 2 }), {
      type: 'categorical_column_with_vocabulary_list', name: 'genre', key: 'genre', vocabularyList: ['a', 'b'], dtype: 'string', defaultValue: -1, numOovBuckets: 2,
    });
    assert.deepEqual(identity('day', { numBuckets: 7 }), { type: 'categorical_column_with_identity', name: 'day', key: 'day', numBuckets: 7, defaultValue: null });
    assert.deepEqual(hash('query', { hashBucketSize: 9 }), { type: 'categorical_column_with_hash_bucket', name: 'query', key: 'query', hashBucketSize: 9, dtype: 'string' });
    assert.deepEqual(crossedColumn(['b', 'a'], { hashBucketSize: 9 }), { type: 'crossed_column', name: 'a_X_b', keys: ['b', 'a'], hashBucketSize: 9, hashKey: null });
    const day = identity('day', { numBuckets: 7 });
    assert.deepEqual(weightedCategoricalColumn(day, { weightFeatureKey: 'w' }), {
      type: 'weighted_categorical_column', name: 'day_weighted_by_w', categoricalColumn: day, weightFeatureKey: 'w', dtype: 'float32',
    });
    assert.deepEqual(indicatorColumn(day), { type: 'indicator_column', name: 'day_indicator', categoricalColumn: day });
    assert.deepEqual(embeddingColumn(day, { dimension: 4 }), {
      type: 'embedding_column', name: 'day_embedding', categoricalColumn: day, dimension: 4, combiner: 'mean',
      initializer: { class_name: 'TruncatedNormal', config: { mean: 0, stddev: 0.5, seed: null, dtype: 'float32' } }, ckptToLoadFrom: null, tensorNameInCkpt: null,
      maxNorm: null, trainable: true, useSafeEmbeddingLookup: true, table: null,
    });
    assert.deepEqual(fc.sequenceNumericColumn('steps'), { type: 'sequence_numeric_column', name: 'steps', key: 'steps', shape: [1], defaultValue: 0, dtype: 'float32', normalizerFn: null });
  });

  test('sequence columns are their plain twins under another type', () => {
    const twins = [
      [fc.sequenceCategoricalColumnWithIdentity, identity, { numBuckets: 3, defaultValue: 1 }],
      [fc.sequenceCategoricalColumnWithHashBucket, hash, { hashBucketSize: 3, dtype: 'int64' }],
      [fc.sequenceCategoricalColumnWithVocabularyList, list, { vocabularyList: [1, 2], numOovBuckets: 1 }],
      [fc.sequenceCategoricalColumnWithVocabularyFile, file, { vocabularyFile: 'v.txt', vocabularySize: 2 }],
    ];
    for (const [sequence, plain, options] of twins) {
      const twin = plain('steps', options);
      assert.deepEqual(sequence('steps', options), { ...twin, type: `sequence_${twin.type}` });
    }
  });

  test('sharedEmbeddings gives a column for each, in argument order, that knows its group', () => {
    const [b, a] = [identity('b', { numBuckets: 3 }), identity('a', { numBuckets: 3 })];
    const shared = sharedEmbeddings([b, a], { dimension: 2, combiner: 'sum', maxNorm: 1 });
    assert.deepEqual(shared.map(({ name }) => name), ['b_shared_embedding', 'a_shared_embedding']);
    for (const [i, column] of shared.entries()) {
      assert.equal(column.type, 'shared_embedding_column');
      assert.equal(column.categoricalColumn, [b, a][i]);
      assert.deepEqual(column.categoricalColumns, [b, a]);
      assert.equal(column.sharedEmbeddingCollectionName, 'a_b_shared_embedding');
      assert.deepEqual([column.dimension, column.combiner, column.maxNorm], [2, 'sum', 1]);
    }
    assert.equal(sharedEmbeddings([b, a], { dimension: 2, sharedEmbeddingCollectionName: 'mine' })[0].sharedEmbeddingCollectionName, 'mine');
    assert.equal(sharedEmbeddings([b, a], { dimension: 2, sharedEmbeddingCollectionName: '' })[0].sharedEmbeddingCollectionName, 'a_b_shared_embedding');
  });

  test('definitions are frozen in depth, plain, and survive structuredClone; what the caller gave stays the caller\'s', () => {
    const boundaries = [0, 1];
    const vocabularyList = ['a', 'b'];
    const initializer = { class_name: 'Constant', config: { value: 2 } };
    const columns = [
      bucketizedColumn(numericColumn('price'), { boundaries }),
      ...sharedEmbeddings([list('a', { vocabularyList }), list('b', { vocabularyList })], { dimension: 2, initializer }),
      numericColumn('n', { normalizerFn: [['sub', 3], ['log']] }),
    ];
    const isFrozen = (value) => typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    assert.ok(columns.every(isFrozen));
    assert.ok(columns.every((column) => Object.getPrototypeOf(column) === Object.prototype));
    for (const given of [boundaries, vocabularyList, initializer, initializer.config]) assert.ok(!Object.isFrozen(given));
    const clones = structuredClone(columns);
    assert.deepEqual(clones, columns);
    assert.deepEqual(fc.toSpec(clones), fc.toSpec(columns));
    const data = new Float32Array(6);
    assert.equal(embeddingColumn(identity('day', { numBuckets: 3 }), { dimension: 2, table: { data } }).table.data, data);
  });

  test('integers keep 64 bits, in their plainest form', () => {
    const big = 2n ** 53n + 1n;
    assert.equal(crossedColumn(['a', 'b'], { hashBucketSize: 9, hashKey: big }).hashKey, big);
    assert.equal(crossedColumn(['a', 'b'], { hashBucketSize: 9n, hashKey: 5n }).hashKey, 5);
    assert.deepEqual(list('n', { vocabularyList: [3n, big, -(2n ** 63n)] }).vocabularyList, [3, big, -(2n ** 63n)]);
    assert.deepEqual(list('n', { vocabularyList: new BigInt64Array([3n, big]) }).vocabularyList, [3, big]);
    assert.equal(list('n', { vocabularyList: new Int32Array([3]) }).dtype, 'int32');
    assert.equal(list('n', { vocabularyList: [3, 4], dtype: 'int32' }).dtype, 'int32');
    assert.deepEqual(numericColumn('n', { dtype: 'int64', defaultValue: big }).defaultValue, [big]);
    refuses(() => list('n', { vocabularyList: [2 ** 53] }), 'give a bigint');
    refuses(() => list('n', { vocabularyList: [2n ** 63n] }), 'no exact integer of 64 bits');
    refuses(() => crossedColumn(['a', 'b'], { hashBucketSize: 9, hashKey: 2 ** 60 }), 'hash_key must be an integer of 64 bits');
    refuses(() => list('n', { vocabularyList: [3n, 3] }), 'Duplicate keys in vocabulary_list');
  });

  for (const { item, names, collection, parse_spec: parseSpec } of exact.cases) {
    test(`TensorFlow's names and parse spec: ${names} (${item.type})`, () => {
      const columns = fc.fromSpec(item);
      assert.deepEqual(columns.map(({ name }) => name), names);
      if (collection !== null) assert.equal(columns[0].sharedEmbeddingCollectionName, collection);
      const found = fc.makeParseExampleSpec(columns);
      assert.deepEqual(found, parseSpec);
      assert.ok(Object.isFrozen(found));
    });
  }

  test('makeParseExampleSpec refuses what TensorFlow refuses', () => {
    assert.deepEqual(fc.makeParseExampleSpec([]), {});
    refuses(() => fc.makeParseExampleSpec([numericColumn('a'), numericColumn('a', { shape: [2] })]), 'feature_columns contain different parse_spec for key a.');
    refuses(() => fc.makeParseExampleSpec([3]), 'All feature_columns must be FeatureColumn instances. Given: 3');
    refuses(() => fc.makeParseExampleSpec(numericColumn('a')), 'All feature_columns must be FeatureColumn instances.');
    const day = identity('day', { numBuckets: 7 });
    refuses(() => fc.makeParseExampleSpec([weightedCategoricalColumn(day, { weightFeatureKey: 'day' })]), 'already exists for day.');
    // Equal specs from different columns are one.
    assert.deepEqual(fc.makeParseExampleSpec([indicatorColumn(day), embeddingColumn(identity('day', { numBuckets: 9 }), { dimension: 2 })]), { day: { type: 'VarLenFeature', dtype: 'int64' } });
  });

  for (const { item, error, message } of golden.refused) {
    test(`TensorFlow's refusal: ${item.type}: ${message.slice(0, 60)}`, () => {
      const phrase = phraseOf(message);
      assert.ok(ACCIDENTS.includes(error) || phrase.length > 8, phrase);
      refuses(() => fc.fromSpec(item), ACCIDENTS.includes(error) ? '' : phrase);
    });
  }

  const refusals = await files.sharedCases('refusals.jsonl.gz');
  test('definitions that TensorFlow refuses and takes', (context) => {
    if (!refusals) return context.skip('the shared goldens are not there');
    const counts = { refused: 0, later: 0, taken: 0 };
    for (const line of refusals) {
      if (!line.includes('"when":"definition"')) continue; // other lines hold NaN, which is no JSON
      const { what, spec, error } = JSON.parse(line);
      const isLater = error && (LATER_TYPES.includes(error.type) || LATER.test(error.message) || LATER_WHAT.includes(what));
      if (!error || isLater) {
        fc.fromSpec(spec);
        ++counts[error ? 'later' : 'taken'];
        continue;
      }
      const phrase = OTHER_PHRASE[what] ?? (ACCIDENTS.includes(error.type) ? '' : what === 'vocabulary list: mixed' ? 'Failed to convert elements of' : phraseOf(error.message));
      const thrown = assert.throws(() => fc.fromSpec(spec), { code: 'invalid_definition' }, what);
      assert.includes(thrown.message, phrase, what);
      ++counts.refused;
    }
    assert.ok(counts.refused > 60 && counts.taken > 4 && counts.later > 20, JSON.stringify(counts));
  });

  test('an option that does not exist is refused with the one that was meant', () => {
    const error = refuses(() => identity('day', { numBucket: 7 }), 'categoricalColumnWithIdentity has no option "numBucket". Did you mean "numBuckets"?', { column: 'day', value: 'numBucket' });
    assert.includes(error.message, 'Its options are numBuckets, defaultValue');
    refuses(() => identity('day', { num_buckets: 7 }), 'Did you mean "numBuckets"?');
    refuses(() => embeddingColumn(identity('day', { numBuckets: 7 }), { dimension: 2, combinr: 'sum' }), 'Did you mean "combiner"?');
    refuses(() => embeddingColumn(identity('day', { numBuckets: 7 }), 2), 'an object of options');
    refuses(() => numericColumn('price', { zzzzzz: 1 }), 'numericColumn has no option "zzzzzz". Its options');
    refuses(() => indicatorColumn(identity('day', { numBuckets: 7 }), { dimension: 2 }), 'indicatorColumn has no option "dimension"');
    assert.deepEqual(numericColumn('price', undefined), numericColumn('price', { shape: undefined, dtype: null }));
  });

  test('what JavaScript alone can get wrong has its own words', () => {
    refuses(() => numericColumn('half \ud83d'), 'half of a surrogate pair');
    refuses(() => list('a', { vocabularyList: ['ok', '\udc00'] }), 'half of a surrogate pair');
    refuses(() => list('a', { vocabularyList: ['a', undefined] }), 'Failed to convert elements of');
    refuses(() => list('a', { vocabularyList: 'abc' }), 'must be non-empty');
    refuses(() => identity('a', { numBuckets: 2.5 }), 'num_buckets must be an integer');
    refuses(() => identity('a', {}), 'num_buckets None < 1');
    refuses(() => identity('a'), 'num_buckets None < 1');
    refuses(() => numericColumn('a', { normalizerFn: 5 }), 'normalizer_fn must be a callable. Given: 5');
    refuses(() => numericColumn('a', { normalizerFn: [['sub']] }), 'normalizer_fn must be a callable');
    refuses(() => numericColumn('a', { normalizerFn: [['log', 2]] }), 'normalizer_fn must be a callable');
    refuses(() => numericColumn('a', { normalizerFn: [['pow', 2]] }), 'normalizer_fn must be a callable');
    refuses(() => numericColumn('a', { normalizerFn: [['div', NaN]] }), 'normalizer_fn must be a callable');
    refuses(() => bucketizedColumn(numericColumn('a'), { boundaries: [0, NaN, 1] }), 'boundaries must be a sorted list.');
    refuses(() => fc.sequenceNumericColumn('a', { defaultValue: 'x' }), 'default_value must be a number');
    refuses(() => file('a', { vocabularyFile: 5 }), 'vocabulary_file must be a URL');
    refuses(() => file('a', { vocabularyFile: 'v.txt', fileFormat: 'csv' }), "file_format must be 'text' or 'tfrecord_gzip'");
    refuses(() => embeddingColumn(numericColumn('a'), { dimension: 2 }), 'categorical_column must be a CategoricalColumn');
    refuses(() => embeddingColumn(undefined, { dimension: 2 }), 'categorical_column must be a CategoricalColumn. Given: None');
    refuses(() => weightedCategoricalColumn(numericColumn('a'), { weightFeatureKey: 'w' }), 'must be a CategoricalColumn without weights');
    refuses(() => weightedCategoricalColumn(identity('a', { numBuckets: 2 }), { weightFeatureKey: 5 }), 'weight_feature_key must be a string');
    refuses(() => crossedColumn('ab', { hashBucketSize: 9 }), 'keys must be a list with length > 1');
    assert.equal(refuses(() => crossedColumn([numericColumn('a'), 'b'], { hashBucketSize: 9 }), 'Unsupported key type').column, 'a_X_b');
    assert.equal(refuses(() => crossedColumn([{}, 'b'], { hashBucketSize: 9 }), 'Unsupported key type').column, undefined);
    refuses(() => crossedColumn(['a', weightedCategoricalColumn(identity('b', { numBuckets: 2 }), { weightFeatureKey: 'w' })], { hashBucketSize: 9 }), 'crossed_column does not support weight_tensor');
    refuses(() => sharedEmbeddings([], { dimension: 2 }), 'categorical_columns must not be empty');
    refuses(() => sharedEmbeddings(identity('a', { numBuckets: 2 }), { dimension: 2 }), 'give a list of columns');
  });

  test('table and checkpoint exclude each other, and each is checked', () => {
    const day = identity('day', { numBuckets: 7 });
    const make = (table, more) => () => embeddingColumn(day, { dimension: 2, table, ...more });
    assert.deepEqual(make({ url: 't.safetensors', tensor: 'w' })().table, { url: 't.safetensors', tensor: 'w' });
    assert.equal(make({ url: new URL('https://example.com/t.npy') })().table.url, 'https://example.com/t.npy');
    refuses(make({ url: 'a', data: new Float32Array(14) }), 'give one of url and data');
    refuses(make({}), 'give one of url and data');
    refuses(make('t.npy'), 'table must be {url, tensor} or {data}');
    refuses(make({ data: [1, 2] }), 'data is a Float32Array');
    refuses(make({ data: new Float32Array(14), tensor: 'w' }), 'data is the tensor itself');
    refuses(make({ url: 'a', name: 'w' }), 'it has no field "name"');
    refuses(make({ url: 'a' }, { ckptToLoadFrom: 'm', tensorNameInCkpt: 't' }), 'give one');
    refuses(make(undefined, { ckptToLoadFrom: 'm', tensorNameInCkpt: 5 }), 'tensor_name_in_ckpt must be a string');
    refuses(make(undefined, { maxNorm: 'x' }), 'max_norm must be a number');
    refuses(make(undefined, { trainable: 1 }), 'trainable must be a boolean');
    refuses(make(undefined, { initializer: { config: {} } }), 'initializer must be callable if specified.');
    assert.equal(typeof make(undefined, { initializer: () => 0 })().initializer, 'function');
  });

  test('names are sorted by code points, not UTF-16 units', () => {
    // In UTF-16 units 💡 (D83D DCA1) comes before ﬁ (FB01); TensorFlow has it after.
    assert.equal(crossedColumn(['💡', 'ﬁ'], { hashBucketSize: 2 }).name, 'ﬁ_X_💡');
    assert.equal(crossedColumn(['ab', 'a', '_', 'B'], { hashBucketSize: 2 }).name, 'B_X___X_a_X_ab');
  });

  test('errors are errors, say where, and hold no empty properties', () => {
    const error = assert.throws(() => identity('day', { numBuckets: 3, defaultValue: 7 }), { code: 'invalid_definition', column: 'day', value: 7, name: 'FeatureColumnError' });
    assert.ok(error instanceof Error);
    assert.equal(String(error), 'FeatureColumnError: column "day": default_value 7 not in range [0, 3), column_name day');
    assert.deepEqual(Object.keys(error).sort(), ['code', 'column', 'value']);
    const cause = new Error('why');
    const bare = new fc.FeatureColumnError('internal', 'text', { cause, row: 0 });
    assert.deepEqual([bare.cause, bare.row, Object.keys(bare).sort()], [cause, 0, ['code', 'row']]);
  });
}
