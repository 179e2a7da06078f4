"""What the exporter's tests share: a folder for each, and the way through TensorFlow, the exporter and the npm package."""
import os
import subprocess
import tempfile
import unittest

from tensors import apply, session, slices, tensors, tf  # first: it sets TensorFlow up
import numpy as np

import cases
from feature_columns_export import export

fc = tf.feature_column
WORDS = ['omar', 'marlo', 'avon', 'bunk', 'kima', 'stringer', 'zoë']


class Exporting(unittest.TestCase):
  """A folder for each test, with a vocabulary in it."""

  def setUp(self):
    keeper = tempfile.TemporaryDirectory()
    self.addCleanup(keeper.cleanup)
    self.folder = keeper.name
    self.out = self.path('out')
    self.vocabulary = self.write('words.txt', ''.join(f'{word}\n' for word in WORDS))

  def path(self, name):
    return os.path.join(self.folder, name)

  def write(self, name, content):
    """A file of the test's folder; its path."""
    os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
    with open(self.path(name), 'w', encoding='utf-8') as file:
      file.write(content)
    return self.path(name)

  def columns(self, *keys, **more):
    return [fc.categorical_column_with_vocabulary_file(key, self.vocabulary, **more) for key in keys]

  def check(self, make, rows, dtypes, layer='dense_features', weights=None, close=(), options=None, **arguments):
    """Runs columns in TensorFlow, exports them with their trained variables, and lets the npm package answer; the exporter's report.

    weights: (session, variables) -> what `export` is given; default: arrays by name.
    """
    options = options or {}
    with tf.Graph().as_default(), session() as running:
      columns = make()
      outputs = apply(layer, columns, tensors(rows, dtypes), **options)
      variables = tf.compat.v1.global_variables()
      running.run([tf.compat.v1.global_variables_initializer(), tf.compat.v1.tables_initializer()])
      numbers = np.random.default_rng(3)
      for variable in variables:  # zeros would hide mistakes, and so would one table that is the beginning of another
        variable.load(numbers.normal(size=variable.shape).astype(np.float32), running)
      results = running.run(outputs)
      source = weights(running, variables) if weights else dict(zip((variable.name for variable in variables), running.run(variables)))
      report = export(columns, self.out, layer=layer, weights=source, **options, **arguments)
      of_columns = slices(columns) if layer != 'linear_model' else None
    self.same(cases.case('case', self.out, rows, dtypes, results[0], of_columns, results[1] if len(results) > 1 else None, close))
    return report

  def same(self, case):
    """The npm package gives what the case says."""
    found = cases.verify([case])
    self.assertEqual((found['equal'] + (found['close'] if case['expected'].get('close') else 0), found['different']), (1, 0), found)

  def transform(self, lines):
    """`feature-columns transform` with the exported spec: the finished process."""
    return subprocess.run(['node', cases.PROGRAM, 'transform', '--spec', os.path.join(self.out, 'spec.json')], input=lines, capture_output=True, text=True, check=False)
