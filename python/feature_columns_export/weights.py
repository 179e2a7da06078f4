"""Where weights come from: checkpoints, SavedModels, live variables."""
import os
import re

import numpy as np
import tensorflow as tf

OBJECT_GRAPH = '_CHECKPOINTABLE_OBJECT_GRAPH'
FLOATS = ('float32', 'float16', 'bfloat16')

# What optimizers keep of a variable: `Adam/m/<variable>` in Keras, `<variable>/Adam_1` in what came before.
_OPTIMIZERS = re.compile(r'(?:Adadelta|Adafactor|Adagrad|Adam|AdamW|Adamax|Ftrl|Lion|Nadam|RMSprop|SGD|optimizer)(?:_\d+)?/[^/]+/(.+)')


def clean(name):
  """A variable's name without the output that it is of."""
  return name[:-2] if name.endswith(':0') else name


def of_optimizer(name, names, keys):
  """Whether a variable is an optimizer's copy of another one in `names`. `keys`: of a checkpoint of objects, name -> key."""
  key = keys.get(name, name)
  copied = _OPTIMIZERS.fullmatch(name)
  # In a checkpoint of objects the key tells; a tower of the model may be called Adam too.
  if copied and copied[1] in names and (key == name or '/_variables/' in key):
    return True
  parts = name.split('/')
  return any('/'.join(parts[:end]) in names for end in range(1, len(parts)))


class Weights:
  """Variables by name; values are read when they are asked for.

  `names`: name -> shape. `where` says in messages what they are of. `keys`: of a checkpoint of objects, name -> key. `prefix`: of a checkpoint.
  """

  def __init__(self, shapes, read, where, keys=None, prefix=None):
    self.names = dict(shapes)
    self.where, self.prefix = where, prefix
    self.keys = keys or {}
    self._read = read
    self._variables = {name for name in self.names if not of_optimizer(name, self.names, self.keys)}

  def value(self, name):
    """The variable's value as an array. Raises ValueError where a graph's variable has no session."""
    return np.asarray(self._read(name))

  def variables(self):
    """Names without what optimizers keep."""
    return sorted(self._variables)

  def known(self, name):
    """The name that a variable is listed by, given by its name or by its key; None if there is none."""
    name = clean(name)
    if name in self.names:
      return name
    return next((each for each, key in self.keys.items() if key == name), None)

  def ending(self, ends):
    """Names that are, or end with a slash and, the first of `ends` that any does.

    Graphs tell names apart without regard to case: `price_embedding/embedding_weights_1` is beside `Price_embedding/embedding_weights`.
    """
    for end in ends:
      pattern = re.compile(f'(?:.*/)?{re.escape(end)}')
      found = [name for name in sorted(self._variables) if pattern.fullmatch(name)]
      if not found and end.endswith('weights'):
        pattern = re.compile(f'(?:.*/)?{re.escape(end)}_\\d+')
        found = [name for name in sorted(self._variables) if pattern.fullmatch(name)]
      if found:
        return found
    return []


def _prefix_of(path):
  """The prefix that a path means. Raises ValueError if it means none."""
  exists, join = tf.io.gfile.exists, os.path.join
  candidates = [path[:-len('.index')] if path.endswith('.index') else path]
  if tf.io.gfile.isdir(path):
    candidates = [join(path, 'variables', 'variables'), tf.train.latest_checkpoint(path) or '']
  for prefix in candidates:
    if prefix and exists(prefix + '.index'):
      return prefix
  raise ValueError(f'{path} is no checkpoint: there is no index file of that prefix, no directory with a `checkpoint` file, and no SavedModel. '
                   'Of other formats (.keras, .h5) load the model, and give the model')


def from_checkpoint(path):
  """A checkpoint's prefix, a directory with its state file, or a SavedModel. Raises ValueError if it is none of these."""
  prefix = _prefix_of(os.fspath(path))
  reader = tf.train.load_checkpoint(prefix)
  shapes = {name: tuple(shape) for name, shape in reader.get_variable_to_shape_map().items()}
  keys = {}
  if OBJECT_GRAPH in shapes:  # tf.train.Checkpoint, Keras, SavedModel: variables have names beside their keys
    from tensorflow.core.protobuf import trackable_object_graph_pb2
    graph = trackable_object_graph_pb2.TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH))
    named = {}
    for node in graph.nodes:
      for attribute in node.attributes:
        if attribute.checkpoint_key in shapes:
          named.setdefault(attribute.full_name or _path(attribute.checkpoint_key), set()).add(attribute.checkpoint_key)
    # Two layers may have variables of one name: then only the keys tell which is which.
    for name, found in named.items():
      keys.update({name: key for key in found} if len(found) == 1 else {_path(key): key for key in found})
    shapes = {name: shapes[key] for name, key in keys.items()}
  read = lambda name: reader.get_tensor(keys.get(name, name))
  return Weights(shapes, read, f'the checkpoint {prefix}', keys, prefix)


