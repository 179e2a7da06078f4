"""Live columns and weights, exported, opened by the npm package: TensorFlow's own numbers, bit for bit."""
import json
import os
import subprocess
import tempfile
import unittest
import warnings

from tensors import apply, session, slices, tensors  # first: it sets TensorFlow up
import numpy as np
import tensorflow as tf
import tf_keras

import cases
from feature_columns_export import ExportWarning, export
from feature_columns_export.weights import write_checkpoint

fc = tf.feature_column
WORDS = ['omar', 'marlo', 'avon', 'bunk', 'kima', 'stringer', 'zoë']


class Folder(unittest.TestCase):
  """A folder for each test, with a vocabulary in it."""

  def setUp(self):
    keeper = tempfile.TemporaryDirectory()
    self.addCleanup(keeper.cleanup)
    self.folder = keeper.name
    self.out = os.path.join(self.folder, 'out')
    self.vocabulary = self.path('words.txt')
    with open(self.vocabulary, 'w', encoding='utf-8') as file:
      file.write('\n'.join(WORDS) + '\n')

  def path(self, name):
    return os.path.join(self.folder, name)

  def columns(self, *keys, **more):
    return [fc.categorical_column_with_vocabulary_file(key, self.vocabulary, **more) for key in keys]

  def check(self, make, rows, dtypes, layer='dense_features', weights=None, close=(), options=None, **arguments):
    """Runs columns in TensorFlow, exports them with their trained variables, and lets the npm package answer."""
    options = options or {}
    with tf.Graph().as_default(), session() as running:
      tf.compat.v1.set_random_seed(7)
      columns = make()
      outputs = apply(layer, columns, tensors(rows, dtypes), **options)
      variables = tf.compat.v1.global_variables()
      running.run([tf.compat.v1.global_variables_initializer(), tf.compat.v1.tables_initializer()])
      for variable in variables:  # zeros would hide mistakes
        variable.load(np.random.default_rng(3).normal(size=variable.shape).astype(np.float32), running)
      results = running.run(outputs)
      source = weights(running, variables) if weights else dict(zip((variable.name for variable in variables), running.run(variables)))
      report = export(columns, self.out, layer=layer, weights=source, **options, **arguments)
      of_columns = slices(columns) if layer != 'linear_model' else None
    line = cases.case('case', self.out, rows, dtypes, results[0], of_columns, results[1] if len(results) > 1 else None, close)
    found = cases.verify([line])
    self.assertEqual((found['equal'] + (found['close'] if close else 0), found['different']), (1, 0), found)
    return report


