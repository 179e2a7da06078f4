"""Columns of TensorFlow to items of a spec: the same names, as data."""
import os
import re

import numpy as np
import tensorflow as tf

# TensorFlow's class to the function that makes it.
FUNCTIONS = {
    'NumericColumn': 'numeric_column',
    'BucketizedColumn': 'bucketized_column',
    'HashedCategoricalColumn': 'categorical_column_with_hash_bucket',
    'VocabularyFileCategoricalColumn': 'categorical_column_with_vocabulary_file',
    'VocabularyListCategoricalColumn': 'categorical_column_with_vocabulary_list',
    'IdentityCategoricalColumn': 'categorical_column_with_identity',
    'CrossedColumn': 'crossed_column',
    'WeightedCategoricalColumn': 'weighted_categorical_column',
    'IndicatorColumn': 'indicator_column',
    'EmbeddingColumn': 'embedding_column',
    'SharedEmbeddingColumn': 'shared_embeddings',
    '_SharedEmbeddingColumn': 'shared_embeddings',  # of tf.compat.v1
    'SequenceNumericColumn': 'sequence_numeric_column',
    'SequenceCategoricalColumn': None,  # sequence_ and the function of what it wraps
}


def kind_of(column):
  """The class's name, if it is one of TensorFlow's. Raises TypeError otherwise."""
  kind = type(column).__name__
  if kind not in FUNCTIONS or not type(column).__module__.startswith('tensorflow'):
    raise TypeError(f'{kind} is no column of tf.feature_column, so nothing is known of what it computes: {column!r}')
  return kind


def plain(value):
  """Numbers, strings, lists as JSON has them."""
  if isinstance(value, (list, tuple)):
    return [plain(each) for each in value]
  if isinstance(value, bytes):
    try:
      return value.decode('utf-8')
    except UnicodeDecodeError as error:
      raise ValueError(f'{value!r} is not UTF-8, and a spec is text: put it into a vocabulary file') from error
  if isinstance(value, np.ndarray):
    return plain(value.tolist())
  if isinstance(value, np.generic):
    return value.item()
  return value


def text(path):
  """A path that TensorFlow was given, as a string."""
  path = os.fspath(path)
  return path.decode('utf-8') if isinstance(path, bytes) else path


def num_buckets(column):
  """Rows that a categorical column's table has; None where only the vocabulary file tells."""
  if hasattr(column, 'categorical_column'):  # weights, sequences
    return num_buckets(column.categorical_column)
  if tf.is_tensor(getattr(column, 'vocabulary_size', None)):
    return None
  return int(column.num_buckets)


def scope_name(name):
  """A column's name as variables have it: scopes do not take every character."""
  return re.sub(r'[^A-Za-z0-9_.-]', '_', name)


