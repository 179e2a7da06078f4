// Models that TensorFlow's estimators trained and saved: the input layer bit for bit, and their predictions.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { fc, noShared, shared } from './package.mjs';

const models = shared ? path.join(shared, 'golden/models') : '';
const json = (...parts) => JSON.parse(readFileSync(path.join(models, ...parts), 'utf8'));
const folders = shared ? readdirSync(models).filter((name) => existsSync(path.join(models, name, 'model.json'))) : [];

/** Records of a TFRecord file: u64 length, its CRC, the bytes, their CRC. */
function records(file) {
  const found = [];
  for (let at = 0; at < file.length; ) {
    const size = Number(file.readBigUInt64LE(at));
    found.push(new Uint8Array(file.subarray(at + 12, at + 12 + size)));
    at += 16 + size;
  }
  return found;
}

/** The floats of a version 1 .npy file, with their shape. */
function npy(file) {
  const start = 10 + file.readUInt16LE(8);
  const shape = /\((\d+), (\d+)\)/.exec(file.toString('latin1', 10, start)).slice(1).map(Number);
  return { shape, data: new Float32Array(file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length)) };
}

/** Columns without a word on where weights are: the estimator's own checkpoint must tell. */
const bare = (spec) => ({ ...spec, columns: spec.columns.map(({ ckpt_to_load_from: _, tensor_name_in_ckpt: __, ...column }) => column) });

/** The camelCase method of `tf.estimator.DNNLinearCombinedClassifier`. */
const methodOf = ({ estimator }) => estimator.split('.').at(-1).replace(/^(DNN|L)/, (start) => start.toLowerCase());

function optionsOf(folder, model) {
  const options = { ckptToLoadFrom: '.', baseUrl: `${pathToFileURL(path.join(models, folder))}/` };
  const dnn = model.dnn && fc.fromSpec(bare(json(folder, model.dnn.columns)));
  const linear = model.linear && fc.fromSpec(bare(json(folder, model.linear.columns)));
  const activation = model.dnn?.hidden_layers[0].activation;
  if (dnn && linear) Object.assign(options, { dnnFeatureColumns: dnn, linearFeatureColumns: linear, dnnActivationFn: activation });
  else Object.assign(options, { featureColumns: dnn ?? linear }, dnn && { activationFn: activation });
  if (model.n_classes) options.nClasses = model.n_classes;
  return options;
}

/** Largest difference of two lists, in parts of the largest magnitude. */
function distance(actual, expected) {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i] - value)), 0) / largest;
}

const usesManyTerms = (column) => JSON.stringify(column).includes('weighted_categorical_column') || 'max_norm' in column;

test('there are ten models', { skip: noShared }, () => assert.equal(folders.length, 10));

for (const folder of folders) {
  const model = json(folder, 'model.json');
  const examples = records(readFileSync(path.join(models, folder, 'examples.tfrecord')));
  const outputs = json(folder, 'outputs.json');

  if (existsSync(path.join(models, folder, 'input_layer.npy'))) {
    test(`${folder}: its columns give the input layer, bit for bit`, async () => {
      const runtime = await fc.createRuntime();
      const layer = await runtime.load(path.join(models, folder, 'columns.json'));
      const { shape, data } = layer.transformExamples(examples);
      const expected = npy(readFileSync(path.join(models, folder, 'input_layer.npy')));
      assert.deepEqual([...shape], expected.shape);
      assert.deepEqual(layer.columns.map(({ name, offset, width }) => ({ name, offset, width })), model.dnn.input_layout);
      // Sums of many terms may differ in their last bit between machines, inside TensorFlow too.
      const close = new Set(
        json(folder, 'columns.json').columns.filter(usesManyTerms).flatMap(({ categorical_columns: columns = [] }) =>
          columns.map((column) => `${column.key ?? `${column.categorical_column.key}_weighted_by_${column.weight_feature_key}`}_shared_embedding`),
        ),
      );
      const [actualBits, expectedBits] = [new Int32Array(data.buffer, data.byteOffset, data.length), new Int32Array(expected.data.buffer)];
      for (const { name, offset, width } of model.dnn.input_layout) {
        for (let row = 0; row < shape[0]; ++row) {
          const from = row * shape[1] + offset;
          const slice = (array) => [...array.subarray(from, from + width)];
          if (!close.has(name)) assert.deepEqual(slice(actualBits), slice(expectedBits), `${name}, row ${row}`);
          else assert.ok(slice(data).every((value, i) => Math.abs(value - expected.data[from + i]) <= 1e-6 * 1.5), `${name}, row ${row}`);
        }
      }
      layer.dispose();
      assert.equal(runtime.stats().liveObjects, 0);
      runtime.dispose();
    });
  }

  test(`${folder}: its checkpoint gives the estimator's predictions`, async () => {
    const runtime = await fc.createRuntime();
    const estimator = await runtime[methodOf(model)](optionsOf(folder, model));
    const predictions = estimator.predictExamples(examples);
    const keys = Object.keys(outputs[0]);
    assert.deepEqual(Object.keys(predictions).map((key) => (key === 'classIds' ? 'class_ids' : key)).sort(), [...keys].sort());
    for (const key of keys) {
      const actual = predictions[key === 'class_ids' ? 'classIds' : key];
      const expected = outputs.flatMap((row) => row[key]);
      assert.deepEqual([...actual.shape], [outputs.length, outputs[0][key].length]);
      if (key === 'class_ids') assert.deepEqual([...actual], expected);
      else assert.ok(distance(actual, expected) <= 1e-6, `${key} differ by ${distance(actual, expected)} of the largest`);
    }
    estimator.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });
}

test('the SavedModel of an estimator is read as its checkpoint', { skip: noShared }, async () => {
  const folder = 'dnn_classifier';
  const runtime = await fc.createRuntime();
  const options = optionsOf(folder, json(folder, 'model.json'));
  const [one, other] = [await runtime.dnnClassifier(options), await runtime.dnnClassifier({ ...options, ckptToLoadFrom: 'saved_model' })];
  const rows = [{ watched_video_id: ['Fight Club (1999)'], impression_video_id: ['Pulp Fiction (1994)'] }];
  assert.deepEqual([...one.predictRows(rows).logits], [...other.predictRows(rows).logits]);
  runtime.dispose();
});

const wrong = [
  ['other hidden units', { hiddenUnits: [32, 8] }, 'shape_mismatch', /hiddenUnits \[32, 8\].*\[32, 16\]/],
  ['other classes', { nClasses: 3 }, 'shape_mismatch', /1 logits, but 3 are needed/],
  ['batch normalisation that is not there', { batchNorm: true }, 'tensor_not_found', /batchnorm_0/],
  ['a checkpoint that is not there', { ckptToLoadFrom: 'model.ckpt-4001' }, 'not_found', /model\.ckpt-4001/],
];
for (const [what, change, code, phrase] of wrong) {
  test(`dnn_classifier with ${what} is refused, and leaves nothing`, { skip: noShared }, async () => {
    const runtime = await fc.createRuntime();
    await assert.rejects(runtime.dnnClassifier({ ...optionsOf('dnn_classifier', json('dnn_classifier', 'model.json')), ...change }), (error) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, phrase);
      return true;
    });
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });
}
