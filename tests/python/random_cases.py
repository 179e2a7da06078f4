"""Random columns over random rows, answered by TensorFlow, as cases for `feature-columns verify`.

python random_cases.py --seed 1 --count 100 > cases.jsonl

Live columns go through the exporter, so that a case tests both. The same seed gives the same cases.
"""
import argparse
import json
import os
import random
import sys
import tempfile

from tensors import apply, session, slices, tensors  # first: it sets TensorFlow up
import numpy as np
import tensorflow as tf

import cases
from feature_columns_export import export

fc = tf.feature_column
WORDS = ['omar', 'marlo', 'avon', 'bunk', 'kima', 'zoë', '東京', 'a b', 'x' * 40, '7', '-1', 'É']
LAYERS = ['dense_features'] * 5 + ['sequence_features'] * 2 + ['linear_model'] * 2


class Case:
  """One random case while it is made: features with their values, files, columns."""

  def __init__(self, rng, folder):
    self.rng, self.folder = rng, folder
    self.rows = [{} for _ in range(rng.choice([1, 2, 3, 5, 9]))]
    self.dtypes = {}
    self.close = set()  # columns whose last bits depend on TensorFlow's machine
    self.numbers = 0

  # --- features

  def feature(self, dtype, draw, form=None, most=None, sizes=None):
    """A new feature's key. Forms: scalar, list (padded: '' and -1 are missing), sparse."""
    self.numbers += 1
    key = self.rng.choice(['word', 'user.id', 'Price', 'a_b', 'z']) + str(self.numbers)
    form = form or self.rng.choice(['scalar', 'list', 'list', 'sparse'])
    most = most or self.rng.choice([2, 4, 4, 25])
    for at, row in enumerate(self.rows):
      size = sizes[at] if sizes else self.rng.randint(0, most)
      values = [draw() for _ in range(size)]
      row[key] = draw() if form == 'scalar' else {'values': values} if form == 'sparse' else values
    self.dtypes[key] = dtype
    return key

  def word(self):
    return self.rng.choice(WORDS + ['nobody', f'{self.rng.random():.6f}'])

  def integer(self):
    return self.rng.choice([0, 1, 2, 3, 5, 7, 1999, 2**40 + 1, -7, self.rng.randint(-2**62, 2**62)])

  def number(self):
    return float(np.float32(self.rng.choice([0.0, 1.0, -1.5, 1e-3, self.rng.uniform(-5, 5), self.rng.gauss(0, 1e4)])))

  # --- categorical columns: all take a form for their feature, and sizes of its rows

  def file_column(self, sequence, **how):
    words = self.rng.sample(WORDS, self.rng.randint(1, len(WORDS)))
    name = os.path.join(self.folder, f'vocabulary_{self.numbers}.txt')
    with open(name, 'w', encoding='utf-8', newline='') as file:
      file.write(self.rng.choice(['\n', '\r\n']).join(words) + self.rng.choice(['', '\n']))
    more = self.rng.choice([{}, {'num_oov_buckets': self.rng.randint(1, 5)}, {'default_value': 0}, {'vocabulary_size': self.rng.randint(1, len(words))}])
    make = fc.sequence_categorical_column_with_vocabulary_file if sequence else fc.categorical_column_with_vocabulary_file
    return make(self.feature('string', self.word, **how), name, **more)

  def list_column(self, sequence, **how):
    integers = self.rng.random() < 0.4
    words = [0, 2, 5, 1999, 2**40 + 1] if integers else self.rng.sample(WORDS, 4)
    more = self.rng.choice([{}, {'num_oov_buckets': 3}, {'default_value': 1}])
    make = fc.sequence_categorical_column_with_vocabulary_list if sequence else fc.categorical_column_with_vocabulary_list
    return make(self.feature('int64' if integers else 'string', self.integer if integers else self.word, **how), words, **more)

  def identity_column(self, sequence, **how):
    buckets = self.rng.randint(1, 12)
    default = self.rng.choice([None, 0])
    draw = lambda: self.rng.randint(-3 if default == 0 else 0, buckets + (5 if default == 0 else -1))
    make = fc.sequence_categorical_column_with_identity if sequence else fc.categorical_column_with_identity
    return make(self.feature('int64', draw, **how), buckets, **({} if default is None else {'default_value': default}))

  def hashed_column(self, sequence, **how):
    integers = self.rng.random() < 0.4
    make = fc.sequence_categorical_column_with_hash_bucket if sequence else fc.categorical_column_with_hash_bucket
    key = self.feature('int64' if integers else 'string', self.integer if integers else self.word, **how)
    return make(key, self.rng.choice([1, 3, 10, 1000]), dtype=tf.int64 if integers else tf.string)

  def keyed(self, sequence=False, **how):
    return self.rng.choice([self.file_column, self.list_column, self.identity_column, self.hashed_column])(sequence, **how)

  def bucketized(self):
    boundaries = sorted({round(self.rng.uniform(-5, 5), 2) for _ in range(self.rng.randint(1, 5))})
    return fc.bucketized_column(self.numeric(shape=(self.rng.randint(1, 2),)), boundaries)

  def crossed(self):
    keys = []
    for _ in range(self.rng.randint(2, 3)):
      kind = self.rng.randint(0, 3)
      if kind == 0:
        keys.append(self.feature('string', self.word, form=self.rng.choice(['scalar', 'sparse']), most=3))
      elif kind == 1:
        keys.append(self.bucketized())
      else:
        keys.append(self.rng.choice([self.file_column, self.list_column, self.identity_column])(False, most=3))
    return fc.crossed_column(keys, self.rng.choice([1, 7, 100]), hash_key=self.rng.choice([None, 0, 5, 2**63 - 1]))

  def weighted(self):
    sizes = [self.rng.choice([0, 1, 3, 20]) for _ in self.rows]
    column = self.keyed(form='sparse', sizes=sizes)
    return fc.weighted_categorical_column(column, self.feature('float32', self.number, form='sparse', sizes=sizes))

  def categorical(self):
    return self.rng.choice([self.keyed, self.keyed, self.keyed, self.crossed, self.weighted, self.bucketized])()

  # --- dense columns

  def numeric(self, shape=None):
    shape = shape or self.rng.choice([(1,), (1,), (3,), (2, 2)])
    size = int(np.prod(shape))
    form = 'scalar' if shape == (1,) and self.rng.random() < 0.5 else 'list'
    return fc.numeric_column(self.feature('float32', self.number, form=form, sizes=[size] * len(self.rows)), shape=shape)

  def combination(self):
    more = {'combiner': self.rng.choice(['mean', 'sqrtn', 'sum'])}
    if self.rng.random() < 0.25:
      more['max_norm'] = round(self.rng.uniform(0.1, 3), 3)
    return more

  @staticmethod
  def is_weighted(categorical):
    return type(categorical).__name__ == 'WeightedCategoricalColumn'

  def is_close(self, weighted, more):
    """docs/differences.md: what follows the SIMD width of TensorFlow's CPU, or its pow."""
    return 'max_norm' in more or weighted

  def embedding(self, categorical):
    more = self.combination()
    column = fc.embedding_column(categorical, self.rng.choice([1, 3, 4, 8, 17]), **more)
    if self.is_close(self.is_weighted(categorical), more):
      self.close.add(column.name)
    return column

  def shared(self, sequence=False, sizes=None):
    """Members of one kind over as many buckets: of one vocabulary."""
    members, kind = [], self.rng.choice(['hash', 'identity'])
    for _ in range(self.rng.randint(2, 3)):
      if kind == 'hash':
        members.append((fc.sequence_categorical_column_with_hash_bucket if sequence else fc.categorical_column_with_hash_bucket)(
            self.feature('string', self.word, form='sparse' if sequence else None, sizes=sizes), 6))
      else:
        members.append((fc.sequence_categorical_column_with_identity if sequence else fc.categorical_column_with_identity)(
            self.feature('int64', lambda: self.rng.randint(0, 5), form='sparse' if sequence else None, sizes=sizes), 6))
    more = self.combination()
    columns = fc.shared_embeddings(members, self.rng.choice([2, 5, 16]), **more)
    if self.is_close(False, more):
      self.close.update(column.name for column in columns)
    return columns

  # --- layers

  def dense_features(self):
    columns = []
    for _ in range(self.rng.randint(1, 4)):
      kind = self.rng.randint(0, 5)
      if kind == 0:
        columns.append(self.numeric())
      elif kind == 1:
        columns.append(self.bucketized())
      elif kind == 2:
        categorical = self.categorical()
        columns.append(fc.indicator_column(categorical))
        if self.is_weighted(categorical):  # TensorFlow sorts the ids of the whole batch first, and not stably
          self.close.add(columns[-1].name)
      elif kind == 3:
        columns.extend(self.shared())
      else:
        columns.append(self.embedding(self.categorical()))
    return columns

  def sequence_features(self):
    sizes = [self.rng.randint(1, 6) for _ in self.rows]
    columns = []
    for _ in range(self.rng.randint(1, 3)):
      kind = self.rng.randint(0, 3)
      if kind == 0:
        key = self.feature('float32', self.number, form='sparse', sizes=sizes)
        columns.append(fc.sequence_numeric_column(key, default_value=self.rng.choice([0.0, -2.5])))
      elif kind == 1:
        columns.append(fc.indicator_column(self.keyed(True, form='sparse', sizes=sizes)))
      elif kind == 2:
        columns.extend(self.shared(True, sizes))
      else:
        columns.append(self.embedding(self.keyed(True, form='sparse', sizes=sizes)))
    return columns

  def linear_model(self):
    self.close.add('*')  # weighted sums and sums of three and more columns follow the machine
    return [self.rng.choice([self.numeric, self.categorical, self.bucketized])() for _ in range(self.rng.randint(1, 4))]


