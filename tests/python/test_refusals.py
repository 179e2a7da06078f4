"""What cannot travel, and what is wrong: warnings and errors that say what to do."""
import json
import os
import unittest
import warnings

from exporting import Exporting, WORDS, fc, tf
import numpy as np

import cases
from feature_columns_export import ExportWarning, export
from feature_columns_export.layers import ACTIVATIONS, OPTIONS

TABLE = np.zeros((len(WORDS), 4), np.float32)


class Warnings(Exporting):

  def export(self, *given, **more):
    """The report, and the warnings that were issued."""
    with warnings.catch_warnings(record=True) as caught:
      warnings.simplefilter('always')
      report = export(*given, self.out, **more)
    issued = [str(each.message) for each in caught if issubclass(each.category, ExportWarning)]
    self.assertEqual(issued, report.warnings)
    return report

  def test_a_normalizer_without_steps_warns_and_does_not_load(self):
    report = self.export([fc.numeric_column('age', normalizer_fn=lambda x: x * 2), fc.bucketized_column(fc.numeric_column('age', normalizer_fn=lambda x: x * 2), [1.0])])
    self.assertEqual(len(report.warnings), 1)
    self.assertRegex(report.warnings[0], r"age: .*<lambda> is code and does not travel\. Give normalizer_steps=")
    done = self.transform('{"age": 1}\n')
    self.assertEqual((done.returncode, done.stdout), (1, ''))
    self.assertIn('normalizer_fn', done.stderr)

  def test_an_initializer_that_is_a_function(self):
    word, = self.columns('word')
    table = {'word_embedding/embedding_weights': TABLE}
    report = self.export([fc.embedding_column(word, 4, initializer=lambda *_, **__: None)], weights=table)
    self.assertEqual(len(report.warnings), 1)
    self.assertRegex(report.warnings[0], 'word_embedding: its initializer is a function')
    self.assertEqual(self.export([fc.embedding_column(word, 4, initializer=tf.compat.v1.zeros_initializer())], weights=table).warnings, [])


