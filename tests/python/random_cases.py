"""Random columns over random rows, answered by TensorFlow, as cases for `feature-columns verify` (docs/cases.md).

python random_cases.py --seed 1 --count 100 > cases.jsonl

Live columns go through the exporter, so that a case tests both. The same seed gives the same cases.
"""
import argparse
import base64
import json
import os
import random
import sys
import tempfile

from tensors import apply, example, session, slices, tensors, tf  # first: it sets TensorFlow up
import numpy as np

import cases
from feature_columns_export import export
from random_columns import Columns

# layer, how the batch is given, whether tf.compat.v1's shared embeddings
KINDS = [('dense_features', 'rows', False)] * 5 + [('dense_features', 'examples', False)] * 2 + [('dense_features', 'rows', True)] + \
    [('sequence_features', 'rows', False)] * 3 + [('linear_model', 'rows', False)] * 2 + [('linear_model', 'examples', False)]


def save_partitioned(path, values, rng):
  """A checkpoint in which tables are cut into slices, as partitioned variables leave them."""
  names, parts, tensors_ = [], [], []
  for name, value in values.items():
    rows = value.shape[0]
    cuts = sorted({0, rows, *(rng.randint(0, rows) for _ in range(2))}) if value.ndim == 2 else [0, rows]
    for start, end in zip(cuts, cuts[1:]):
      whole = len(cuts) == 2
      names.append(name)
      parts.append('' if whole else f'{rows} {value.shape[1]} {start},{end - start}:0,{value.shape[1]}')
      tensors_.append(tf.constant(value[start:end]))
  with session() as running:
    running.run(tf.raw_ops.SaveV2(prefix=path, tensor_names=names, shape_and_slices=parts, tensors=tensors_))
  return path


def source_of(values, folder, rng):
  """The same weights in one of the forms that the exporter takes, and its arguments."""
  form = rng.choice(['arrays', 'arrays', 'partitioned', 'whole'])
  if form == 'arrays' or not values:
    return {'weights': values}
  return {'weights': save_partitioned(os.path.join(folder, 'trained.ckpt'), values, rng), 'whole_checkpoint': form == 'whole'}


def random_case(seed, number):
  """A line for verify."""
  rng = random.Random(f'{seed}/{number}')
  with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default(), session() as running:
    files, out = os.path.join(folder, 'files'), os.path.join(folder, 'out')
    os.mkdir(files)
    layer, way, version_1 = rng.choice(KINDS)
    made = Columns(rng, files, way, version_1)
    options = {'units': rng.randint(1, 3), 'sparse_combiner': rng.choice(['sum', 'mean', 'sqrtn'])} if layer == 'linear_model' else {}
    columns = made.linear_model(options['sparse_combiner']) if options else getattr(made, layer)()
    serialized = [example(row, made.dtypes) for row in made.rows] if way == 'examples' else None
    features = tf.io.parse_example(tf.constant(serialized), tf.feature_column.make_parse_example_spec(columns)) if serialized else tensors(made.rows, made.dtypes)
    outputs = apply(layer, columns, features, **options)
    variables = tf.compat.v1.global_variables()
    running.run([tf.compat.v1.global_variables_initializer(), tf.compat.v1.tables_initializer()])
    numbers = np.random.default_rng([seed, number])
    for variable in variables:
      variable.load((numbers.normal(size=variable.shape) * 10.0 ** numbers.integers(-3, 4)).astype(np.float32), running)
    results = running.run(outputs)
    values = dict(zip((variable.op.name for variable in variables), running.run(variables)))
    export(columns, out, layer=layer, normalizer_steps=made.steps_of, **source_of(values, folder, rng), **options)
    dense = layer != 'linear_model'
    return cases.case(f'random-{seed}-{number}', out, made.rows, made.dtypes, results[0], slices(columns) if dense else None,
                      results[1] if len(results) > 1 else None, sorted(made.close),
                      serialized and [base64.b64encode(each).decode() for each in serialized])


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--seed', type=int, required=True)
  parser.add_argument('--count', type=int, required=True)
  parser.add_argument('--first', type=int, default=0, help='number of the first case')
  given = parser.parse_args()
  for number in range(given.first, given.first + given.count):
    print(json.dumps(random_case(given.seed, number)))
  sys.stdout.flush()


if __name__ == '__main__':
  main()
