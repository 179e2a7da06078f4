"""export: columns and weights to a folder."""
import json
import os
import re
import warnings
from dataclasses import dataclass, field

import numpy as np

from . import normalizers
from .columns import ColumnWriter, text
from .folder import CHECKPOINT, Folder
from .layers import checked_options, column_lists, is_estimator
from .weights import FLOATS, from_checkpoint, weights_of, write_checkpoint

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity')


class ExportWarning(UserWarning):
  """Something that does not travel; the message says what to do."""


@dataclass
class Report:
  """What was written."""
  folder: str
  spec: dict
  vocabularies: dict = field(default_factory=dict)  # name in the folder -> where it came from
  tensors: dict = field(default_factory=dict)  # name in the checkpoint -> shape; of checkpoints that were copied whole, those that are used
  warnings: list = field(default_factory=list)


class _Exporter:
  """What is taken along while columns are written."""

  def __init__(self, folder, weights, tensor_names, normalizer_steps, estimator, whole):
    self.folder, self.weights, self.estimator, self.whole = folder, weights, estimator, whole
    self.report = Report(folder.path, {}, folder.vocabularies)
    self.tensors = {}
    self._tensor_names = dict(tensor_names or {})
    self._steps = dict(normalizer_steps or {})
    self._checkpoints = {}  # path -> Weights
    self._copied = {}  # prefix -> name in the folder
    self._used = set()

  def warn(self, message):
    if message not in self.report.warnings:
      self.report.warnings.append(message)
      warnings.warn(message, ExportWarning, stacklevel=4)

  # --- variables

  def table(self, name, ends, shape, checkpoint, tensor):
    """The fields that say where a column's table is, after taking it along. Raises ValueError if it is not found, or is another one's."""
    if self.estimator:
      self._estimator_table(name, ends, shape)
      return {}
    if self.weights.names or checkpoint is None:
      source, found = self.weights, self.variable(name, ends)
    else:
      path = text(checkpoint)
      source = self._checkpoints[path] = self._checkpoints.get(path) or from_checkpoint(path)
      found = source.known(tensor)
      if found is None:
        raise ValueError(f'{name}: {source.where} has no tensor {tensor!r}; it has {_listed(source.names)}')
    return {'ckpt_to_load_from': self._checkpoint_of(source), 'tensor_name_in_ckpt': self.take(ends[0], source, found, name, shape)}

  def _estimator_table(self, name, ends, shape):
    """Where an estimator's tables are, its reader knows; the dnn and the linear part may have one each."""
    if name in self._tensor_names:
      found = self.variable(name, ends)
      canonical = found if self.whole or found.startswith(('dnn/', 'linear/')) else ends[0] if '/' not in ends[0] else f'dnn/input_from_feature_columns/input_layer/{ends[0]}'
      self.take(canonical, self.weights, found, name, shape)
      return
    for found in self.weights.ending(ends) or [self.variable(name, ends)]:
      self.take(found, self.weights, found, name, shape)

  def variable(self, name, ends):
    """The one variable of `weights` that a column means. Raises ValueError."""
    source = self.weights
    if name in self._tensor_names:
      self._used.add(name)
      given = self._tensor_names[name]
      found = source.known(given)
      if found is None:
        raise ValueError(f'tensor_names: {source.where} has no variable {given!r} for {name!r}; it has {_listed(source.variables())}')
      return found
    found = source.ending(ends)
    if len(found) == 1:
      return found[0]
    if not found:
      raise ValueError(f'{name}: no variable ends with {ends[0]!r} in {source.where}; it has {_listed(source.variables())}. '
                       f'Give weights, or tensor_names={{{name!r}: …}}')
    raise ValueError(f'{name}: several variables end with {ends[0]!r}: {_listed(found)}. Say which: tensor_names={{{name!r}: {found[0]!r}}}')

  def take(self, name, source, found, column, shape=None):
    """Takes a variable along, as `name` or, in a checkpoint that is copied whole, as it is called there; that name."""
    if shape is not None and not _fits(source.names[found], shape):
      wanted = ', '.join('buckets' if size is None else str(size) for size in shape)
      raise ValueError(f'{column}: the variable {found!r} has the shape {list(source.names[found])}, the column needs [{wanted}]: are they of one model?')
    if self.whole:
      name = source.keys.get(found, found)
      self.report.tensors[name] = source.names[found]
      return name
    value = np.ascontiguousarray(source.value(found))
    if value.dtype.name not in FLOATS:
      raise ValueError(f'{column}: the variable {found!r} is of {value.dtype.name}; TensorFlow trains tables of {", ".join(FLOATS)}')
    if name in self.tensors and not (self.tensors[name].shape == value.shape and self.tensors[name].tobytes() == value.tobytes()):
      raise ValueError(f'two variables would both be {name!r} in the checkpoint; give the columns or collections names of their own')
    self.tensors[name] = value
    self.report.tensors[name] = value.shape
    return name

  def _checkpoint_of(self, source):
    """The name of the checkpoint, in the folder, that has what is taken from `source`."""
    if not self.whole:
      return CHECKPOINT
    if source.prefix is None:
      raise ValueError(f'whole_checkpoint copies the files of a checkpoint, and {source.where} are none; leave it out')
    if source.prefix not in self._copied:
      name = CHECKPOINT if not self._copied else f'model_{len(self._copied) + 1}.ckpt'
      self.folder.add_checkpoint(source.prefix, name)
      self._copied[source.prefix] = name
    return self._copied[source.prefix]

  def linear_model(self, columns, scope, units):
    """A linear model's weights under TensorFlow's own names; the fields of the spec."""
    wanted = [(f'{column.name}/weights', (None, units)) for column in columns] + [('bias_weights', (units,))]
    for end, shape in wanted:
      found = self.variable(end, [f'{scope}/{end}', end])
      name = f'{scope}/{end}'
      if self.whole and found != name:
        raise ValueError(f'{end}: in {self.weights.where} it is {found!r}, and whole_checkpoint copies it under its own name: give scope={found[:-len(end) - 1]!r}, '
                         'or leave whole_checkpoint out')
      self.take(name, self.weights, found, end, shape)
    return {'scope': scope, 'ckpt_to_load_from': self._checkpoint_of(self.weights)}

  def estimator_variables(self, layer):
    """Everything that the estimator computes with; the fields of the spec."""
    if not self.weights.names:
      raise ValueError(f'{layer} needs weights: the checkpoint, or the directory, of the trained estimator')
    parts = tuple(part for part, word in (('dnn/', 'dnn'), ('linear/', 'linear')) if word in layer)
    for part in parts:
      if not any(name.startswith(part) for name in self.weights.names):
        raise ValueError(f'{layer}: no variable of {self.weights.where} begins with {part!r}; it has {_listed(self.weights.variables())}. Is it that estimator\'s?')
    for name in self.weights.variables():
      if name.startswith(parts):
        self.take(name, self.weights, name, layer)
    return {'ckpt_to_load_from': self._checkpoint_of(self.weights)}

  # --- normalizers

  def normalizer(self, column):
    """The steps of a column's normalizer_fn; without them, what makes loading refuse."""
    steps = self._steps.get(column.key)
    if steps is None:
      name = getattr(column.normalizer_fn, '__qualname__', repr(column.normalizer_fn))
      self.warn(f'{column.key}: its normalizer_fn {name} is code and does not travel. Give normalizer_steps={{{column.key!r}: [["sub", 3.0], …]}}, or load the '
                'columns in JavaScript with a normalizerFn of your own; as it is, the spec refuses to load')
      return f'{name}: give it as steps'
    self._used.add(column.key)
    normalizers.check(column, steps)
    return [list(step) for step in steps]

  def unused(self):
    """Names that were given for nothing."""
    return sorted(({*self._tensor_names} | {*self._steps}) - self._used)


