"""Every kind of column, exported, opened by the npm package: TensorFlow's own numbers, bit for bit."""
import unittest

from exporting import WORDS, Exporting, fc, tf


class EveryKind(Exporting):

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
      return fc.shared_embeddings([watched, weighted], 16, combiner='mean')
    rows = [{'watched': ['omar', 'avon', ''], 'impression': {'values': ['bunk', 'kima']}, 'weight': {'values': [1.0, 0.25]}},
            {'watched': ['nobody'], 'impression': {'values': ['marlo']}, 'weight': {'values': [3.0]}}]
    report = self.check(make, rows, {'watched': 'string', 'impression': 'string', 'weight': 'float32'})
    self.assertEqual(list(report.tensors.values()), [(len(WORDS), 16)])  # one table
    self.assertEqual([item['type'] for item in report.spec['columns']], ['shared_embeddings'])

  def test_shared_embeddings_of_version_1(self):
    make = lambda: tf.compat.v1.feature_column.shared_embedding_columns(self.columns('watched', 'impression'), 4)
    report = self.check(make, [{'watched': ['omar', 'avon'], 'impression': ['bunk']}], {'watched': 'string', 'impression': 'string'})
    self.assertEqual(list(report.tensors), ['impression_watched_shared_embedding/embedding_weights'])

  def test_some_of_two_groups(self):
    def make():
      first = fc.shared_embeddings(self.columns('a', 'b', 'c'), 2, shared_embedding_collection_name='words')
      second = fc.shared_embeddings([fc.categorical_column_with_identity(key, 4) for key in ('d', 'e')], 3)
      return [second[1], first[2], second[0], first[0]]  # without b
    rows = [{'a': ['omar'], 'c': ['zoë', 'kima'], 'd': [3], 'e': [0, 1]}]
    report = self.check(make, rows, {'a': 'string', 'c': 'string', 'd': 'int64', 'e': 'int64'})
    self.assertEqual(sorted(report.tensors), ['d_e_shared_embedding', 'words'])

  def test_sequences(self):
    def make():
      words = fc.sequence_categorical_column_with_vocabulary_file('words', self.vocabulary)
      listed = fc.sequence_categorical_column_with_vocabulary_list('genre', ['drama', 'noir'], num_oov_buckets=1)
      plain = fc.sequence_categorical_column_with_hash_bucket('query', 9)
      return [fc.embedding_column(words, 3), fc.indicator_column(plain), fc.embedding_column(listed, 2), fc.sequence_numeric_column('size')] + list(
          fc.shared_embeddings([fc.sequence_categorical_column_with_identity('day', 7), fc.sequence_categorical_column_with_identity('other', 7)], 2))
    sparse = lambda *values: {'values': list(values)}
    rows = [{'words': sparse('omar', 'x', 'bunk'), 'genre': sparse('noir', 'a', 'drama'), 'query': sparse('a', 'b', 'c'), 'size': sparse(1.0, 2.0, 0.5), 'day': sparse(1, 2, 3), 'other': sparse(0, 6, 2)},
            {'words': sparse('avon'), 'genre': sparse('b'), 'query': sparse('d'), 'size': sparse(4.0), 'day': sparse(5), 'other': sparse(4)}]
    dtypes = {'words': 'string', 'genre': 'string', 'query': 'string', 'size': 'float32', 'day': 'int64', 'other': 'int64'}
    self.check(make, rows, dtypes, layer='sequence_features')

  def test_linear_model(self):
    def make():
      word, query = self.columns('word', 'query')
      weighted = fc.weighted_categorical_column(query, 'weight')
      # Three columns and more are added in an order that TensorFlow does not define.
      return [word, weighted]
    rows = [{'word': ['omar', 'avon'], 'query': {'values': ['kima']}, 'weight': {'values': [-2.5]}}, {'word': ['x'], 'query': {'values': []}, 'weight': {'values': []}}]
    report = self.check(make, rows, {'word': 'string', 'query': 'string', 'weight': 'float32'}, layer='linear_model', options={'units': 2})
    self.assertEqual(sorted(report.tensors), ['linear_model/bias_weights', 'linear_model/query_weighted_by_weight/weights', 'linear_model/word/weights'])

  def test_linear_model_with_names_that_differ_in_case(self):
    make = lambda: [fc.categorical_column_with_identity('Day', 3), fc.categorical_column_with_identity('day', 3)]
    names = []
    def weights(running, variables):
      names.extend(variable.op.name for variable in variables)
      return dict(zip(names, running.run(variables)))
    self.check(make, [{'Day': [0], 'day': [2]}], {'Day': 'int64', 'day': 'int64'}, layer='linear_model', weights=weights)
    self.assertEqual(sorted(names), ['linear_model/Day/weights', 'linear_model/bias_weights', 'linear_model/day/weights_1'])

  def test_normalizer_steps(self):
    chain = [['sub', 3.0], ['div', 2.0]]
    make = lambda: [fc.numeric_column('age', normalizer_fn=lambda x: (x - 3.0) / 2.0), fc.bucketized_column(fc.numeric_column('size', normalizer_fn=tf.abs), [1.0])]
    report = self.check(make, [{'age': 1.1, 'size': -2.0}, {'age': 99.0, 'size': 0.5}], {'age': 'float32', 'size': 'float32'}, normalizer_steps={'age': chain, 'size': [['abs']]})
    self.assertEqual(report.warnings, [])

  def test_normalizer_steps_of_sequences(self):
    halved = lambda x: tf.SparseTensor(x.indices, x.values / 2.0, x.dense_shape)
    make = lambda: [fc.sequence_numeric_column('size', normalizer_fn=halved, default_value=7.0)]
    rows = [{'size': {'values': [1.0, 3.0]}}, {'size': {'values': [5.0]}}]
    self.check(make, rows, {'size': 'float32'}, layer='sequence_features', normalizer_steps={'size': [['div', 2.0]]})

  def test_infinite_boundaries_and_large_integers(self):
    def make():
      price = fc.bucketized_column(fc.numeric_column('price'), [float('-inf'), 0.0, float('inf')])
      return [price, fc.indicator_column(fc.crossed_column([price, fc.categorical_column_with_vocabulary_list('id', [2**53 + 1, 5])], 50, hash_key=2**63 - 1))]
    self.check(make, [{'price': 1.0, 'id': [2**53 + 1]}, {'price': float('inf'), 'id': [2**53]}], {'price': 'float32', 'id': 'int64'})

  def test_vocabularies(self):
    gz = self.path('words.tfrecord.gz')
    with tf.io.TFRecordWriter(gz, 'GZIP') as writer:
      for word in WORDS:
        writer.write(word.encode())
    for folder, content in (('other', 'bird\nmouzone\n'), ('third', 'bird\nmouzone\n')):
      self.write(f'{folder}/Words.txt', content)
    self.write('spec.json', 'omar\n')
    self.write('#1 100%.txt', 'avon\n')
    files = {'a': self.vocabulary, 'b': self.path('other/Words.txt'), 'c': self.path('third/Words.txt'), 'd': gz, 'e': self.path('spec.json'), 'f': self.path('#1 100%.txt')}
    make = lambda: [fc.indicator_column(fc.categorical_column_with_vocabulary_file(key, file, vocabulary_size=len(WORDS) if file == gz else None)) for key, file in files.items()]
    rows = [{'a': ['omar'], 'b': ['mouzone'], 'c': ['bird'], 'd': ['zoë'], 'e': ['omar'], 'f': ['avon']}]
    report = self.check(make, rows, dict.fromkeys(files, 'string'))
    # Equal contents once; no two names that differ only in case; no name that means something else in a URL or in the folder.
    self.assertEqual(list(report.vocabularies), ['words.txt', 'Words_2.txt', 'words.tfrecord.gz', 'vocabulary_spec.json', '_1_100_.txt'])

  def test_an_export_into_the_folder_of_its_own_vocabulary(self):
    self.write('out/words.txt', 'bird\n')
    make = lambda: [fc.indicator_column(column) for column in (*self.columns('a'), fc.categorical_column_with_vocabulary_file('b', self.path('out/words.txt')))]
    report = self.check(make, [{'a': ['zoë'], 'b': ['bird']}], {'a': 'string', 'b': 'string'})
    self.assertEqual(list(report.vocabularies), ['words.txt', 'words_2.txt'])


if __name__ == '__main__':
  unittest.main()