class EveryKind(Folder):

  def test_dense(self):
    def make():
      file, = self.columns('word', num_oov_buckets=2)
      hashed = fc.categorical_column_with_hash_bucket('query', 11)
      identity = fc.categorical_column_with_identity('day', 7, default_value=0)
      listed = fc.categorical_column_with_vocabulary_list('genre', ['drama', 'Amélie'], default_value=1)
      integers = fc.categorical_column_with_vocabulary_list('year', [1999, 2002, 2008], dtype=tf.int64)
      price = fc.numeric_column('price')
      bucketized = fc.bucketized_column(price, [0.0, 1.5, 10.0])
      crossed = fc.crossed_column(['genre', bucketized, identity], 13, hash_key=5)
      weighted = fc.weighted_categorical_column(hashed, 'weight')
      return [
          fc.numeric_column('size', shape=(2, 2), default_value=1.5), price, bucketized, fc.indicator_column(file), fc.indicator_column(crossed),
          fc.embedding_column(file, 3, combiner='sqrtn'), fc.embedding_column(identity, 5, combiner='sum', max_norm=1.25), fc.indicator_column(listed),
          fc.indicator_column(integers), fc.embedding_column(weighted, 4), fc.embedding_column(bucketized, 2),
      ]
    rows = [
        {'word': ['omar', 'nobody'], 'query': {'values': ['a', 'b']}, 'weight': {'values': [0.5, 2.0]}, 'day': [6, 99], 'genre': 'drama', 'year': [2002], 'price': 1.5, 'size': [1.0, 2.0, 3.0, 4.0]},
        {'word': ['zoë'], 'query': {'values': []}, 'weight': {'values': []}, 'day': [1], 'genre': 'x', 'year': [1999, 3], 'price': -7.25, 'size': [0.0, -1.0, 0.1, 9.0]},
    ]
    dtypes = {'word': 'string', 'query': 'string', 'weight': 'float32', 'day': 'int64', 'genre': 'string', 'year': 'int64', 'price': 'float32', 'size': 'float32'}
    report = self.check(make, rows, dtypes, close=['day_embedding'])  # max_norm follows the SIMD width of the CPU
    self.assertEqual(report.warnings, [])
    self.assertEqual(list(report.vocabularies), ['words.txt'])

  def test_shared_embeddings(self):
    def make():
      watched, impression = self.columns('watched', 'impression')
      weighted = fc.weighted_categorical_column(impression, 'weight')
      return fc.shared_embeddings([watched, weighted], 16, max_norm=None, combiner='mean')
    rows = [{'watched': ['omar', 'avon', ''], 'impression': {'values': ['bunk', 'kima']}, 'weight': {'values': [1.0, 0.25]}},
            {'watched': ['nobody'], 'impression': {'values': ['marlo']}, 'weight': {'values': [3.0]}}]
    report = self.check(make, rows, {'watched': 'string', 'impression': 'string', 'weight': 'float32'})
    self.assertEqual(list(report.tensors.values()), [(len(WORDS), 16)])  # one table
    self.assertEqual([item['type'] for item in report.spec['columns']], ['shared_embeddings'])

  def test_shared_embeddings_of_version_1(self):
    make = lambda: tf.compat.v1.feature_column.shared_embedding_columns(self.columns('watched', 'impression'), 4)
    self.check(make, [{'watched': ['omar', 'avon'], 'impression': ['bunk']}], {'watched': 'string', 'impression': 'string'})

  def test_sequences(self):
    def make():
      words = fc.sequence_categorical_column_with_vocabulary_file('words', self.vocabulary)
      plain = fc.sequence_categorical_column_with_hash_bucket('query', 9)
      return [fc.embedding_column(words, 3), fc.indicator_column(plain), fc.sequence_numeric_column('size')] + list(
          fc.shared_embeddings([fc.sequence_categorical_column_with_identity('day', 7), fc.sequence_categorical_column_with_identity('other', 7)], 2))
    sparse = lambda *values: {'values': list(values)}
    rows = [{'words': sparse('omar', 'x', 'bunk'), 'query': sparse('a', 'b', 'c'), 'size': sparse(1.0, 2.0, 0.5), 'day': sparse(1, 2, 3), 'other': sparse(0, 6, 2)},
            {'words': sparse('avon'), 'query': sparse('d'), 'size': sparse(4.0), 'day': sparse(5), 'other': sparse(4)}]
    self.check(make, rows, {'words': 'string', 'query': 'string', 'size': 'float32', 'day': 'int64', 'other': 'int64'}, layer='sequence_features')

  def test_linear_model(self):
    def make():
      word, = self.columns('word')
      return [word, fc.numeric_column('price')]
    self.check(make, [{'word': ['omar', 'avon'], 'price': 1.5}, {'word': ['x'], 'price': 2.0}], {'word': 'string', 'price': 'float32'}, layer='linear_model', options={'units': 2})

  def test_normalizer_steps(self):
    make = lambda: [fc.numeric_column('age', normalizer_fn=lambda x: (x - 3.0) / 2.0)]
    report = self.check(make, [{'age': 1.1}, {'age': 99.0}], {'age': 'float32'}, normalizer_steps={'age': [['sub', 3.0], ['div', 2.0]]})
    self.assertEqual(report.warnings, [])


class Sources(Folder):
  ROWS = [{'word': ['omar', 'avon', 'x']}, {'word': ['bunk', '', '']}]

  def make(self):
    return [fc.embedding_column(self.columns('word')[0], 4)]

  def test_saver(self):
    save = lambda running, _: tf.compat.v1.train.Saver().save(running, self.path('saved/model.ckpt'), global_step=3)
    self.check(self.make, self.ROWS, {'word': 'string'}, weights=save)
    directory = lambda running, _: os.path.dirname(save(running, _))
    self.check(self.make, self.ROWS, {'word': 'string'}, weights=directory)

  def test_partitioned_checkpoint(self):
    def save(running, variables):
      table = running.run(variables[0])
      with tf.Graph().as_default(), session() as other:
        with tf.compat.v1.variable_scope('dnn', partitioner=tf.compat.v1.fixed_size_partitioner(3)):
          parts = tf.compat.v1.get_variable('word_embedding/embedding_weights', table.shape)
        at = 0
        for part in parts:
          part.load(table[at:at + part.shape[0]], other)
          at += part.shape[0]
        return tf.compat.v1.train.Saver().save(other, self.path('parts.ckpt'))
    self.check(self.make, self.ROWS, {'word': 'string'}, weights=save)

  def test_live_layer_and_saved_model(self):
    layer = tf_keras.layers.DenseFeatures(self.make())
    wanted = layer({'word': tf.constant([row['word'] for row in self.ROWS])}).numpy()
    module = tf.Module()
    module.layer = layer
    module.found = layer.variables
    tf.saved_model.save(module, self.path('saved_model'))
    for source in (layer, self.path('saved_model'), {variable.name: variable for variable in layer.variables}):
      export(self.make(), self.out, weights=source)
      self.assertEqual(cases.verify([cases.case('live', self.out, self.ROWS, {'word': 'string'}, wanted)])['equal'], 1)

  def test_checkpoint_of_the_columns(self):
    table = np.random.default_rng(1).normal(size=(len(WORDS), 4)).astype(np.float32)
    write_checkpoint(self.path('own.ckpt'), {'some/table': table, 'other': table})
    columns = [fc.embedding_column(self.columns('word')[0], 4, ckpt_to_load_from=self.path('own.ckpt'), tensor_name_in_ckpt='some/table')]
    report = export(columns, self.out)
    self.assertEqual(list(report.tensors), ['word_embedding/embedding_weights'])  # nothing else travels
    rows = [{'word': 'avon'}]
    self.assertEqual(cases.verify([cases.case('own', self.out, rows, {'word': 'string'}, table[2:3])])['equal'], 1)

  def test_estimator(self):
    shared = os.environ.get('FCOL_SHARED', '')
    model = os.path.join(shared, 'golden/models/dnn_classifier')
    if not os.path.exists(os.path.join(model, 'columns.json')):
      self.skipTest('the shared goldens are not here')
    with open(os.path.join(model, 'columns.json'), encoding='utf-8') as file:
      group, = json.load(file)['columns']
    del group['ckpt_to_load_from'], group['tensor_name_in_ckpt']  # the estimator's checkpoint has it
    with tf.Graph().as_default():
      members = [fc.categorical_column_with_vocabulary_file(each['key'], os.path.join(model, each['vocabulary_file'])) for each in group['categorical_columns']]
      export(fc.shared_embeddings(members, group['dimension']), self.out, layer='dnn_classifier', weights=model, hidden_units=[32, 16])
    for each in group['categorical_columns']:
      each['vocabulary_file'] = os.path.join(model, each['vocabulary_file'])
    by_hand = self.path('by_hand.json')
    with open(by_hand, 'w', encoding='utf-8') as file:
      json.dump({'version': 1, 'layer': 'dnn_classifier', 'columns': [group], 'ckpt_to_load_from': model}, file)
    rows = os.path.join(model, 'rows.ndjson')
    scored = [subprocess.run(['node', cases.PROGRAM, 'score', '--spec', spec, '--input', rows], capture_output=True, text=True, check=False)
              for spec in (os.path.join(self.out, 'spec.json'), by_hand)]
    self.assertEqual(scored[0].stdout, scored[1].stdout, scored[0].stderr + scored[1].stderr)
    self.assertIn('probabilities', scored[0].stdout)


