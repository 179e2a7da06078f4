"""Random columns over random features: every kind that tf.feature_column has, with every argument."""
import os

from tensors import tf  # first: it sets TensorFlow up
import numpy as np

from feature_columns_export import normalizers
from random_batch import Batch, INT32, WORDS

fc = tf.feature_column
LONG = 16  # from so many on, TensorFlow's weighted sums follow the SIMD width of the CPU (docs/differences.md)


def is_weighted(categorical):
  return type(categorical).__name__ == 'WeightedCategoricalColumn'


class Columns(Batch):
  """Columns, what the exporter must be told of them, and which have last bits that depend on TensorFlow's machine."""

  def __init__(self, rng, folder, way='rows', version_1=False):
    super().__init__(rng, way)
    self.folder, self.version_1 = folder, version_1
    self.steps_of = {}  # key -> normalizer steps
    self.close = set()

  # --- categorical columns. `draw` of what is known, of anything else, and of what is missing in a dense batch.

  def vocabulary_file(self, words):
    """Lines or TFRecords; the arguments that name them."""
    name = os.path.join(self.folder, f'vocabulary {len(os.listdir(self.folder))}')
    if self.chance(0.2):
      ending, how = self.rng.choice([('.tfrecord.gz', {}), ('.bin', {'file_format': 'tfrecord_gzip'})])
      with tf.io.TFRecordWriter(name + ending, 'GZIP') as writer:
        for word in words:
          writer.write(word.encode())
      return {'vocabulary_file': name + ending, 'vocabulary_size': self.rng.randint(1, len(words)), **how}
    with open(name + '.txt', 'w', encoding='utf-8', newline='') as file:
      end = self.rng.choice(['\n', '\r\n'])
      file.write(end.join(words) + self.rng.choice(['', end]))
    return {'vocabulary_file': name + '.txt', **self.rng.choice([{}, {'vocabulary_size': self.rng.randint(1, len(words))}])}

  def out_of_vocabulary(self):
    return self.rng.choice([{}, {'num_oov_buckets': self.rng.randint(1, 5)}, {'default_value': 0}])

  def file_kind(self):
    integers = self.chance(0.3)
    words = [str(value) for value in self.rng.sample(range(-50, 5000), 9) if value != -1] if integers else self.rng.sample(WORDS, self.rng.randint(1, len(WORDS)))
    arguments = {**self.vocabulary_file(words), **self.out_of_vocabulary()}
    if integers:
      arguments['dtype'] = self.rng.choice([tf.int64, tf.int32]) if self.way == 'rows' else tf.int64
      return 'vocabulary_file', arguments, arguments['dtype'].name, lambda: self.rng.choice([int(self.rng.choice(words)), self.small_integer()])
    return 'vocabulary_file', arguments, 'string', self.word

  def list_kind(self):
    if self.chance(0.4):
      return 'vocabulary_list', {'vocabulary_list': [0, 2, 5, 1999, 2**40 + 1], **self.out_of_vocabulary()}, 'int64', self.integer
    return 'vocabulary_list', {'vocabulary_list': self.rng.sample(WORDS, 4), **self.out_of_vocabulary()}, 'string', self.word

  def identity_kind(self):
    buckets = self.rng.randint(1, 12)
    if self.chance(0.5):
      return 'identity', {'num_buckets': buckets, 'default_value': self.rng.randrange(buckets)}, 'int64', lambda: self.rng.randint(-3, buckets + 5)
    return 'identity', {'num_buckets': buckets}, 'int64', lambda: self.rng.choice([-2, -1, *range(buckets)])

  def hash_kind(self):
    dtype, draw = self.rng.choice([('string', self.word), ('string', self.word), ('int64', self.integer), ('int32', self.small_integer)])
    if self.way == 'examples' and dtype == 'int32':  # tf.Examples have no such values
      dtype = 'int64'
    return 'hash_bucket', {'hash_bucket_size': self.rng.choice([1, 3, 10, 1000]), 'dtype': tf.as_dtype(dtype)}, dtype, draw

  def any_kind(self):
    return self.rng.choice([self.file_kind, self.list_kind, self.identity_kind, self.hash_kind])()

  def of_kind(self, kind, missing=True, **how):
    """A column of a kind over a feature of its own. missing: whether '' and -1 may be among its values."""
    name, arguments, dtype, draw = kind
    absent = '' if dtype == 'string' else -1
    def value():
      if missing and self.chance(0.1):
        return absent
      drawn = draw()
      while not missing and drawn == absent:
        drawn = draw()
      return drawn
    return getattr(fc, f'categorical_column_with_{name}')(self.feature(dtype, value, **how), **arguments)

  def keyed(self, **how):
    return self.of_kind(self.any_kind(), **how)

  def bucketized(self):
    count = self.rng.choice([1, 2, 5, 40])
    boundaries = sorted({self.rng.choice([0.0, 1.0, -1.5, 1e-3, 0.1, 1999.0, 16777217.0, 1e30, round(self.rng.uniform(-5, 5), 2)]) for _ in range(count)})
    return fc.bucketized_column(self.numeric(self.rng.choice([(1,), (1,), (2,)]), boundaries), boundaries)

  def crossed(self, depth=0):
    keys = []
    for _ in range(self.rng.randint(2, 3)):
      kind = self.rng.randint(0, 4)
      if kind <= 1:  # a raw dense batch is not padded here, and shows TensorFlow no more than its own cells
        integers = self.chance(0.3) and self.way == 'rows'
        keys.append(self.feature('int64' if integers else 'string', self.integer if integers else self.word, form=self.rng.choice(['scalar', 'sparse']), most=3))
      elif kind == 2:
        keys.append(self.bucketized())
      elif kind == 3 and depth == 0:
        keys.append(self.crossed(depth=1))
      else:
        keys.append(self.of_kind(self.rng.choice([self.file_kind, self.list_kind, self.identity_kind])(), most=3))
    return fc.crossed_column(keys, self.rng.choice([1, 7, 100] if depth == 0 else [1, 100, 2**40, 2**63 - 1]), hash_key=self.rng.choice([None, 0, 5, 2**63 - 1, -1, -2**63]))

  def weights_of(self, column):
    """A column with weights: as many as it has values."""
    key = column.key
    dense = not self.way == 'examples' and isinstance(self.rows[0][key], list)
    form = 'list' if dense else 'sparse'
    if self.chance(0.15) and self.way == 'rows':
      weight = self.feature('int64', lambda: self.rng.choice([1, 2, 3, 7]), form=form, sizes=self.sizes[key])
      if not dense:  # TensorFlow compares dense weights with 0.0, which int64 has not
        return fc.weighted_categorical_column(column, weight, dtype=tf.int64)
      del self.dtypes[weight]
      for row in self.rows:
        row.pop(weight)
    return fc.weighted_categorical_column(column, self.feature('float32', self.weight if dense else self.rng.choice([self.number, self.number, self.any_number]), form=form, sizes=self.sizes[key]))

  def weighted(self, kind=None):
    sizes = [self.rng.choice([0, 1, 3, 8, 20]) for _ in self.rows]
    if self.chance(0.5):
      sizes = [min(size, 8) for size in sizes]
    return self.weights_of(self.of_kind(kind or self.any_kind(), missing=False, form=self.rng.choice(['sparse', 'sparse', 'list']), sizes=sizes))

  def categorical(self):
    return self.rng.choice([self.keyed, self.keyed, self.keyed, self.crossed, self.weighted, self.bucketized])()

  def is_long(self, categorical):
    return is_weighted(categorical) and max(self.sizes[categorical.weight_feature_key]) >= LONG

  # --- dense columns

  def normalizer(self, dtype):
    """Random steps in a dtype, or None."""
    if not self.chance(0.3):
      return None
    operand = (lambda low, high: self.rng.randint(int(low), int(high))) if dtype == 'int64' else (lambda low, high: round(self.rng.uniform(low, high), 3))
    steps = [self.rng.choice([['add', operand(-9, 9)], ['sub', operand(-9, 9)], ['mul', operand(1, 5)], ['minimum', operand(50, 90)], ['maximum', operand(-90, -50)], ['abs']])
             for _ in range(self.rng.randint(1, 3))]
    last = [] if dtype == 'int64' else [['abs'], ['sqrt']]
    return steps + self.rng.choice([[], [['div', operand(2, 9)]], last])

  def numeric(self, shape=None, edges=()):
    """edges: numbers that its values often are."""
    shape = shape or self.rng.choice([(1,), (1,), (3,), (2, 2)])
    dtype = self.rng.choice(['float32', 'float32', 'float64', 'int64', 'int32'] if self.way == 'rows' else ['float32', 'float32', 'int64'])
    draw = {'float32': self.any_number, 'float64': lambda: self.rng.choice([self.any_number(), self.rng.gauss(0, 1)]), 'int64': self.integer, 'int32': self.small_integer}[dtype]
    value = lambda: self.edge(edges, dtype) if edges and self.chance(0.4) else draw()
    optional = self.chance(0.4)
    key = self.shaped(dtype, value, shape, optional)
    # Keras layers cast float64 to float32 before anything else, tf.compat.v1's input_layer only after the normalizer.
    steps = self.normalizer(dtype) if dtype != 'int32' and not (dtype == 'float64' and self.version_1) else None
    if steps:
      self.steps_of[key] = steps
    default = {'default_value': 3 if dtype.startswith('int') else 1.5} if optional else {}
    return fc.numeric_column(key, shape=shape, dtype=tf.as_dtype(dtype), normalizer_fn=steps and (lambda x: normalizers.apply(steps, x)), **default)

  def edge(self, edges, dtype):
    """A boundary in a dtype, or a neighbour of one."""
    at = self.rng.choice(edges)
    if dtype.startswith('int'):
      return int(max(-INT32, min(INT32 - 1, at))) + self.rng.choice([-1, 0, 0]) if at > -INT32 else -INT32
    real = np.float32 if dtype == 'float32' else np.float64
    # Below and above 0 there are subnormals only (docs/differences.md).
    return float(real(at) if at == 0 or self.chance(0.5) else np.nextafter(real(at), real(self.rng.choice([-np.inf, np.inf]))))

  def passed_on(self):
    """A number of which nothing is computed."""
    return fc.numeric_column(self.shaped('float32', self.tiny_number, (2,)), shape=(2,))

  def table(self):
    """What embeddings have beside their ids."""
    more = {'dimension': self.rng.choice([1, 2, 3, 4, 5, 8, 16, 17, 33]), 'combiner': self.rng.choice(['mean', 'sqrtn', 'sum'])}
    if self.chance(0.15):
      more['max_norm'] = round(self.rng.uniform(0.1, 3), 3)
    if self.chance(0.1):
      more['trainable'] = False
    return more

  def mark_close(self, column, categorical, more):
    """docs/differences.md: what follows the SIMD width of TensorFlow's CPU, or its pow. Nothing else may differ."""
    if 'max_norm' in more or self.is_long(categorical) or is_weighted(categorical) and more['combiner'] == 'sqrtn':
      self.close.add(column.name)

  def embedding(self):
    categorical, more = self.categorical(), self.table()
    column = fc.embedding_column(categorical, **more)
    self.mark_close(column, categorical, more)
    return column

  def unsafe_embedding(self):
    """Without the safe lookup every id must be in range, and TensorFlow leaves empty rows at the end out."""
    sizes = [self.rng.choice([0, 1, 2, 5, 12]) for _ in self.rows[1:]] + [self.rng.randint(1, 4)]
    kind = 'identity', {'num_buckets': 6}, 'int64', lambda: self.rng.randrange(6)
    categorical, more = self.of_kind(self.rng.choice([kind, self.hash_kind()]), missing=False, form=self.rng.choice(['list', 'sparse']), sizes=sizes), self.table()
    column = fc.embedding_column(categorical, use_safe_embedding_lookup=False, **more)
    self.mark_close(column, categorical, more)
    return column

  def shared(self):
    kind, more = self.any_kind(), self.table()
    if self.chance(0.3):
      more['shared_embedding_collection_name'] = f'collection_{len(self.dtypes)}'
    members = [self.weighted(kind) if self.chance(0.25) else self.of_kind(kind) for _ in range(self.rng.randint(1, 3))]
    make = tf.compat.v1.feature_column.shared_embedding_columns if self.version_1 else fc.shared_embeddings
    columns = make(members, **more)
    for column, member in zip(columns, members):
      self.mark_close(column, member, more)
    return columns

  def indicator(self):
    categorical = self.categorical()
    column = fc.indicator_column(categorical)
    # TensorFlow sorts the ids of the whole batch first, and not stably.
    if is_weighted(categorical) and sum(self.sizes[categorical.weight_feature_key]) > LONG:
      self.close.add(column.name)
    return column

  # --- layers

  def dense_features(self):
    columns = []
    for _ in range(self.rng.randint(1, 4)):
      made = self.rng.choice([self.numeric, self.passed_on, self.bucketized, self.indicator, self.shared, self.shared, self.embedding, self.embedding, self.unsafe_embedding])()
      columns.extend(made if isinstance(made, list) else [made])
    return columns

  def linear_model(self, sparse_combiner):
    columns = [self.rng.choice([self.numeric, self.categorical, self.categorical, self.bucketized, self.indicator, self.embedding])() for _ in range(self.rng.choice([1, 1, 2, 2, 4]))]
    # Of a matrix product with one row of weights, and of a sum of two columns, the order does not matter.
    exact = lambda column: column.key in self.dtypes if hasattr(column, 'normalizer_fn') and tuple(column.shape) == (1,) else hasattr(column, 'num_buckets')
    machine = lambda column: self.is_long(column) or is_weighted(column) and sparse_combiner == 'sqrtn'
    if len(columns) > 2 or not all(exact(column) and not machine(column) for column in columns):
      self.close = {'*'}
    return columns

  def sequence_features(self):
    sizes = [self.rng.randint(0, 6) for _ in self.rows]
    sizes[self.rng.randrange(len(sizes))] = self.rng.randint(1, 6)
    form, several = self.rng.choice(['sparse', 'list']), self.chance(0.4)

    def of_kind(kind):
      name, arguments, dtype, draw = kind
      absent = '' if dtype == 'string' else -1
      def value():  # a missing value at the end would make a sequence shorter than its neighbours
        drawn = draw()
        while drawn == absent:
          drawn = draw()
        return drawn
      arguments = {key: value for key, value in arguments.items() if key != 'file_format'}
      return getattr(fc, f'sequence_categorical_column_with_{name}')(self.steps(dtype, value, sizes, form, several), **arguments)

    def any_kind():
      kind = self.any_kind()
      return any_kind() if kind[1].get('file_format') else kind  # TensorFlow's sequence columns tell it by the name only

    columns = []
    for _ in range(self.rng.randint(1, 3)):
      kind = self.rng.randint(0, 3)
      if kind == 0:
        steps = self.normalizer('float32')
        shape = self.rng.choice([(1,), (1,), (2,)])
        # TensorFlow's function gets the sparse tensor of the steps.
        function = steps and (lambda x, steps=steps: tf.SparseTensor(x.indices, normalizers.apply(steps, x.values), x.dense_shape))
        key = self.steps('float32', self.number, [size * shape[0] for size in sizes], 'sparse', False)
        if steps:
          self.steps_of[key] = steps
        columns.append(fc.sequence_numeric_column(key, shape=shape, default_value=self.rng.choice([0.0, -2.5]), normalizer_fn=function))
      elif kind == 1:
        columns.append(fc.indicator_column(of_kind(any_kind())))
      elif kind == 2:
        shared, more = any_kind(), self.table()
        columns.extend(fc.shared_embeddings([of_kind(shared) for _ in range(self.rng.randint(1, 3))], **more))
        if 'max_norm' in more:
          self.close.update(column.name for column in columns if 'shared' in column.name)
      else:
        categorical, more = of_kind(any_kind()), self.table()
        columns.append(fc.embedding_column(categorical, **more))
        self.mark_close(columns[-1], categorical, more)
    return columns
