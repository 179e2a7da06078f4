// One model, every way in: rows, NDJSON and tf.Examples give the same bits, from a spec as from the calls.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { fc, shared } from './package.mjs';

const folder = shared && path.join(shared, 'golden/models');
const models = folder ? readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'model.json'))) : [];

function specOf(name, model) {
  const read = (file) => JSON.parse(readFileSync(path.join(folder, name, file), 'utf8')).columns;
  const layer = model.estimator.split('.').pop().replace(/^DNN/, 'dnn_').replace(/Linear|Combined|Classifier|Regressor/g, (word) => `_${word.toLowerCase()}`).replace(/_+/g, '_').replace(/^_/, '');
  const combined = layer.startsWith('dnn_linear');
  const columns = combined ? { dnn_feature_columns: read('columns.json'), linear_feature_columns: read('linear_columns.json') } : { columns: read('columns.json') };
  const [first] = model.dnn?.hidden_layers ?? [];
  const activation = first ? { [combined ? 'dnn_activation_fn' : 'activation_fn']: first.activation } : {};
  return { version: 1, layer, ckpt_to_load_from: './', ...columns, ...activation, ...(model.n_classes ? { n_classes: model.n_classes } : {}) };
}

for (const name of models) {
  test(`${name}: a spec, as rows, NDJSON and tf.Examples`, async () => {
    const at = (file) => path.join(folder, name, file);
    const lines = readFileSync(at('rows.ndjson'));
    const rows = lines.toString('utf8').trim().split('\n').map((line) => JSON.parse(line));
    const records = readFileSync(at('examples.tfrecord'));
    const examples = [];
    for (let start = 0; start < records.length; start += 16 + examples.at(-1).length) {
      examples.push(new Uint8Array(records.subarray(start + 12, start + 12 + Number(records.readBigUInt64LE(start)))));
    }
    const runtime = await fc.createRuntime();
    const spec = specOf(name, JSON.parse(readFileSync(at('model.json'), 'utf8')));
    const estimator = await runtime.load(spec, { baseUrl: pathToFileURL(at('./')).href });
    assert.equal(estimator.kind, spec.layer);
    const wanted = estimator.predictExamples(examples);
    assert.equal(Object.values(wanted)[0].shape[0], rows.length);
    for (const predictions of [estimator.predictRows(rows), estimator.predictNdjson(lines)]) {
      assert.deepEqual(Object.keys(predictions), Object.keys(wanted));
      for (const [key, values] of Object.entries(wanted)) assert.deepEqual([...predictions[key]], [...values], key);
    }
    estimator.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });
}

test('numbers of a prediction know their shape, and are still plain arrays', { skip: models.length === 0 && 'the shared goldens are not beside this checkout (FCOL_SHARED)' }, async () => {
  const runtime = await fc.createRuntime();
  const spec = specOf('dnn_classifier', JSON.parse(readFileSync(path.join(folder, 'dnn_classifier/model.json'), 'utf8')));
  const estimator = await runtime.load(spec, { baseUrl: `${pathToFileURL(path.join(folder, 'dnn_classifier'))}/` });
  const { logits, classIds, probabilities } = estimator.predictRows([{ watched_video_id: [], impression_video_id: 'nobody' }, {}]);
  assert.ok(logits instanceof Float32Array && classIds instanceof Int32Array);
  assert.deepEqual([...logits.shape], [2, 1]);
  assert.deepEqual([...probabilities.shape], [2, 2]);
  assert.equal(logits.data, logits);
  assert.deepEqual(Object.keys(logits), ['0', '1']);
  const { shape } = estimator.predict({ watched_video_id: [], impression_video_id: [] }).classIds;
  assert.deepEqual([...shape], [0, 1]);
  runtime.dispose();
});
