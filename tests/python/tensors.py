"""Rows of features to what TensorFlow takes, and a layer's output for them."""
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_USE_LEGACY_KERAS', '1')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

tf.get_logger().setLevel('ERROR')

# What a dense cell holds where there is nothing.
FILL = {'string': b'', 'int64': -1, 'int32': -1, 'float32': 0.0, 'float64': 0.0}
NUMPY = {'string': object, 'int64': np.int64, 'int32': np.int32, 'float32': np.float32, 'float64': np.float64}


def session():
  """One thread, and every op as it is written: rewriting makes x * (1 / c) of x / c."""
  config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
  config.graph_options.rewrite_options.disable_meta_optimizer = True
  return tf.compat.v1.Session(config=config)


def entries(value, at=()):
  """(position, value) of each value of nested lists."""
  if not isinstance(value, list):
    yield at, value.encode() if isinstance(value, str) else value
    return
  for i, part in enumerate(value):
    yield from entries(part, (*at, i))


def tensor(cells, dtype):
  """A cell a row: values for a vector, (nested) lists for a padded tensor, {'values': list} for a sparse one; None is an empty row."""
  sparse = any(isinstance(cell, dict) for cell in cells)
  lists = [[] if cell is None else cell['values'] if isinstance(cell, dict) else cell for cell in cells]
  found = list(entries(lists))
  rank = max((len(at) for at, _ in found), default=2)
  where = np.array([at for at, _ in found], np.int64).reshape(-1, rank)
  values = np.array([value for _, value in found], NUMPY[dtype])
  shape = [len(cells), *(where[:, 1:].max(axis=0) + 1 if len(found) else [0] * (rank - 1))]
  if sparse:
    return tf.SparseTensor(where, tf.constant(values, dtype), np.array(shape, np.int64))
  dense = np.full(shape, FILL[dtype], NUMPY[dtype])
  dense[tuple(where.T)] = values
  return tf.constant(dense, dtype, shape=shape)


def tensors(rows, dtypes):
  """Features by key. A key that no row has is not there."""
  return {key: tensor([row.get(key) for row in rows], dtype) for key, dtype in dtypes.items() if any(key in row for row in rows)}


def example(row, dtypes):
  """A row of lists as a serialized tf.Example; what the row does not have is not there."""
  made = tf.train.Example()
  for key, values in row.items():
    feature = made.features.feature[key]
    flat = [value for _, value in entries(values)]
    lists = {'string': feature.bytes_list, 'int64': feature.int64_list, 'float32': feature.float_list}
    lists[dtypes[key]].value.extend(flat)
    if not flat:
      lists[dtypes[key]].SetInParent()
  return made.SerializeToString()


def is_version_1(columns):
  """Whether only tf.compat.v1's layers take them."""
  return any(not hasattr(column, 'variable_shape') and not hasattr(column, 'num_buckets') for column in columns)


def apply(layer, columns, features, **options):
  """The output's tensors: of sequences with their lengths."""
  if layer == 'dense_features' and is_version_1(columns):
    return [tf.compat.v1.feature_column.input_layer(features, columns)]
  if layer == 'dense_features':
    return [tf_keras.layers.DenseFeatures(columns)(features)]
  if layer == 'sequence_features':
    return list(tf_keras.experimental.SequenceFeatures(columns)(features))
  return [tf.compat.v1.feature_column.linear_model(features, columns, **options)]


def slices(columns):
  """[name, offset, width] of the output, in TensorFlow's order."""
  found, offset = [], 0
  for column in sorted(columns, key=lambda each: each.name):
    shape = column.variable_shape if hasattr(column, 'variable_shape') else column._variable_shape  # pylint: disable=protected-access
    width = int(np.prod(shape.as_list()))
    found.append([column.name, offset, width])
    offset += width
  return found
