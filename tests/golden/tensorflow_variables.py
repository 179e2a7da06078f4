"""What TensorFlow calls the variables of its models: python tensorflow_variables.py > tensorflow_variables.json

Each case is a model, the variables that tf.compat.v1.train.Saver wrote for it, and what it predicts for a batch when they hold
`value` below: a table that is taken for another gives another number. The names of features are chosen to be told apart badly.
Needs tensorflow 2.15 with tensorflow-estimator, the last that has estimators.

The producers: v2 is tf.estimator, v1 tf.compat.v1.estimator, linear_model tf.compat.v1.feature_column.linear_model. A group of
shared embeddings is `shared` (tf.feature_column.shared_embeddings) or `shared_v1` (tf.compat.v1.feature_column.shared_embedding_columns).
"""
import json
import logging
import os
import random
import sys
import tempfile
import warnings

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='')
warnings.filterwarnings('ignore')
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

logging.disable(logging.CRITICAL)
tf.compat.v1.disable_eager_execution()
fc, fc1, v1 = tf.feature_column, tf.compat.v1.feature_column, tf.compat.v1

KEYS = ['a', 'A', 'a/b', 'a_b', 'x/a', 'A/b', 'linear_model', 'input_layer', 'bias_weights', 'weights', 'a_embedding', 'A_embedding', 'dnn', 'a_1', 'a_embedding_1',
        'user/id', 'id', 'linear', 'A_B', 'linear_model/a']
COLLECTIONS = ['coll', 'Coll', 'coll_1', 'a_embedding', 'A_embedding', 'a/c', 'a/C', 'dnn', 'input_layer', 'linear', 'weights']
RANDOM = 60


def embedding(*keys):
  return [{'embedding': key} for key in keys]


def plain(*keys):
  return [{'identity': key} for key in keys]


def shared(collection, *keys, kind='shared'):
  return [{kind: list(keys), 'collection': collection}]


def shared_v1(collection, *keys):
  return shared(collection, *keys, kind='shared_v1')


GROUP, GROUP_V1 = shared('coll', 'p', 'q'), shared_v1('coll', 'p', 'q')
MODELS = [
    ('v2', {'dnn': embedding('A', 'a', 'x/a')}),
    ('v2', {'dnn': embedding('a/b', 'a_b')}),
    ('v2', {'dnn': embedding('a') + [{'numeric': 'A_embedding'}]}),
    ('v2', {'dnn': shared('Coll', 'p', 'q') + shared('coll', 'r', 's')}),
    ('v2', {'dnn': shared('Coll', 'p', 'q') + shared('coll', 'r', 's') + shared('coll_1', 't', 'u')}),
    ('v2', {'dnn': shared('Coll', 'p', 'q') + shared('coll', 'r', 's') + shared('coll_1', 'a', 'b')}),
    ('v2', {'dnn': shared('a_embedding', 'p', 'q') + embedding('a')}),
    ('v2', {'dnn': shared('dnn', 'p', 'q')}),
    ('v2', {'dnn': shared('Coll', 'p', 'q'), 'linear': shared('coll', 'r', 's') + embedding('A', 'a') + plain('bias_weights')}),
    ('v2', {'dnn': GROUP, 'linear': GROUP}),
    ('v1', {'dnn': GROUP, 'linear': GROUP}),
    ('v1', {'dnn': GROUP_V1, 'linear': GROUP_V1 + plain('x')}),
    ('v1', {'dnn': embedding('z'), 'linear': GROUP}),
    ('v1', {'dnn': embedding('z'), 'linear': GROUP_V1}),
    ('v1', {'dnn': GROUP_V1, 'linear': shared_v1('coll', 'q', 'r')}),
    ('v1', {'dnn': GROUP, 'linear': GROUP, 'apart': True}),
    ('v1', {'linear': GROUP}),
    ('v1', {'linear': GROUP_V1 + plain('user/id', 'linear_model')}),
    ('v1', {'linear': GROUP_V1 + plain('coll') + embedding('a', 'A')}),
    ('v1', {'linear': shared_v1('a/c', 'p', 'q') + shared_v1('a/C', 'r', 's')}),
    ('v1', {'linear': shared('a/c', 'p', 'q') + shared('A/c', 'r', 's') + embedding('A', 'a')}),
    ('v1', {'dnn': shared_v1('a/c', 'p', 'q') + embedding('a', 'A', 'a/b')}),
    ('v1', {'dnn': shared_v1('a_embedding', 'p', 'q') + embedding('a')}),
    ('v1', {'dnn': shared('a_embedding', 'p', 'q') + embedding('a', 'A', 'x/a')}),
    ('linear_model', {'linear': plain('user/id')}),
    ('linear_model', {'linear': plain('linear_model')}),
    ('linear_model', {'linear': plain('a', 'A', 'bias_weights', 'weights') + embedding('a', 'A')}),
    ('linear_model', {'linear': GROUP_V1 + plain('coll', 'linear_model/a')}),
    ('linear_model', {'linear': plain('user/id') + embedding('a'), 'scope': 'head/linear_model'}),
    ('linear_model', {'linear': plain('a') + embedding('a/b'), 'scope': 'linear_model_1'}),
]