class Refusals(Folder):

  def test_a_normalizer_without_steps_warns_and_does_not_load(self):
    with warnings.catch_warnings(record=True) as caught:
      warnings.simplefilter('always')
      report = export([fc.numeric_column('age', normalizer_fn=lambda x: x * 2)], self.out)
    self.assertEqual([each.category for each in caught if issubclass(each.category, ExportWarning)], [ExportWarning])
    self.assertRegex(report.warnings[0], "age: .*normalizer_steps=")
    done = subprocess.run(['node', cases.PROGRAM, 'transform', '--spec', os.path.join(self.out, 'spec.json')], input='{"age": 1}\n', capture_output=True, text=True, check=False)
    self.assertEqual((done.returncode, done.stdout), (1, ''))
    self.assertIn('normalizer_fn', done.stderr)

  def test_steps_that_are_not_the_function(self):
    with self.assertRaisesRegex(ValueError, 'are not its normalizer_fn'):
      export([fc.numeric_column('age', normalizer_fn=lambda x: x / 3.0)], self.out, normalizer_steps={'age': [['mul', 1 / 3]]})
    self.assertFalse(os.path.exists(self.out))

  def test_weights_that_are_not_there(self):
    columns = [fc.embedding_column(self.columns('word')[0], 4)]
    table = np.zeros((7, 4), np.float32)
    for weights, words in (({}, 'no variable ends with'), ({'a/word_embedding/embedding_weights': table, 'b/word_embedding/embedding_weights': table}, 'several variables'),
                           (self.path('nothing'), 'is no checkpoint'), (None, 'no weights were given')):
      with self.assertRaisesRegex(ValueError, words):
        export(columns, self.out, weights=weights)
    report = export(columns, self.out, weights={'a/x': table}, tensor_names={'word_embedding': 'a/x'})
    self.assertEqual(list(report.tensors), ['word_embedding/embedding_weights'])
    with self.assertRaisesRegex(ValueError, 'given for nothing'):
      export(columns, self.out, weights={'word_embedding/embedding_weights': table}, tensor_names={'wrod_embedding': 'x'})

  def test_what_is_no_column(self):
    for wrong in ('age', [fc.numeric_column('age'), 5]):
      with self.assertRaisesRegex(TypeError, 'is no column of tf.feature_column'):
        export(wrong, self.out)
    with self.assertRaisesRegex(ValueError, 'layer is one of'):
      export([fc.numeric_column('age')], self.out, layer='dense')
    with self.assertRaisesRegex(TypeError, 'weights must be'):
      export([fc.numeric_column('age')], self.out, weights=5)

  def test_two_vocabularies_of_one_name(self):
    os.mkdir(self.path('other'))
    with open(self.path('other/words.txt'), 'w', encoding='utf-8') as file:
      file.write('bird\n')
    report = export([fc.indicator_column(self.columns('a')[0]), fc.indicator_column(fc.categorical_column_with_vocabulary_file('b', self.path('other/words.txt')))], self.out)
    self.assertEqual(sorted(report.vocabularies), ['words.txt', 'words_2.txt'])


if __name__ == '__main__':
  unittest.main()
