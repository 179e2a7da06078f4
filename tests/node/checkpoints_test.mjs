// Checkpoints that TensorFlow and Keras wrote: their tables by key and by the variables' names, bit for bit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { fc, noShared, shared } from './package.mjs';

const checkpoints = shared ? path.join(shared, 'golden/checkpoints') : '';
const json = (...parts) => JSON.parse(readFileSync(path.join(checkpoints, ...parts), 'utf8'));
const bits = (values) => [...new Int32Array(Float32Array.from(values).buffer)];

/** Loads a spec whose names are relative to a folder of checkpoints, and compares what it makes of a batch. */
async function check(folder, spec, batch, expected) {
  const runtime = await fc.createRuntime();
  const layer = await runtime.load(spec, { baseUrl: `${pathToFileURL(path.join(checkpoints, folder))}/` });
  const { shape, data } = layer.transform(batch);
  assert.deepEqual([...shape], expected.shape);
  assert.deepEqual(bits(data), bits(expected.values));
  layer.dispose();
  assert.equal(runtime.stats().liveObjects, 0);
  runtime.dispose();
}

for (const [folder, file] of [['keras_dense_features', 'columns.json'], ['keras_save_weights', 'columns.json'], ['keras_saved_model', 'columns.json'], ['shared_embeddings_keras_graph', 'columns.json'], ['shared_embeddings_keras_graph', 'columns-saver.json']]) {
  test(`${folder}/${file}: the layer's output`, { skip: noShared }, () => check(folder, json(folder, file), json(folder, 'batch.json'), json(folder, 'outputs.json').features));
}

test('a checkpoint of objects is read by the names of variables too', { skip: noShared }, async () => {
  const folder = 'shared_embeddings_keras_graph';
  const spec = json(folder, 'columns-saver.json');
  for (const column of spec.columns) column.ckpt_to_load_from = 'objects.ckpt';
  await check(folder, spec, json(folder, 'batch.json'), json(folder, 'outputs.json').features);
});

test('a SavedModel is named by its directory', { skip: noShared }, async () => {
  const folder = 'keras_saved_model';
  const spec = json(folder, 'columns.json');
  for (const column of spec.columns) if (column.ckpt_to_load_from) column.ckpt_to_load_from = 'saved_model';
  await check(folder, spec, json(folder, 'batch.json'), json(folder, 'outputs.json').features);
});

test('partitioned variables are put together', { skip: noShared }, async () => {
  const folder = 'partitioned_embedding';
  const { batch, output } = json(folder, 'dense_features.json');
  const names = Object.entries(json(folder, 'expected.json'));
  const named = (rows, dimension) => names.find(([, { shape }]) => shape.length === 2 && shape[0] === rows && shape[1] === dimension)[0];
  const identity = (key, num_buckets) => ({ type: 'categorical_column_with_identity', key, num_buckets });
  // The directory, not the prefix: its checkpoint file says which.
  const at = (tensor_name_in_ckpt, dimension) => ({ dimension, ckpt_to_load_from: '.', tensor_name_in_ckpt });
  const columns = [
    { type: 'shared_embeddings', categorical_columns: [identity('watched', 10), identity('impression', 10)], ...at(named(10, 3), 3) },
    { type: 'embedding_column', categorical_column: identity('tag', 7), ...at(named(7, 2), 2) },
  ];
  await check(folder, { version: 1, layer: 'dense_features', columns }, batch, output);
});

/** An identity column over each row of a table gives the table. */
for (const [folder, ckpt, file] of [['two_steps', '.', 'expected.json'], ['two_steps', 'model.ckpt-100', 'expected-100.json'], ['sharded', '.', 'expected.json'], ['many_keys', 'model.ckpt', 'expected.json'], ['keras_legacy_optimizer', 'ckpt', 'expected.json']]) {
  test(`${folder}: every table of ${ckpt === '.' ? 'the latest step' : ckpt}`, { skip: noShared }, async () => {
    const tables = Object.entries(json(folder, file)).filter(([, { dtype, shape }]) => dtype === 'float32' && shape.length === 2);
    assert.ok(tables.length > 0);
    const runtime = await fc.createRuntime();
    for (const [name, { shape: [rows, dimension], values }] of tables) {
      const column = fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: rows }), { dimension, ckptToLoadFrom: ckpt, tensorNameInCkpt: name });
      const layer = await runtime.denseFeatures([column], { baseUrl: `${pathToFileURL(path.join(checkpoints, folder))}/` });
      assert.deepEqual(bits(layer.transform({ id: Int32Array.from({ length: rows }, (_, row) => row) }).data), bits(values), name);
      layer.dispose();
    }
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });
}
