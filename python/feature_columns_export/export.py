"""export: columns and weights to a folder."""
import hashlib
import json
import os
import re
import shutil
import warnings
from dataclasses import dataclass, field

import numpy as np

from . import normalizers
from .columns import ColumnWriter, kind_of
from .weights import from_checkpoint, weights_of, write_checkpoint

CHECKPOINT = 'model.ckpt'
LAYERS = ('dense_features', 'sequence_features', 'linear_model')
ESTIMATORS = {
    'dnn_classifier': ['columns'], 'dnn_regressor': ['columns'], 'linear_classifier': ['columns'], 'linear_regressor': ['columns'],
    'dnn_linear_combined_classifier': ['dnn_feature_columns', 'linear_feature_columns'],
    'dnn_linear_combined_regressor': ['dnn_feature_columns', 'linear_feature_columns'],
}
# What optimizers keep beside a variable, under its name.
SLOTS = re.compile(r'/(Adagrad|Adam|Ftrl|RMSProp|Momentum|Adadelta|Adamax|AMSGrad|Nadam)(_\d+)?$|/(m|v|accum|linear|momentum|rms)$')


class ExportWarning(UserWarning):
  """Something that does not travel; the message says what to do."""


@dataclass
class Report:
  """What was written."""
  folder: str
  spec: dict
  vocabularies: dict = field(default_factory=dict)  # name in the folder -> where it came from
  tensors: dict = field(default_factory=dict)  # name in the checkpoint -> shape
  warnings: list = field(default_factory=list)


class _Exporter:

  def __init__(self, folder, weights, tensor_names, normalizer_steps, own_tables):
    self.weights = weights
    self.report = Report(folder, {})
    self.tensors = {}
    self._tensor_names = dict(tensor_names or {})
    self._steps = dict(normalizer_steps or {})
    self._own_tables = own_tables  # False: an estimator's checkpoint has them under names that the reader knows
    self._digests = {}
    self._checkpoints = {}
    self._used = set()

  def warn(self, message):
    if message not in self.report.warnings:
      self.report.warnings.append(message)
      warnings.warn(message, ExportWarning, stacklevel=4)

  def vocabulary(self, path):
    """Takes a vocabulary file along, equal contents once; its name in the folder."""
    path = path.decode() if isinstance(path, bytes) else str(path)
    with open(path, 'rb') as file:
      digest = hashlib.sha256(file.read()).hexdigest()
    if digest not in self._digests:
      name, number = os.path.basename(path), 2
      stem, dot, ending = name.partition('.')
      while name in self.report.vocabularies or name in ('spec.json',) or name.startswith(CHECKPOINT):
        name, number = f'{stem}_{number}{dot}{ending}', number + 1
      self._digests[digest] = name
      self.report.vocabularies[name] = path
    return self._digests[digest]

  def table(self, name, ends, checkpoint, tensor):
    """The fields that say where a column's table is, after taking it along. Raises ValueError if it is not found."""
    if not self._own_tables:  # under whatever names they have: the dnn and the linear part may have one each
      found = [each for each in self.weights.ending(ends) if not SLOTS.search(each)] or [self._variable(name, ends)]
      for each in found:
        self.take(each, self.weights, each)
      return {}
    if self.weights.names or checkpoint is None:
      source, found = self.weights, self._variable(name, ends)
    else:
      path = checkpoint.decode() if isinstance(checkpoint, bytes) else str(checkpoint)
      source, found = self._checkpoints.setdefault(path, from_checkpoint(path)), tensor
      if found not in source.names:
        raise ValueError(f'{name}: {source.where} has no tensor {tensor!r}')
    self.take(ends[0], source, found)
    return {'ckpt_to_load_from': CHECKPOINT, 'tensor_name_in_ckpt': ends[0]}

  def _variable(self, name, ends):
    if name in self._tensor_names:
      self._used.add(name)
      found = self._tensor_names[name]
      if found not in self.weights.names:
        raise ValueError(f'tensor_names: {self.weights.where} has no variable {found!r} for {name!r}; it has {self._listed(self.weights.names)}')
      return found
    found = [each for each in self.weights.ending(ends) if not SLOTS.search(each)]
    if len(found) == 1:
      return found[0]
    if not found:
      raise ValueError(f'{name}: no variable ends with {ends[0]!r} in {self.weights.where}; it has {self._listed(self.weights.names)}. '
                       f'Give weights, or tensor_names={{{name!r}: …}}')
    raise ValueError(f'{name}: several variables end with {ends[0]!r}: {self._listed(found)}. Say which: tensor_names={{{name!r}: {found[0]!r}}}')

  @staticmethod
  def _listed(names):
    names = sorted(names)
    return ', '.join(names[:12]) + (f' and {len(names) - 12} more' if len(names) > 12 else '') if names else 'none'

  def take(self, name, source, found):
    """Puts a variable into the checkpoint under `name`."""
    value = np.ascontiguousarray(source.value(found))
    if name in self.tensors and not (self.tensors[name].shape == value.shape and self.tensors[name].tobytes() == value.tobytes()):
      raise ValueError(f'two variables would both be {name!r} in the checkpoint; give the columns or collections names of their own')
    self.tensors[name] = value
    self.report.tensors[name] = value.shape

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