class Refusals(Exporting):

  def refused(self, words, *given, error=ValueError, **more):
    """The export fails with these words and leaves nothing behind."""
    with self.assertRaisesRegex(error, words):
      export(*given, self.out, **more)
    self.assertFalse(os.path.exists(self.out))

  def word(self, **more):
    return [fc.embedding_column(self.columns('word')[0], 4, **more)]

  def test_steps(self):
    third = [fc.numeric_column('age', normalizer_fn=lambda x: x / 3.0)]
    for steps, words in (([['mul', 1 / 3]], r'are not its normalizer_fn: of .* they make'), ([['dvi', 3.0]], 'is no step'), (['log'], 'is no step'), ([['div']], 'is no step'),
                         ([['div', 'three']], 'operand is not of the dtype float32')):
      self.refused(words, third, normalizer_steps={'age': steps})
    self.refused('is not of the dtype int64', [fc.numeric_column('age', dtype=tf.int64, normalizer_fn=lambda x: x + 1)], normalizer_steps={'age': [['add', 1.5]]})
    of_the_batch = [fc.numeric_column('age', normalizer_fn=lambda x: x - tf.reduce_mean(x))]
    self.refused('are not its normalizer_fn', of_the_batch, normalizer_steps={'age': [['sub', 0.0]]})
    by_position = [fc.numeric_column('size', shape=2, normalizer_fn=lambda x: x - tf.constant([1.0, 2.0]))]
    self.refused('are not its normalizer_fn', by_position, normalizer_steps={'size': [['sub', 1.0]]})
    def fails(_):
      raise RuntimeError('no such thing')
    self.refused("normalizer_fn of 'age' fails .*: no such thing", [fc.numeric_column('age', normalizer_fn=fails)], normalizer_steps={'age': [['abs']]})
    self.refused('given for nothing that is among the columns: ega', third, normalizer_steps={'ega': [['abs']], 'age': [['div', 3.0]]})

  def test_weights_that_are_not_there(self):
    ends = {'a/word_embedding/embedding_weights': TABLE, 'b/word_embedding/embedding_weights': TABLE}
    for weights, words in (({'x': TABLE}, r"no variable ends with 'word_embedding/embedding_weights' in the given variables; it has x\. Give weights, or tensor_names"),
                           (ends, r'several variables end with .*: a/word_embedding/embedding_weights, b/.* Say which: tensor_names='),
                           (self.path('nothing'), 'is no checkpoint'), (self.folder, 'is no checkpoint'), (None, 'no weights were given')):
      self.refused(words, self.word(), weights=weights)
    self.refused("has no variable 'gone' for 'word_embedding'", self.word(), weights={'x': TABLE}, tensor_names={'word_embedding': 'gone'})
    self.refused('given for nothing', self.word(), weights={'word_embedding/embedding_weights': TABLE}, tensor_names={'wrod_embedding': 'x'})
    report = export(self.word(), self.out, weights={'a/x': TABLE}, tensor_names={'word_embedding': 'a/x'})
    self.assertEqual(list(report.tensors), ['word_embedding/embedding_weights'])

  def test_a_suffix_is_a_whole_name(self):
    tables = {'word_embedding/embedding_weights': TABLE + 1, 'genre_X_word_embedding/embedding_weights': TABLE}
    export(self.word(), self.out, weights=tables)
    self.same(cases.case('suffix', self.out, [{'word': 'avon'}], {'word': 'string'}, np.ones((1, 4))))

  def test_weights_of_another_model(self):
    for table, words in ((TABLE[1:], r'has the shape \[6, 4\], the column needs \[7, 4\]'), (TABLE[:, 1:], r'has the shape \[7, 3\]'), (TABLE[0], r'has the shape \[4\]'),
                         (TABLE.astype(np.float64), 'is of float64')):
      self.refused(words, self.word(), weights={'word_embedding/embedding_weights': table})
    linear = {'linear_model/word/weights': np.zeros((7, 2), np.float32), 'linear_model/bias_weights': np.zeros(2, np.float32)}
    self.refused(r'word/weights: .* needs \[buckets, 1\]', self.columns('word'), layer='linear_model', weights=linear)
    self.refused("no variable ends with 'linear_model/bias_weights'", self.columns('word'), layer='linear_model', weights=dict(list(linear.items())[:1]), units=2)
    for wrong in (5, {'word_embedding/embedding_weights': 'x'}, {5: TABLE}, [TABLE]):
      self.refused('weights', self.word(), weights=wrong, error=TypeError)

  def test_what_is_no_column(self):
    class NumericColumn:  # of another module
      name = 'age'
    for wrong in ('age', [fc.numeric_column('age'), 5], NumericColumn(), [{'class_name': 'NumericColumn'}]):
      self.refused('is no column of tf.feature_column', wrong, error=TypeError)

  def test_columns_that_the_layer_does_not_take(self):
    age, day = fc.numeric_column('age'), fc.categorical_column_with_identity('day', 7)
    steps = fc.sequence_categorical_column_with_identity('day', 7)
    for columns, layer, words in (([], 'dense_features', 'must not be empty'), ([age, fc.numeric_column('age', shape=2)], 'dense_features', 'Duplicate feature column name'),
                                  ([day], 'dense_features', 'You can wrap a categorical column'), ([age], 'sequence_features', 'must be of type SequenceDenseColumn'),
                                  ([fc.indicator_column(day)], 'sequence_features', 'must be of type SequenceDenseColumn'),
                                  ([fc.indicator_column(steps)], 'dense_features', 'is a sequence'), ([steps], 'linear_model', 'is a sequence'),
                                  ([fc.sequence_numeric_column('age')], 'dnn_classifier', 'is a sequence'), ([age], 'dense', 'layer is one of'),
                                  ({'columns': [age]}, 'dense_features', 'found dict'), ([age], 'dnn_linear_combined_classifier', 'takes columns=dict')):
      self.refused(words, columns, layer=layer)
    self.refused('dense_features has no option units; it has none', [age], units=3)

  def test_arguments_that_a_spec_cannot_hold(self):
    for column, words in ((fc.numeric_column('age', dtype=tf.float16), 'no features of dtype float16'),
                          (fc.indicator_column(fc.categorical_column_with_hash_bucket('age', 5, dtype=tf.uint8)), 'no features of dtype uint8'),
                          (fc.numeric_column('age', default_value=float('nan')), 'NaN'),
                          (fc.indicator_column(fc.categorical_column_with_vocabulary_list('age', [b'\xff'])), 'is not UTF-8')):
      self.refused(words, [column])
    named = fc.indicator_column(fc.categorical_column_with_vocabulary_list('age', ['NaN', '-Infinity']))  # words, not numbers
    export([named], self.out)
    self.same(cases.case('words', self.out, [{'age': '-Infinity'}], {'age': 'string'}, [[0, 1]]))

  def test_files(self):
    gone = fc.indicator_column(fc.categorical_column_with_vocabulary_file('word', self.path('gone.txt'), vocabulary_size=3))
    self.refused('vocabulary_file .*gone.txt cannot be read', [gone])
    with self.assertRaisesRegex(ValueError, 'is a file, and the export needs a folder'):
      export([fc.numeric_column('age')], self.vocabulary)

  def test_a_failed_export_changes_nothing(self):
    export(self.word(), self.out, weights={'word_embedding/embedding_weights': TABLE})
    read = lambda: {name: open(os.path.join(self.out, name), 'rb').read() for name in os.listdir(self.out)}
    before = read()
    with self.assertRaises(ValueError):
      export([*self.word(), fc.embedding_column(self.columns('other')[0], 4)], self.out, weights={'word_embedding/embedding_weights': TABLE + 1})
    self.assertEqual(read(), before)
    self.assertEqual(sorted(before), ['model.ckpt.data-00000-of-00001', 'model.ckpt.index', 'spec.json', 'words.txt'])


class Agreement(unittest.TestCase):
  """What is written down here and in the npm package."""

  def test_options(self):
    with open(os.path.join(os.path.dirname(cases.PROGRAM), 'spec.schema.json'), encoding='utf-8') as file:
      layers = {each['properties']['layer']['const']: each['properties'] for each in json.load(file)['oneOf']}
    beside = {'$schema', 'version', 'layer', 'columns', 'dnn_feature_columns', 'linear_feature_columns', 'ckpt_to_load_from'}
    self.assertEqual({name: set(found) - beside for name, found in layers.items()}, OPTIONS)

  def test_activations(self):
    with open(os.path.join(os.path.dirname(__file__), '../../src/layers/dense_network.cpp'), encoding='utf-8') as file:
      table = file.read().split('kActivations[] = {')[1].split('};')[0]
    self.assertEqual({line.split('"')[1] for line in table.splitlines() if '{"' in line}, ACTIVATIONS)


if __name__ == '__main__':
  unittest.main()