def random_case(seed, number):
  """A line for verify."""
  rng = random.Random(f'{seed}/{number}')
  with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default(), session() as running:
    files, out = os.path.join(folder, 'files'), os.path.join(folder, 'out')
    os.mkdir(files)
    made = Case(rng, files)
    layer = rng.choice(LAYERS)
    columns = getattr(made, layer)()
    options = {'units': rng.randint(1, 3), 'sparse_combiner': rng.choice(['sum', 'mean', 'sqrtn'])} if layer == 'linear_model' else {}
    outputs = apply(layer, columns, tensors(made.rows, made.dtypes), **options)
    variables = tf.compat.v1.global_variables()
    running.run([tf.compat.v1.global_variables_initializer(), tf.compat.v1.tables_initializer()])
    numbers = np.random.default_rng([seed, number])
    for variable in variables:
      variable.load(numbers.normal(size=variable.shape).astype(np.float32), running)
    results = running.run(outputs)
    export(columns, out, layer=layer, weights=dict(zip((variable.name for variable in variables), running.run(variables))), **options)
    dense = layer != 'linear_model'
    return cases.case(f'random-{seed}-{number}', out, made.rows, made.dtypes, results[0], slices(columns) if dense else None,
                      results[1] if len(results) > 1 else None, sorted(made.close))


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--seed', type=int, required=True)
  parser.add_argument('--count', type=int, required=True)
  given = parser.parse_args()
  for number in range(given.count):
    print(json.dumps(random_case(given.seed, number)))
  sys.stdout.flush()


if __name__ == '__main__':
  main()