def value(variable, size):
  """Of the variable of that number among the sorted ones. The same formula is in tests/suites/variable_names_suite.mjs."""
  return [((variable * 37 + i * 17) % 64 + 1) / 64 for i in range(size)]


def columns_of(items, made):
  columns = []
  for item in items:
    [(kind, keys)] = [(name, each) for name, each in item.items() if name != 'collection']
    several = [fc.categorical_column_with_identity(key, 2) for key in (keys if isinstance(keys, list) else [keys])]
    if kind == 'numeric':
      columns.append(fc.numeric_column(keys))
    elif kind == 'identity':
      columns += several
    elif kind == 'embedding':
      columns.append(fc.embedding_column(several[0], 1))
    elif kind == 'shared_v1':
      columns += fc1.shared_embedding_columns(several, 1, shared_embedding_collection_name=item['collection'])
    else:  # one call for both parts of an estimator
      name = json.dumps(item)
      made[name] = made.get(name) or fc.shared_embeddings(several, 1, shared_embedding_collection_name=item['collection'])
      columns += made[name]
  return columns


def keys_of(items):
  return {key for item in items for name, keys in item.items() if name != 'collection' for key in (keys if isinstance(keys, list) else [keys])}


def model(producer, features, dnn=None, linear=None, scope='linear_model', apart=False):
  made = {}
  dnn = dnn and columns_of(dnn, made)
  linear = linear and columns_of(linear, {} if apart else made)
  if producer == 'linear_model':
    outer = scope.rpartition('/')[0]
    if scope == 'linear_model_1':
      fc1.linear_model(features, linear)
    if not outer:
      return fc1.linear_model(features, linear)
    with v1.variable_scope(outer):
      return fc1.linear_model(features, linear)
  estimators = tf.estimator if producer == 'v2' else v1.estimator
  if dnn and linear:
    estimator = estimators.DNNLinearCombinedRegressor(dnn_feature_columns=dnn, dnn_hidden_units=[2], linear_feature_columns=linear)
  else:
    estimator = estimators.DNNRegressor([2], dnn) if dnn else estimators.LinearRegressor(linear)
  return estimator._call_model_fn(features, None, 'infer', estimator.config).predictions['predictions']


def case(producer, lists, folder):
  keys = sorted(keys_of(lists.get('dnn', []) + lists.get('linear', [])))
  batch = {key: [(i >> row) % 2 for row in range(3)] for i, key in enumerate(keys, 1)}
  prefix = os.path.join(folder, 'model')
  with tf.Graph().as_default(), v1.Session() as session:
    output = model(producer, {key: tf.constant([[each] for each in values], tf.int64) for key, values in batch.items()}, **lists)
    session.run([v1.global_variables_initializer(), v1.tables_initializer()])
    v1.train.Saver().save(session, prefix, write_meta_graph=False)
    shapes = {name: shape for name, shape in tf.train.list_variables(prefix) if name != 'global_step'}
    saved = {name: np.float32(value(i, int(np.prod(shape)))).reshape(shape) for i, (name, shape) in enumerate(sorted(shapes.items()))}
    session.run(tf.raw_ops.SaveV2(prefix=prefix, tensor_names=list(saved), shape_and_slices=[''] * len(saved), tensors=list(saved.values())))
    v1.train.Saver(saver_variables(shapes)).restore(session, prefix)
    return {'producer': producer, **lists, 'batch': batch, 'variables': shapes, 'predictions': session.run(output).ravel().tolist()}


def saver_variables(shapes):
  """Variables by the names under which they are saved."""
  found = {}
  for variable in v1.global_variables():
    slice_info = variable._get_save_slice_info()
    found[slice_info.full_name if slice_info else variable.op.name] = variable
  return {name: found[name] for name in shapes}


def random_lists(dice):
  keys, collections = dice.sample(KEYS, 6), dice.sample(COLLECTIONS, 3)
  producer = dice.choice(['v2', 'v2', 'v1', 'v1', 'linear_model'])
  kind = 'shared' if producer == 'v2' else 'shared_v1' if producer == 'linear_model' else dice.choice(['shared', 'shared_v1'])

  def items(kinds):
    left, made = dice.sample(keys, dice.randint(2, 4)), []
    while left:
      if len(left) > 1 and dice.random() < .35:
        made += shared(dice.choice(collections), left.pop(), left.pop(), kind=kind)
      else:
        made.append({dice.choice(kinds): left.pop()})
    return made
  lists = {}
  if producer != 'linear_model' and dice.random() < .7:
    lists['dnn'] = items(['embedding', 'embedding', 'numeric'])
  if not lists or dice.random() < .5:
    lists['linear'] = items(['embedding', 'identity', 'identity', 'numeric'])
  return producer, lists


def main():
  dice = random.Random(5)
  with tempfile.TemporaryDirectory() as folder:
    cases = [case(producer, lists, folder) for producer, lists in MODELS]
    while len(cases) < len(MODELS) + RANDOM:
      producer, lists = random_lists(dice)
      try:
        cases.append(case(producer, lists, folder))
      except ValueError:  # there is no such model: two variables would have one name, or a scope may not be called so
        continue
      print(len(cases), file=sys.stderr)
  lines = ',\n'.join(f'  {json.dumps(each)}' for each in cases)
  print(f'{{\n "tensorflow": "{tf.__version__}",\n "cases": [\n{lines}\n ]\n}}')


main()
