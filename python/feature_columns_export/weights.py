"""Where weights come from: checkpoints, SavedModels, live variables. And the one checkpoint they are written to."""
import os

import numpy as np
import tensorflow as tf

OBJECT_GRAPH = '_CHECKPOINTABLE_OBJECT_GRAPH'
VARIABLE = '/.ATTRIBUTES/VARIABLE_VALUE'


def clean(name):
  """A variable's name without the output that it is of."""
  return name[:-2] if name.endswith(':0') else name


class Weights:
  """Variables by name; values are read when they are asked for. `where` says in messages what they are of."""

  def __init__(self, shapes, read, where):
    self.names = dict(shapes)  # name -> shape
    self._read = read
    self.where = where

  def value(self, name):
    """The variable's value as an array."""
    return np.asarray(self._read(name))

  def ending(self, ends):
    """Names that are, or end with a slash and, the first of `ends` that any does."""
    for end in ends:
      found = [name for name in self.names if name == end or name.endswith('/' + end)]
      if found:
        return found
    return []


def from_checkpoint(path):
  """A checkpoint's prefix, a directory with its state file, or a SavedModel. Raises ValueError if it is none of these."""
  prefix = str(path)
  if os.path.isdir(prefix):
    inside = os.path.join(prefix, 'variables', 'variables')
    prefix = inside if os.path.exists(inside + '.index') else tf.train.latest_checkpoint(prefix) or ''
  if not prefix or not os.path.exists(prefix + '.index'):
    raise ValueError(f'{path} is no checkpoint: there is no index file of that prefix, no directory with a `checkpoint` file, and no SavedModel')
  reader = tf.train.load_checkpoint(prefix)
  shapes = reader.get_variable_to_shape_map()
  keys = {name: name for name in shapes}
  if OBJECT_GRAPH in shapes:  # tf.train.Checkpoint, Keras, SavedModel: variables have names beside their keys
    from tensorflow.core.protobuf import trackable_object_graph_pb2
    graph = trackable_object_graph_pb2.TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH))
    keys = {attribute.full_name: attribute.checkpoint_key for node in graph.nodes for attribute in node.attributes
            if attribute.full_name and attribute.checkpoint_key in shapes}
  return Weights({name: shapes[key] for name, key in keys.items()}, lambda name: reader.get_tensor(keys[name]), f'the checkpoint {prefix}')


def from_variables(variables, where):
  """`variables`: name -> tf.Variable, tensor or array."""
  named = {clean(name): value for name, value in variables.items()}
  read = lambda name: named[name].numpy() if hasattr(named[name], 'numpy') else np.asarray(named[name])
  return Weights({name: tuple(value.shape) for name, value in named.items()}, read, where)


def weights_of(source):
  """Weights of whatever `export` is given. Raises TypeError, ValueError."""
  if source is None:
    return Weights({}, None, 'nothing: no weights were given')
  if isinstance(source, (str, os.PathLike)):
    return from_checkpoint(source)
  if isinstance(source, dict):
    return from_variables(source, 'the given variables')
  if hasattr(source, 'variables') and not callable(source.variables):  # a Keras layer or model, a tf.Module
    return from_variables({variable.name: variable for variable in source.variables}, f'the variables of {type(source).__name__}')
  raise TypeError(f'weights must be a path, a dict of variables, or a Keras layer or model, not {type(source).__name__}')


def write_checkpoint(prefix, tensors):
  """Writes arrays by name as a TensorFlow checkpoint of one shard."""
  names = sorted(tensors)
  with tf.Graph().as_default(), tf.compat.v1.Session() as session, tf.device('/cpu:0'):
    placeholders = [tf.compat.v1.placeholder(tensors[name].dtype, tensors[name].shape) for name in names]
    session.run(tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=[''] * len(names), tensors=placeholders),
                dict(zip(placeholders, (tensors[name] for name in names))))
