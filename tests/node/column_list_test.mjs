// What layers do with a list of columns before the core sees it, on the sources: these modules are not part of the public API.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'node:test';
import { assert } from '../suites/assert.mjs';
import { noShared, root, shared } from './package.mjs';

const entry = ['columns/normalize', 'columns/kinds', 'columns/index', 'spec/core_spec', 'spec/layer_options', 'spec/layer_spec', 'spec/index'].map((name) => `export * from './${name}.js';`).join('\n');
const bundle = await build({ stdin: { contents: entry, resolveDir: path.join(root, 'js/src') }, bundle: true, format: 'esm', write: false, logLevel: 'error' });
const source = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`);
const { columnsToCoreSpec, fromSpec, layerOptions, normalizeColumns, numBuckets, parseLayerSpec } = source;

const numeric = source.numericColumn;
const identity = (key, numBuckets_ = 3) => source.categoricalColumnWithIdentity(key, { numBuckets: numBuckets_ });
const sequence = (key) => source.sequenceCategoricalColumnWithIdentity(key, { numBuckets: 3 });
const embedding = (column) => source.embeddingColumn(column, { dimension: 2 });
const refuses = (action, phrase, code = 'invalid_definition') => assert.includes(assert.throws(action, { code }, phrase).message, phrase);

test('lists are sorted by code points, and one column is a list', () => {
  const names = (columns) => normalizeColumns(columns, 'dense_features').map(({ name }) => name);
  assert.deepEqual(names([numeric('💡'), numeric('a_b'), numeric('ﬁ'), numeric('B'), numeric('a1'), numeric('a')]), ['B', 'a', 'a1', 'a_b', 'ﬁ', '💡']);
  assert.deepEqual(names(numeric('a')), ['a']);
  assert.deepEqual(names(new Set([numeric('b'), numeric('a')])), ['a', 'b']);
});

test('what is no list of columns is refused', () => {
  refuses(() => normalizeColumns([], 'dense_features'), 'feature_columns must not be empty.');
  refuses(() => normalizeColumns({ a: numeric('a') }, 'dense_features'), 'Expected feature_columns to be iterable, found dict.');
  refuses(() => normalizeColumns(5, 'dense_features'), 'Expected feature_columns to be iterable, found 5.');
  refuses(() => normalizeColumns(undefined, 'dense_features'), 'Expected feature_columns to be iterable');
  refuses(() => normalizeColumns('abc', 'dense_features'), 'Expected feature_columns to be iterable');
  refuses(() => normalizeColumns([numeric('a'), 'b'], 'dense_features'), "Items of feature_columns must be a FeatureColumn. Given: 'b' as item 1");
  refuses(() => normalizeColumns([source.sharedEmbeddings([identity('a')], { dimension: 2 })], 'dense_features'), 'Spread it: ...sharedEmbeddings');
});

test('each layer takes its kinds of columns', () => {
  assert.equal(normalizeColumns([identity('a'), numeric('b'), embedding(identity('c')), sequence('d')], 'linear_model').length, 4);
  refuses(() => normalizeColumns([source.sequenceNumericColumn('a')], 'linear_model'), 'must be either a DenseColumn or CategoricalColumn');
  refuses(() => normalizeColumns([source.sequenceNumericColumn('a')], 'dense_features'), 'Items of feature_columns must be a DenseColumn.');
  const shared = source.sharedEmbeddings([sequence('s'), identity('a')], { dimension: 2 });
  assert.equal(normalizeColumns(shared[0], 'sequence_features').length, 1);
  assert.equal(normalizeColumns(shared[1], 'dense_features').length, 1);
  refuses(() => normalizeColumns(shared[0], 'dense_features'), 'In embedding_column: s_shared_embedding. categorical_column must not be of type SequenceCategoricalColumn.');
  refuses(() => normalizeColumns(shared[1], 'sequence_features'), 'In embedding_column: a_shared_embedding. categorical_column must be of type SequenceCategoricalColumn to use SequenceFeatures.');
});

const LAYER_PHRASES = /^(Items of feature_columns must be a|In (embedding|indicator)_column: \w+\. categorical_column must (not )?be of type SequenceCategoricalColumn|feature_columns must not be empty\.|Duplicate feature column name found for columns)/;

test('layers refuse what TensorFlow refuses, in its words', { skip: noShared }, () => {
  const lines = gunzipSync(readFileSync(path.join(shared, 'golden/cases/refusals.jsonl.gz'))).toString('utf8').trimEnd().split('\n');
  let refused = 0;
  for (const line of lines.filter((each) => each.includes('"when":"definition"'))) {
    const { what, spec, error } = JSON.parse(line);
    const phrase = error && LAYER_PHRASES.exec(error.message)?.[0];
    if (!phrase) continue;
    refuses(() => normalizeColumns(fromSpec(spec), spec.layer), phrase.replace(/<class.*/, ''), 'invalid_definition');
    assert.ok(what);
    ++refused;
  }
  assert.equal(refused, 10);
});

test('numBuckets is TensorFlow\'s num_buckets', () => {
  const file = (options) => source.categoricalColumnWithVocabularyFile('v', { vocabularyFile: 'v.txt', ...options });
  const price = (shape) => source.bucketizedColumn(numeric('p', { shape }), { boundaries: [0, 1] });
  assert.deepEqual(
    [identity('a'), file({}), file({ vocabularySize: 5, numOovBuckets: 2 }), price([4]), price([]), source.crossedColumn(['a', 'b'], { hashBucketSize: 9 }),
      source.categoricalColumnWithVocabularyList('v', { vocabularyList: ['a'], numOovBuckets: 3 }), source.categoricalColumnWithHashBucket('h', { hashBucketSize: 8 }),
      source.weightedCategoricalColumn(identity('a', 4), { weightFeatureKey: 'w' }), sequence('s')].map(numBuckets),
    [3, null, 7, 12, 3, 9, 4, 8, 4, 3],
  );
});

test('the core gets handles in place of files, tables and functions', () => {
  const double = (x) => Number(x) * 2;
  const video = source.categoricalColumnWithVocabularyFile('video', { vocabularyFile: new Uint8Array([97, 10]), numOovBuckets: 2 });
  const other = source.categoricalColumnWithVocabularyFile('other', { vocabularyFile: 'v.txt', vocabularySize: 2, fileFormat: 'text' });
  const shared = source.sharedEmbeddings([video, other], { dimension: 2, ckptToLoadFrom: new ArrayBuffer(4), tensorNameInCkpt: 't', initializer: () => 0, maxNorm: 1 });
  const alone = source.embeddingColumn(identity('day'), { dimension: 2, table: { data: new Float32Array(6) }, trainable: false, useSafeEmbeddingLookup: false });
  const price = source.bucketizedColumn(numeric('price', { normalizerFn: double, shape: [2], defaultValue: [1, 1] }), { boundaries: [0] });
  const age = numeric('age', { normalizerFn: [['log']], defaultValue: 2n ** 60n, dtype: 'int64' });
  const asked = [];
  const handles = {
    vocabulary: (column) => asked.push(column),
    table: (column) => 100 + asked.push(column),
    input: (column) => `normalized ${column.key}`,
  };
  const core = columnsToCoreSpec([shared[1], price, alone, shared[0], age], handles);
  assert.deepEqual(core, [
    {
      type: 'shared_embeddings',
      categorical_columns: [
        { type: 'categorical_column_with_vocabulary_file', key: 'video', vocabulary_file: '[object Uint8Array]', vocabulary: 1, num_oov_buckets: 2 },
        { type: 'categorical_column_with_vocabulary_file', key: 'other', vocabulary_file: 'v.txt', vocabulary: 2, vocabulary_size: 2, file_format: 'text' },
      ],
      dimension: 2, max_norm: 1, table: 103,
    },
    { type: 'bucketized_column', source_column: { type: 'numeric_column', key: 'price', shape: [2], default_value: 1, input: 'normalized price' }, boundaries: [0] },
    { type: 'embedding_column', categorical_column: { type: 'categorical_column_with_identity', key: 'day', num_buckets: 3 }, dimension: 2, use_safe_embedding_lookup: false, table: 104 },
    { type: 'numeric_column', key: 'age', default_value: 2n ** 60n, dtype: 'int64', normalizer_fn: [['log']] },
  ]);
  assert.deepEqual(asked, [video, other, shared[1], alone]);
  assert.ok(asked[0] === video && asked[2] === shared[1]); // the definitions themselves, to be found by identity
});

test('layer specs are read with their options', () => {
  const columns = [{ type: 'numeric_column', key: 'a' }];
  const made = [numeric('a')];
  assert.deepEqual(parseLayerSpec({ columns }), { layer: 'dense_features', columns: made, options: {} });
  assert.deepEqual(parseLayerSpec({ $schema: 's', version: 1, layer: 'linear_model', columns, units: 2, sparse_combiner: 'mean', scope: null, ckpt_to_load_from: 'm' }), {
    layer: 'linear_model', columns: made, options: { units: 2, sparseCombiner: 'mean', ckptToLoadFrom: 'm' },
  });
  assert.deepEqual(parseLayerSpec({ layer: 'dnn_classifier', feature_columns: columns, hidden_units: [8, 4], batch_norm: true, ckpt_to_load_from: 'm' }), {
    layer: 'dnn_classifier', columns: made, options: { hiddenUnits: [8, 4], batchNorm: true, ckptToLoadFrom: 'm' },
  });
  assert.deepEqual(
    parseLayerSpec({ layer: 'dnn_linear_combined_regressor', dnn_feature_columns: columns, linear_feature_columns: columns[0], dnn_activation_fn: 'elu', ckpt_to_load_from: 'm' }),
    { layer: 'dnn_linear_combined_regressor', dnnFeatureColumns: made, linearFeatureColumns: made, options: { dnnActivationFn: 'elu', ckptToLoadFrom: 'm' } },
  );
  const { layers } = JSON.parse(readFileSync(path.join(root, 'tests/golden/tensorflow_columns.json'), 'utf8'));
  assert.deepEqual(layers.map(({ serialized }) => parseLayerSpec(serialized).layer), ['dense_features', 'sequence_features']);
});

test('layer specs are checked', () => {
  const columns = [{ type: 'numeric_column', key: 'a' }];
  const spec = { layer: 'dnn_classifier', columns, ckpt_to_load_from: 'm' };
  const refusesSpec = (change, phrase, code) => refuses(() => parseLayerSpec({ ...spec, ...change }), phrase, code);
  refusesSpec({ layer: 'dnn_clasifier' }, 'Did you mean "dnn_classifier"?', 'invalid_spec');
  refusesSpec({ hiden_units: [1] }, 'has no field "hiden_units". Did you mean "hidden_units"?', 'invalid_spec');
  refusesSpec({ label_dimension: 2 }, 'has no field "label_dimension"', 'invalid_spec');
  refusesSpec({ ckpt_to_load_from: undefined }, 'needs the field "ckpt_to_load_from"', 'invalid_spec');
  refusesSpec({ columns: null }, 'needs the field "columns"', 'invalid_spec');
  refusesSpec({ version: '1' }, 'this package reads version 1', 'invalid_spec');
  refusesSpec({ hidden_units: 5 }, 'hidden_units must be a list of integers above 0');
  refusesSpec({ hidden_units: [5, 0] }, 'hidden_units must be a list of integers above 0');
  refusesSpec({ n_classes: 1 }, 'n_classes must be an integer of 2 or more');
  refusesSpec({ batch_norm: 1 }, 'batch_norm must be a boolean');
  refusesSpec({ activation_fn: 5 }, 'activation_fn must be a string');
  refusesSpec({ ckpt_to_load_from: 5 }, 'ckpt_to_load_from must be a URL');
  refuses(() => layerOptions('linear_model', { sparseCombiner: 'max' }), "sparse_combiner must be one of 'mean', 'sqrtn' or 'sum'");
  refuses(() => layerOptions('linear_model', { unit: 2 }), 'linear_model has no option "unit". Did you mean "units"?');
  refuses(() => layerOptions('dense_features', { units: 2 }), 'dense_features has no option "units".');
  refuses(() => parseLayerSpec([]), 'must be an object', 'invalid_spec');
  refuses(() => parseLayerSpec({ class_name: 'Dense', config: {} }), 'Unknown layer', 'invalid_spec');
});
