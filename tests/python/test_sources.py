"""Every place that weights may be in."""
import os
import unittest

from exporting import WORDS, Exporting, fc, session, tensors, tf
import numpy as np
import tf_keras

import cases
from feature_columns_export import export
from feature_columns_export.weights import from_checkpoint, write_checkpoint

ROWS = [{'word': ['omar', 'avon', 'x']}, {'word': ['bunk', '', '']}]
DTYPES = {'word': 'string'}
BATCH = tensors(ROWS, DTYPES)


class Sources(Exporting):

  def make(self, **more):
    return [fc.embedding_column(self.columns('word')[0], 4, **more)]

  def saved(self, running, _=None):
    return tf.compat.v1.train.Saver().save(running, self.path('saved/model.ckpt'), global_step=3)

  def test_saver(self):
    self.check(self.make, ROWS, DTYPES, weights=self.saved)
    self.check(self.make, ROWS, DTYPES, weights=lambda running, _: os.path.dirname(self.saved(running)))
    self.check(self.make, ROWS, DTYPES, weights=lambda running, _: self.saved(running) + '.index')

  def test_optimizers_of_graphs(self):
    with tf.Graph().as_default(), session() as running:
      outputs = tf_keras.layers.DenseFeatures(self.make())(tensors(ROWS, DTYPES))
      train = tf.compat.v1.train.AdamOptimizer().minimize(tf.reduce_sum(outputs), var_list=tf.compat.v1.global_variables())
      running.run([tf.compat.v1.global_variables_initializer(), tf.compat.v1.tables_initializer()])
      running.run(train)
      wanted = running.run(outputs)
      self.assertTrue(any(variable.op.name.endswith('/Adam') for variable in tf.compat.v1.global_variables()))
      for source in (self.saved(running), tf.compat.v1.global_variables()):
        report = export(self.make(), self.out, weights=source)
        self.assertEqual(list(report.tensors), ['word_embedding/embedding_weights'])
        self.same(cases.case('adam', self.out, ROWS, DTYPES, wanted))

  def test_partitioned_variables(self):
    def parted(running, variables):
      table = running.run(variables[0])
      with tf.Graph().as_default(), session() as other:
        with tf.compat.v1.variable_scope('dnn', partitioner=tf.compat.v1.fixed_size_partitioner(3)):
          parts = tf.compat.v1.get_variable('word_embedding/embedding_weights', table.shape)
        at = 0
        for part in parts:
          part.load(table[at:at + part.shape[0]], other)
          at += part.shape[0]
        self.path_of_parts = tf.compat.v1.train.Saver().save(other, self.path('parts.ckpt'))
        for source in ({parts.name: parts}, [parts], list(parts), tf.compat.v1.global_variables()):  # live
          report = export(self.make(), self.path('live'), weights=source)
          self.assertEqual(list(report.tensors.values()), [(len(WORDS), 4)])
          np.testing.assert_array_equal(from_checkpoint(self.path('live/model.ckpt')).value('word_embedding/embedding_weights'), table)
        with self.assertRaisesRegex(ValueError, 'only some parts'):
          export(self.make(), self.path('some'), weights=list(parts)[1:])
      return self.path_of_parts
    self.check(self.make, ROWS, DTYPES, weights=parted)
    # Copied whole, its parts are put together by the npm package.
    self.check(self.make, ROWS, DTYPES, weights=parted, whole_checkpoint=True)

  def test_live_layer_and_saved_model(self):
    layer = tf_keras.layers.DenseFeatures(self.make())
    wanted = layer(BATCH).numpy()
    module = tf.Module()
    module.layer = layer
    module.found = layer.variables
    tf.saved_model.save(module, self.path('saved_model'))
    for source in (layer, module, self.path('saved_model'), layer.variables, {variable.name: variable for variable in layer.variables}):
      export(self.make(), self.out, weights=source)
      self.same(cases.case('live', self.out, ROWS, DTYPES, wanted))
    export(layer, self.out)  # the layer has both
    self.same(cases.case('layer', self.out, ROWS, DTYPES, wanted, [['word_embedding', 0, 4]]))
    sequences = tf_keras.experimental.SequenceFeatures([fc.sequence_numeric_column('size')])
    self.assertEqual(export(sequences, self.out).spec['layer'], 'sequence_features')

  def test_trained_keras_models(self):
    for optimizer in (tf_keras.optimizers.Adam(), tf_keras.optimizers.Adagrad(), tf_keras.optimizers.legacy.Adam()):
      layer = tf_keras.layers.DenseFeatures(self.make())
      model = tf_keras.Sequential([layer, tf_keras.layers.Dense(1)])
      model.compile(optimizer, 'mse')
      model.fit(BATCH, np.ones((2, 1)), epochs=2, verbose=0)
      wanted = layer(BATCH).numpy()
      model.save(self.path('model'), save_format='tf')
      model.save_weights(self.path('weights'))
      saved = tf.train.Checkpoint(model=model, optimizer=model.optimizer).save(self.path('objects/ckpt'))
      for source in (model, self.path('model'), self.path('weights'), saved):
        for whole in (False, source is not model):
          with self.subTest(optimizer=optimizer, source=source, whole=whole):
            export(self.make(), self.out, weights=source, whole_checkpoint=whole)
            self.same(cases.case('trained', self.out, ROWS, DTYPES, wanted))

  def test_two_layers_with_variables_of_one_name(self):
    layers = [tf_keras.layers.DenseFeatures(self.make(), name='features') for _ in range(2)]
    wanted = [layer(BATCH).numpy() for layer in layers]
    saved = tf.train.Checkpoint(one=layers[0], two=layers[1]).save(self.path('ckpt'))
    with self.assertRaisesRegex(ValueError, r'several variables .*one/word_embedding/embedding_weights, two/word_embedding/embedding_weights'):
      export(self.make(), self.out, weights=saved)
    key = 'two/word_embedding.Sembedding_weights/.ATTRIBUTES/VARIABLE_VALUE'
    for name in ('two/word_embedding/embedding_weights', key):
      export(self.make(), self.out, weights=saved, tensor_names={'word_embedding': name})
      self.same(cases.case('two', self.out, ROWS, DTYPES, wanted[1]))
    self.assertFalse(np.array_equal(*wanted))
    # TensorFlow's own ckpt_to_load_from knows keys only.
    export(self.make(ckpt_to_load_from=saved, tensor_name_in_ckpt=key), self.out)
    self.same(cases.case('key', self.out, ROWS, DTYPES, wanted[1]))
    both = tf.Module()
    both.layers = layers
    with self.assertRaisesRegex(ValueError, 'two variables are called'):
      export(self.make(), self.out, weights=both)

  def test_shared_tables_of_graphs(self):
    rows = [{'a': ['omar'], 'b': ['zoë', 'kima']}]
    with tf.Graph().as_default(), session() as running:
      columns = fc.shared_embeddings(self.columns('a', 'b'), 3)
      layer = tf_keras.layers.DenseFeatures(columns)
      outputs = layer({'a': tf.constant([['omar', '']]), 'b': tf.constant([['zoë', 'kima']])})
      running.run([tf.compat.v1.global_variables_initializer(), tf.compat.v1.tables_initializer()])
      wanted = running.run(outputs)
      self.assertEqual(layer.variables, [])  # the shared table is not among them
      objects = tf.train.Checkpoint(layer=layer).write(self.path('objects'))
      for source in (layer, tf.compat.v1.global_variables(), {variable.name: variable for variable in tf.compat.v1.global_variables()}, objects):
        export(columns, self.out, weights=source)
        self.same(cases.case('shared', self.out, rows, {'a': 'string', 'b': 'string'}, wanted))
    with self.assertRaisesRegex(ValueError, 'is a variable of a graph, and its value is in a session'):
      export(columns, self.out, weights=layer)

  def test_checkpoint_of_the_columns(self):
    tables = np.random.default_rng(1).normal(size=(2, len(WORDS), 4)).astype(np.float32)
    write_checkpoint(self.path('own.ckpt'), {'some/table': tables[0], 'other': tables[1]})
    columns = self.make(ckpt_to_load_from=self.path('own.ckpt'), tensor_name_in_ckpt='some/table')
    rows = [{'word': 'avon'}]
    self.assertEqual(list(export(columns, self.out).tensors), ['word_embedding/embedding_weights'])  # nothing else travels
    self.same(cases.case('own', self.out, rows, DTYPES, tables[0][2:3]))
    # What was trained afterwards is not what was loaded in the beginning.
    export(columns, self.out, weights={'word_embedding/embedding_weights': tables[1]})
    self.same(cases.case('trained', self.out, rows, DTYPES, tables[1][2:3]))
    with self.assertRaisesRegex(ValueError, "has no tensor 'gone'; it has other, some/table"):
      export(self.make(ckpt_to_load_from=self.path('own.ckpt'), tensor_name_in_ckpt='gone'), self.out)

  def test_whole_checkpoints(self):
    tables = np.random.default_rng(1).normal(size=(2, len(WORDS), 4)).astype(np.float32)
    for name, table in zip(('one.ckpt', 'two.ckpt'), tables):
      write_checkpoint(self.path(name), {'table': table, 'unused': table + 1})
    make = lambda key, name: fc.embedding_column(self.columns(key)[0], 4, ckpt_to_load_from=self.path(name), tensor_name_in_ckpt='table')
    report = export([make('a', 'one.ckpt'), make('b', 'two.ckpt')], self.out, whole_checkpoint=True)
    self.assertEqual(sorted(os.listdir(self.out)), ['model.ckpt.data-00000-of-00001', 'model.ckpt.index', 'model_2.ckpt.data-00000-of-00001', 'model_2.ckpt.index', 'spec.json', 'words.txt'])
    self.same(cases.case('whole', self.out, [{'a': 'avon', 'b': 'omar'}], {'a': 'string', 'b': 'string'}, np.concatenate([tables[0][2:3], tables[1][:1]], axis=1)))
    self.assertEqual(list(report.tensors), ['table'])
    self.assertIn('unused', from_checkpoint(self.path('out/model.ckpt')).names)
    with self.assertRaisesRegex(ValueError, 'whole_checkpoint copies the files of a checkpoint, and the given variables are none'):
      export(self.make(), self.out, weights={'word_embedding/embedding_weights': tables[0]}, whole_checkpoint=True)

  def test_whole_checkpoint_of_a_linear_model(self):
    def saved(running, variables):
      return tf.compat.v1.train.Saver({f'linear/{variable.op.name}': variable for variable in variables}).save(running, self.path('linear.ckpt'))
    check = lambda **more: self.check(lambda: self.columns('word'), ROWS, DTYPES, layer='linear_model', weights=saved, **more)
    check()
    with self.assertRaisesRegex(ValueError, "give scope='linear/linear_model'"):
      check(whole_checkpoint=True)
    check(whole_checkpoint=True, scope='linear/linear_model')

  def test_half_precision(self):
    for dtype in (tf.float16, tf.bfloat16):
      table = tf.cast(tf.random.stateless_normal([len(WORDS), 4], [1, 2]), dtype)
      export(self.make(), self.out, weights={'word_embedding/embedding_weights': table})
      self.same(cases.case('half', self.out, [{'word': 'avon'}], DTYPES, tf.cast(table[2:3], tf.float32).numpy()))


if __name__ == '__main__':
  unittest.main()