def _path(key):
  """A key as a path of names: `layer/a_embedding.Sembedding_weights/.ATTRIBUTES/VARIABLE_VALUE` -> `layer/a_embedding/embedding_weights`."""
  return re.sub(r'\.([.S])', lambda escaped: '.' if escaped[1] == '.' else '/', key.replace('/.ATTRIBUTES/VARIABLE_VALUE', ''))


def _read_live(name, value):
  """The value of a variable, tensor or array."""
  if not (tf.is_tensor(value) or isinstance(value, tf.Variable)):
    return np.asarray(value)
  symbolic = not hasattr(value, 'numpy') or getattr(value, '_in_graph_mode', False)
  if not symbolic:
    with tf.init_scope():  # columns of shared embeddings are made in graphs: the export may be in one too
      return value.numpy()
  session = tf.compat.v1.get_default_session()
  if session is None or session.graph is not value.graph:
    raise ValueError(f'{name} is a variable of a graph, and its value is in a session: call export inside `with session.as_default():`, or give '
                     'weights={name: session.run(variable), …}, or a checkpoint')
  return session.run(value)


def from_variables(variables, where):
  """`variables`: (name, tf.Variable, tensor or array) pairs; the parts of a partitioned variable become one."""
  whole, parts = {}, {}
  for name, value in variables:
    slice_info = getattr(value, '_save_slice_info', None)
    if slice_info is not None:
      parts.setdefault(slice_info.full_name, []).append((slice_info, name, value))
    elif clean(name) in whole and whole[clean(name)] is not value:
      raise ValueError(f'{where}: two variables are called {name!r}; give them as a dict, under names of their own')
    else:
      whole[clean(name)] = value
  shapes = {name: tuple(value.shape) for name, value in whole.items()}
  shapes.update({name: tuple(found[0][0].full_shape) for name, found in parts.items()})

  def read(name):
    if name in whole:
      return _read_live(name, whole[name])
    found = [(info, _read_live(part, value)) for info, part, value in parts[name]]
    joined, filled = np.empty(shapes[name], found[0][1].dtype), 0
    for info, value in found:
      joined[tuple(slice(start, start + size) for start, size in zip(info.var_offset, info.var_shape))] = value
      filled += value.size
    if filled != joined.size:
      raise ValueError(f'{name}: only some parts of this partitioned variable are given')
    return joined

  return Weights(shapes, read, where)


def _shared_tables(source):
  """Shared tables hang on the columns of Keras layers, and are not among the layers' variables."""
  for layer in [source, *getattr(source, 'submodules', ())]:
    for column in getattr(layer, '_feature_columns', None) or ():
      creator = getattr(column, 'shared_embedding_column_creator', None)
      for table in getattr(creator, '_embedding_weights', {}).values():
        yield table.name, table


def _unpacked(name, value):
  """tf.compat.v1's partitioned variables as their parts."""
  parts = value._get_variable_list() if hasattr(value, '_get_variable_list') else None  # pylint: disable=protected-access
  return [(each.name, each) for each in parts] if parts is not None else [(name, value)]


def weights_of(source):
  """Weights of whatever `export` is given. Raises TypeError, ValueError."""
  if source is None:
    return Weights({}, None, 'nothing: no weights were given')
  if isinstance(source, (str, os.PathLike)):
    return from_checkpoint(source)
  if isinstance(source, dict):
    for name, value in source.items():
      if not isinstance(name, str) or not hasattr(value, 'shape'):
        raise TypeError(f'weights[{name!r}] must be a variable or an array under its name, not {type(value).__name__}')
    return from_variables([each for name, value in source.items() for each in _unpacked(name, value)], 'the given variables')
  if isinstance(source, (list, tuple)) and all(hasattr(each, 'name') and hasattr(each, 'shape') for each in source):
    return from_variables([each for value in source for each in _unpacked(value.name, value)], 'the given variables')
  if hasattr(source, 'variables') and not callable(source.variables):  # a Keras layer or model, a tf.Module
    named = {id(value): (name, value) for name, value in [*((each.name, each) for each in source.variables), *_shared_tables(source)]}
    return from_variables(named.values(), f'the variables of {type(source).__name__}')
  raise TypeError(f'weights must be a path, a dict or list of variables, or a Keras layer or model, not {type(source).__name__}')


def write_checkpoint(prefix, tensors):
  """Writes arrays by name as a TensorFlow checkpoint of one shard."""
  names = sorted(tensors)
  with tf.Graph().as_default(), tf.compat.v1.Session() as session, tf.device('/cpu:0'):
    placeholders = [tf.compat.v1.placeholder(tensors[name].dtype, tensors[name].shape) for name in names]
    session.run(tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=[''] * len(names), tensors=placeholders),
                dict(zip(placeholders, (tensors[name] for name in names))))
