"""Layers and estimators as a spec has them: their lists of columns, their options, and which columns they take."""
from .columns import kind_of

_DNN = {'hidden_units', 'activation_fn', 'batch_norm'}
_LINEAR = {'sparse_combiner'}
_COMBINED = {'dnn_hidden_units', 'dnn_activation_fn', 'linear_sparse_combiner', 'batch_norm'}
_COMBINED_LISTS = ('dnn_feature_columns', 'linear_feature_columns')

# By a spec's "layer": the options beside columns and checkpoint.
OPTIONS = {
    'dense_features': set(), 'sequence_features': set(), 'linear_model': {'units', 'scope', *_LINEAR},
    'dnn_classifier': {*_DNN, 'n_classes'}, 'dnn_regressor': {*_DNN, 'label_dimension'},
    'linear_classifier': {*_LINEAR, 'n_classes'}, 'linear_regressor': {*_LINEAR, 'label_dimension'},
    'dnn_linear_combined_classifier': {*_COMBINED, 'n_classes'}, 'dnn_linear_combined_regressor': {*_COMBINED, 'label_dimension'},
}

# What dense_network.cpp computes.
ACTIVATIONS = {'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'tanh', 'softplus', 'softsign', 'leaky_relu', 'swish', 'silu', 'gelu', 'linear', 'identity'}

_DENSE = {'NumericColumn', 'BucketizedColumn', 'IndicatorColumn', 'EmbeddingColumn', 'SharedEmbeddingColumn', '_SharedEmbeddingColumn'}
_WRAPPERS = {'IndicatorColumn', 'EmbeddingColumn', 'SharedEmbeddingColumn', '_SharedEmbeddingColumn'}


def is_estimator(layer):
  return layer not in ('dense_features', 'sequence_features', 'linear_model')


def column_lists(columns, layer):
  """{field of the spec: columns}. Raises ValueError, TypeError: the columns are not such as the layer takes."""
  if layer not in OPTIONS:
    raise ValueError(f'layer is one of {", ".join(OPTIONS)}, not {layer!r}')
  if layer.startswith('dnn_linear_combined'):
    if not isinstance(columns, dict) or set(columns) != set(_COMBINED_LISTS):
      raise ValueError(f'{layer} takes columns=dict({_COMBINED_LISTS[0]}=[…], {_COMBINED_LISTS[1]}=[…])')
    lists = {name: _listed(columns[name]) for name in _COMBINED_LISTS}
  elif isinstance(columns, dict):
    raise ValueError(f'Expected feature_columns to be iterable, found dict. {layer} takes one list of columns')
  else:
    lists = {'columns': _listed(columns)}
  for name, each in lists.items():
    _check(each, layer, dense=layer == 'dense_features' or layer.startswith('dnn') and name != 'linear_feature_columns')
  return lists


def _listed(columns):
  # Columns are named tuples: one of them is no list.
  single = hasattr(columns, 'name') or isinstance(columns, str) or not hasattr(columns, '__iter__')
  return [columns] if single else list(columns)


def _check(columns, layer, dense):
  if not columns:
    raise ValueError(f'{layer}: feature_columns must not be empty')
  names = set()
  for column in columns:
    kind = kind_of(column)
    if column.name in names:
      raise ValueError(f'Duplicate feature column name found for columns: {column.name!r}. A layer tells its columns apart by their names')
    names.add(column.name)
    sequence = kind == 'SequenceNumericColumn' or kind in _WRAPPERS and _is_sequence(column.categorical_column)
    if layer == 'sequence_features':
      if not sequence:
        raise ValueError(f'{column.name!r}: all feature_columns of sequence_features must be of type SequenceDenseColumn, {kind} is not: make it of a '
                         'sequence_categorical_column_with_*, or put it into a layer of dense_features')
    elif sequence or kind == 'SequenceCategoricalColumn':
      raise ValueError(f'{column.name!r} is a sequence: only layer="sequence_features" takes it')
    elif dense and kind not in _DENSE:
      raise ValueError(f'Items of feature_columns must be a DenseColumn: {column.name!r} is a {kind}. You can wrap a categorical column with an '
                       'embedding_column or indicator_column')


def _is_sequence(column):
  kind = type(column).__name__
  return kind == 'SequenceCategoricalColumn' or kind == 'WeightedCategoricalColumn' and _is_sequence(column.categorical_column)


def checked_options(options, layer):
  """The options of a layer as data. Raises ValueError: the layer has no such option; an activation that is not known."""
  unknown = sorted(set(options) - OPTIONS[layer])
  if unknown:
    has = f'it has {", ".join(sorted(OPTIONS[layer]))}' if OPTIONS[layer] else 'it has none'
    raise ValueError(f'{layer} has no option {", ".join(unknown)}; {has}')
  found = {name: value for name, value in options.items() if value is not None}
  for name in ('activation_fn', 'dnn_activation_fn'):
    if name in found:
      found[name] = _activation(found[name])
  return found


def _activation(function):
  name = function if isinstance(function, str) else getattr(function, '__name__', repr(function))
  if name not in ACTIVATIONS:
    raise ValueError(f'activation_fn {name} is not known to the npm package; known are {", ".join(sorted(ACTIVATIONS))}')
  if not isinstance(function, str) and not getattr(function, '__module__', '').startswith(('tensorflow', 'keras', 'tf_keras')):
    raise ValueError(f'activation_fn {name} is a function of {function.__module__}, which may not be tf.nn.{name}; give the name as a string if it is')
  return name