def _listed_columns(columns):
  return list(columns) if isinstance(columns, (list, tuple, set)) and not hasattr(columns, 'name') else [columns]


def _column_lists(columns, layer):
  fields = ESTIMATORS.get(layer, ['columns'])
  if fields == ['columns']:
    return {'columns': _listed_columns(columns)}
  if not isinstance(columns, dict) or set(columns) != set(fields):
    raise ValueError(f'{layer} takes columns=dict({fields[0]}=[…], {fields[1]}=[…])')
  return {name: _listed_columns(columns[name]) for name in fields}


def _linear_weights(exporter, lists, scope):
  """A linear model's weights under TensorFlow's own names."""
  for column in lists['columns']:
    end = f'{column.name}/weights'
    exporter.take(f'{scope}/{end}', exporter.weights, exporter._variable(column.name, [f'{scope}/{end}', end]))  # pylint: disable=protected-access
  exporter.take(f'{scope}/bias_weights', exporter.weights, exporter._variable('bias_weights', [f'{scope}/bias_weights', 'bias_weights', 'bias']))  # pylint: disable=protected-access


def export(columns, folder, *, layer='dense_features', weights=None, tensor_names=None, normalizer_steps=None, scope='linear_model', **options):
  """Writes columns and their weights as a folder that `runtime.load('<folder>/spec.json')` of the npm package opens.

  Args:
    columns: live columns of tf.feature_column (shared embeddings of TensorFlow 2 and of tf.compat.v1 included): one, a list, or for the combined
      estimators dict(dnn_feature_columns=[…], linear_feature_columns=[…]).
    folder: where to write; made if it is not there.
    layer: 'dense_features', 'sequence_features', 'linear_model', or an estimator such as 'dnn_classifier'.
    weights: a checkpoint's prefix or directory, a SavedModel's directory, a Keras layer or model, or {name: variable or array}.
      Default None: columns have ckpt_to_load_from, or no table at all.
    tensor_names: {column name, or collection name of shared embeddings: variable name}, where names do not tell.
    normalizer_steps: {key: steps}, a normalizer_fn as data; held against the function.
    scope: of linear_model's variables.
    **options: of the layer, by TensorFlow's names: units, sparse_combiner, n_classes, hidden_units, activation_fn, …

  Returns:
    A Report: the spec, the vocabularies, the tensors, the warnings.

  Raises:
    TypeError: something is no column, or no weights.
    ValueError: a variable is not found or ambiguous; steps are not the function; arguments do not fit.

  Warns:
    ExportWarning: something does not travel; the message says what to do.
  """
  if layer not in LAYERS and layer not in ESTIMATORS:
    raise ValueError(f'layer is one of {", ".join([*LAYERS, *ESTIMATORS])}, not {layer!r}')
  lists = _column_lists(columns, layer)
  for each in (column for name in lists for column in lists[name]):
    kind_of(each)
  folder = os.fspath(folder)
  exporter = _Exporter(folder, weights_of(weights), tensor_names, normalizer_steps, own_tables=layer not in ESTIMATORS)
  writer = ColumnWriter(exporter.vocabulary, exporter.table, exporter.normalizer, exporter.warn)
  spec = {'version': 1, 'layer': layer, **{name: writer.items(lists[name]) for name in lists}, **options}
  if layer == 'linear_model':
    _linear_weights(exporter, lists, scope)
    spec.update(scope=scope, ckpt_to_load_from=CHECKPOINT)
  elif layer in ESTIMATORS:
    if not exporter.weights.names:
      raise ValueError(f'{layer} needs weights: the checkpoint, or the directory, of the trained estimator')
    for name in exporter.weights.names:
      if not SLOTS.search(name) and re.match(r'(dnn|linear)/', name):
        exporter.take(name, exporter.weights, name)
    spec['ckpt_to_load_from'] = CHECKPOINT
  if exporter.unused():
    raise ValueError(f'given for nothing that is among the columns: {", ".join(exporter.unused())}')
  text = json.dumps(spec, ensure_ascii=False, allow_nan=False, indent=2)
  # Everything has been read and checked; the spec comes last, so that it never names a file that is not there.
  os.makedirs(folder, exist_ok=True)
  for name, path in exporter.report.vocabularies.items():
    if os.path.abspath(path) != os.path.abspath(os.path.join(folder, name)):
      shutil.copyfile(path, os.path.join(folder, name))
  if exporter.tensors:
    write_checkpoint(os.path.join(os.path.abspath(folder), CHECKPOINT), exporter.tensors)
  with open(os.path.join(folder, 'spec.json.part'), 'w', encoding='utf-8') as file:
    file.write(text + '\n')
  os.replace(os.path.join(folder, 'spec.json.part'), os.path.join(folder, 'spec.json'))
  exporter.report.spec = spec
  return exporter.report
