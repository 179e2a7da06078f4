"""Rows of features to what TensorFlow takes, and a layer's output for them."""
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_USE_LEGACY_KERAS', '1')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

tf.get_logger().setLevel('ERROR')

FILL = {'string': b'', 'int64': -1, 'float32': 0.0}
NUMPY = {'string': object, 'int64': np.int64, 'float32': np.float32}


def session():
  """One thread, and every op as it is written: rewriting makes x * (1 / c) of x / c."""
  config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
  config.graph_options.rewrite_options.disable_meta_optimizer = True
  return tf.compat.v1.Session(config=config)


def tensor(cells, dtype):
  """A cell a row: values for a vector, lists for a padded matrix, {'values': list} for a sparse tensor."""
  encode = lambda value: value.encode() if isinstance(value, str) else value
  if isinstance(cells[0], dict):
    lists = [cell['values'] for cell in cells]
    where = [[row, at] for row, values in enumerate(lists) for at in range(len(values))]
    flat = np.array([encode(value) for values in lists for value in values], NUMPY[dtype])
    return tf.SparseTensor(np.array(where, np.int64).reshape(-1, 2), tf.constant(flat, dtype), [len(cells), max(map(len, lists))])
  if not isinstance(cells[0], list):
    return tf.constant(np.array([encode(cell) for cell in cells], NUMPY[dtype]), dtype)
  padded = np.full((len(cells), max(map(len, cells))), FILL[dtype], NUMPY[dtype])
  for row, cell in enumerate(cells):
    for at, value in enumerate(cell):
      padded[row, at] = encode(value)
  return tf.constant(padded, dtype)


def tensors(rows, dtypes):
  return {key: tensor([row[key] for row in rows], dtype) for key, dtype in dtypes.items()}


def apply(layer, columns, features, **options):
  """The output's tensors: of sequences with their lengths."""
  if any(not hasattr(column, 'variable_shape') for column in columns) and layer != 'linear_model':  # of tf.compat.v1
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