def _listed(names):
  names = sorted(names)
  return ', '.join(names[:12]) + (f' and {len(names) - 12} more' if len(names) > 12 else '') if names else 'none'


def _fits(found, shape):
  return len(found) == len(shape) and all(wanted is None or size == wanted for size, wanted in zip(found, shape))


def _as_text(spec):
  """JSON, with infinity as the package writes it: 1e999."""
  def token(found):
    return found[0].replace('Infinity', '1e999') if found[0].endswith('Infinity') else found[0]
  written = json.dumps(spec, ensure_ascii=False, indent=2)
  if re.search(r'\bNaN\b', _TOKEN.sub('', written)):
    raise ValueError('a column has NaN among its arguments, which JSON cannot hold')
  return _TOKEN.sub(token, written) + '\n'


def export(columns, folder, *, layer=None, weights=None, tensor_names=None, normalizer_steps=None, whole_checkpoint=False, scope='linear_model', **options):
  """Writes columns and their weights as a folder that `runtime.load('<folder>/spec.json')` of the npm package opens.

  Args:
    columns: live columns of tf.feature_column (shared embeddings of TensorFlow 2 and of tf.compat.v1 included): one, a list, for the combined
      estimators dict(dnn_feature_columns=[…], linear_feature_columns=[…]); or a Keras layer of them, DenseFeatures or SequenceFeatures, which
      then is the weights too.
    folder: where to write; made if it is not there. A failed export leaves it as it was.
    layer: 'dense_features', 'sequence_features', 'linear_model', or an estimator such as 'dnn_classifier'. Default: what the Keras layer is, else
      'dense_features'.
    weights: a checkpoint's prefix or directory, a SavedModel's directory, a Keras layer or model, a list of variables, or {name: variable or array}.
      Variables of a graph are read from the default session. Default None: columns have ckpt_to_load_from, or no table at all. With it, all
      tables come from it, since ckpt_to_load_from is only where training began.
    tensor_names: {column name, or collection name of shared embeddings: name, or key, of its variable}, where names do not tell. Of a linear model:
      '<column name>/weights' and 'bias_weights'.
    normalizer_steps: {key: steps}, a normalizer_fn as data; held against the function.
    whole_checkpoint: whether to copy the checkpoint's files as they are, rather than only the variables that are needed.
    scope: of linear_model's variables.
    **options: of the layer, by TensorFlow's names: units, sparse_combiner, n_classes, hidden_units, activation_fn, …

  Returns:
    A Report: the spec, the vocabularies, the tensors, the warnings.

  Raises:
    TypeError: something is no column, or no weights.
    ValueError: a variable is not found, ambiguous, or of another shape; steps are not the function; arguments do not fit.

  Warns:
    ExportWarning: something does not travel; the message says what to do.
  """
  if hasattr(columns, '_feature_columns'):  # a Keras layer
    layer = layer or {'SequenceFeatures': 'sequence_features'}.get(type(columns).__name__)
    weights = columns if weights is None else weights
    columns = columns._feature_columns  # pylint: disable=protected-access
  layer = layer or 'dense_features'
  lists = column_lists(columns, layer)
  options = checked_options(options, layer)
  source = weights_of(weights)
  with Folder(folder) as target:
    exporter = _Exporter(target, source, tensor_names, normalizer_steps, is_estimator(layer), whole_checkpoint)
    writer = ColumnWriter(target.add_vocabulary, exporter.table, exporter.normalizer, exporter.warn)
    spec = {'version': 1, 'layer': layer, **{name: writer.items(each) for name, each in lists.items()}, **options}
    if layer == 'linear_model':
      spec.update(exporter.linear_model(lists['columns'], scope, options.get('units', 1)))
    elif exporter.estimator:
      spec.update(exporter.estimator_variables(layer))
    if exporter.unused():
      raise ValueError(f'given for nothing that is among the columns: {", ".join(exporter.unused())}')
    written = _as_text(spec)
    if exporter.tensors:
      write_checkpoint(os.path.join(target.aside(CHECKPOINT)), exporter.tensors)
    target.commit(written)
  exporter.report.spec = spec
  return exporter.report