class ColumnWriter:
  """Turns columns into items; files and tables go through `files` and `tables`, what is lost through `warn`."""

  def __init__(self, add_vocabulary, add_table, normalizer, warn):
    self._add_vocabulary = add_vocabulary  # path -> name in the folder
    self._add_table = add_table  # (column or collection name, ends of the variable's name, shape, checkpoint, tensor) -> fields
    self._normalizer = normalizer  # column -> steps
    self._warn = warn

  def items(self, columns):
    """One item a column, one for all of a group of shared embeddings. Raises TypeError, ValueError."""
    items, groups = [], {}
    for column in columns:
      kind = kind_of(column)
      if not kind.endswith('SharedEmbeddingColumn'):
        items.append(self.item(column))
        continue
      name, fields = self._shared(column)
      if name not in groups:
        groups[name] = dict(fields, categorical_columns=[])
        items.append(groups[name])
      elif {key: value for key, value in groups[name].items() if key != 'categorical_columns'} != fields:
        raise ValueError(f'two groups of shared embeddings have the collection name {name!r} and differ; give them names of their own')
      groups[name]['categorical_columns'].append(self.item(column.categorical_column))
    return items

  def item(self, column):
    """The item of one column that is no shared embedding."""
    kind = kind_of(column)
    if kind.endswith('SharedEmbeddingColumn'):
      raise TypeError(f'{column.name}: a shared embedding column stands only in the list of columns')
    return getattr(self, '_' + kind)(column)

  @staticmethod
  def _dtype(column, known=('float32', 'float64', 'int32', 'int64')):
    name = column.dtype.name
    if name not in known:
      raise ValueError(f'{column.name}: the npm package has no features of dtype {name}; they are {", ".join(known)}')
    return name

  def _key_dtype(self, column):
    return self._dtype(column, ('string', 'int64', 'int32'))

  def _NumericColumn(self, column):
    item = {'type': FUNCTIONS[type(column).__name__], 'key': column.key, 'shape': plain(column.shape), 'dtype': self._dtype(column)}
    if column.default_value is not None:
      item['default_value'] = plain(column.default_value)
    if column.normalizer_fn is not None:
      item['normalizer_fn'] = self._normalizer(column)
    return item

  _SequenceNumericColumn = _NumericColumn

  def _BucketizedColumn(self, column):
    return {'type': 'bucketized_column', 'source_column': self.item(column.source_column), 'boundaries': plain(column.boundaries)}

  def _HashedCategoricalColumn(self, column):
    return {'type': 'categorical_column_with_hash_bucket', 'key': column.key, 'hash_bucket_size': plain(column.hash_bucket_size), 'dtype': self._key_dtype(column)}

  @staticmethod
  def _out_of_vocabulary(column):
    # TensorFlow refuses a default_value beside buckets.
    if column.num_oov_buckets:
      return {'num_oov_buckets': plain(column.num_oov_buckets)}
    return {} if column.default_value in (None, -1) else {'default_value': plain(column.default_value)}

  def _VocabularyFileCategoricalColumn(self, column):
    item = {
        'type': 'categorical_column_with_vocabulary_file', 'key': column.key, 'vocabulary_file': self._add_vocabulary(text(column.vocabulary_file)),
        'dtype': self._key_dtype(column), **self._out_of_vocabulary(column),
    }
    if not tf.is_tensor(column.vocabulary_size):  # in graphs the size of TFRecords is one: then the file tells
      item['vocabulary_size'] = plain(column.vocabulary_size)
    # The file's name in the folder may be another one's with the same content, and its ending may tell another format.
    item['file_format'] = getattr(column, 'file_format', None) or 'text'
    return item

  def _VocabularyListCategoricalColumn(self, column):
    return {
        'type': 'categorical_column_with_vocabulary_list', 'key': column.key, 'vocabulary_list': plain(column.vocabulary_list),
        'dtype': self._key_dtype(column), **self._out_of_vocabulary(column),
    }

  def _IdentityCategoricalColumn(self, column):
    item = {'type': 'categorical_column_with_identity', 'key': column.key, 'num_buckets': plain(column.number_buckets)}
    if column.default_value is not None:
      item['default_value'] = plain(column.default_value)
    return item

  def _CrossedColumn(self, column):
    keys = [key if isinstance(key, str) else self.item(key) for key in column.keys]
    item = {'type': 'crossed_column', 'keys': keys, 'hash_bucket_size': plain(column.hash_bucket_size)}
    if column.hash_key is not None:
      item['hash_key'] = plain(column.hash_key)
    return item

  def _WeightedCategoricalColumn(self, column):
    return {
        'type': 'weighted_categorical_column', 'categorical_column': self.item(column.categorical_column),
        'weight_feature_key': column.weight_feature_key, 'dtype': self._dtype(column),
    }

  def _SequenceCategoricalColumn(self, column):
    item = self.item(column.categorical_column)
    return dict(item, type='sequence_' + item['type'])

  def _IndicatorColumn(self, column):
    return {'type': 'indicator_column', 'categorical_column': self.item(column.categorical_column)}

  def _combination(self, column):
    fields = {'combiner': column.combiner}
    if column.max_norm is not None:
      fields['max_norm'] = plain(column.max_norm)
    if not getattr(column, 'use_safe_embedding_lookup', True):
      fields['use_safe_embedding_lookup'] = False
    return fields

  def _initializer(self, name, initializer):
    if initializer is not None and not hasattr(initializer, 'get_config'):
      self._warn(f'{name}: its initializer is a function and does not travel; the weights are read, so nothing is lost')

  def _EmbeddingColumn(self, column):
    self._initializer(column.name, column.initializer)
    ends = [f'{name}/embedding_weights' for name in dict.fromkeys([column.name, scope_name(column.name)])]
    return {
        'type': 'embedding_column', 'categorical_column': self.item(column.categorical_column), 'dimension': plain(column.dimension),
        **self._combination(column),
        **self._add_table(column.name, ends, (num_buckets(column.categorical_column), column.dimension), column.ckpt_to_load_from, column.tensor_name_in_ckpt),
    }

  def _shared(self, column):
    """The collection's name, and what all columns of the group have in common."""
    creator = getattr(column, 'shared_embedding_column_creator', None)
    if creator is None:  # tf.compat.v1: the variable stands in the scope of the collection's name
      name, dimension, initializer = column.shared_embedding_collection_name, column.dimension, column.initializer
      ends = [f'{name}/embedding_weights', name]
      checkpoint, tensor = column.ckpt_to_load_from, column.tensor_name_in_ckpt
    else:
      name, dimension, initializer = creator._name, creator._dimension, creator._initializer  # pylint: disable=protected-access
      ends = [name, f'{name}/embedding_weights']
      checkpoint, tensor = creator._ckpt_to_load_from, creator._tensor_name_in_ckpt  # pylint: disable=protected-access
    self._initializer(name, initializer)
    fields = {
        'type': 'shared_embeddings', 'dimension': plain(dimension), **self._combination(column), 'shared_embedding_collection_name': name,
        **self._add_table(name, ends, (num_buckets(column.categorical_column), dimension), checkpoint, tensor),
    }
    return name, fields
