"""Models that TensorFlow's estimators trained and saved: exported, they give the predictions that TensorFlow gave."""
import json
import os
import re
import subprocess
import unittest

from exporting import Exporting, fc, tf
import numpy as np

import cases
from feature_columns_export import export


def models():
  """Folders of the shared goldens."""
  shared = os.path.join(os.environ.get('FCOL_SHARED', ''), 'golden/models')
  found = [os.path.join(shared, name) for name in sorted(os.listdir(shared))] if os.path.isdir(shared) else []
  return [path for path in found if os.path.exists(os.path.join(path, 'model.json'))]


def read(*path):
  with open(os.path.join(*path), encoding='utf-8') as file:
    return json.load(file)


def live(items, folder, version_1):
  """The columns of a spec as TensorFlow's; where the weights are, the estimator's checkpoint must tell."""
  def value(name, given):
    if isinstance(given, dict):
      return one(given)
    if name in ('categorical_columns', 'keys'):
      return [one(each) if isinstance(each, dict) else each for each in given]
    return os.path.join(folder, given) if name == 'vocabulary_file' else tf.as_dtype(given) if name == 'dtype' else given
  def one(item):
    make = tf.compat.v1.feature_column.shared_embedding_columns if version_1 and item['type'] == 'shared_embeddings' else getattr(fc, item['type'])
    return make(**{name: value(name, given) for name, given in item.items() if name not in ('type', 'ckpt_to_load_from', 'tensor_name_in_ckpt')})
  made = [one(item) for item in items]
  return [column for each in made for column in (each if isinstance(each, list) else [each])]


@unittest.skipUnless(models(), 'the shared goldens are not here')
class Estimators(Exporting):

  def export(self, path, **more):
    """Exports a model with live columns; the layer's name and the report."""
    model = read(path, 'model.json')
    layer = re.sub(r'(?<=[a-z])(?=[A-Z])|(?<=DNN)', '_', model['estimator'].split('.')[-1]).lower()
    with tf.Graph().as_default():
      lists = {f'{part}_feature_columns': live(read(path, model[part]['columns'])['columns'], path, path.endswith('v1_columns')) for part in ('dnn', 'linear') if model.get(part)}
      options = {'n_classes': model['n_classes']} if model.get('n_classes') else {}
      if model.get('dnn'):
        combined = 'dnn_' if len(lists) == 2 else ''
        options[f'{combined}activation_fn'] = getattr(tf.nn, model['dnn']['hidden_layers'][0]['activation'])
        options[f'{combined}hidden_units'] = [each['units'] for each in model['dnn']['hidden_layers']]
      return layer, export(lists if len(lists) == 2 else next(iter(lists.values())), self.out, **{'layer': layer, 'weights': path, **options, **more})

  def test_predictions(self):
    layers = set()
    for path in models():
      outputs = read(path, 'outputs.json')
      for whole in (False, True):
        with self.subTest(model=os.path.basename(path), whole=whole):
          layer, report = self.export(path, whole_checkpoint=whole)
          layers.add(layer)
          self.assertEqual(report.warnings, [])
          kept = [name for name in report.tensors if re.search(r'/(Adagrad|Ftrl(_1)?|Adam(_1)?)$|/t_0/', name)]
          self.assertEqual(kept, [], 'what optimizers keep does not travel')
          done = subprocess.run(['node', cases.PROGRAM, 'score', '--spec', os.path.join(self.out, 'spec.json'), '--input', os.path.join(path, 'rows.ndjson')],
                                capture_output=True, text=True, check=False)
          scored = [json.loads(line) for line in done.stdout.splitlines()]
          self.assertEqual(len(scored), len(outputs), done.stderr)
          for name in outputs[0]:
            found, wanted = (np.array([row[name] for row in rows], np.float64) for rows in (scored, outputs))
            if name == 'class_ids':
              np.testing.assert_array_equal(found, wanted)
            else:  # matrix products follow the machine
              self.assertLess(np.abs(found - wanted).max(), 1e-6 * np.abs(wanted).max(), name)
    self.assertEqual(layers, {'dnn_classifier', 'dnn_regressor', 'linear_classifier', 'dnn_linear_combined_classifier'})

  def test_refusals(self):
    path = next(path for path in models() if path.endswith('/dnn_classifier'))
    for more, words in (({'weights': os.path.join(os.path.dirname(path), 'linear_classifier')}, 'no variable ends with'), ({'weights': None}, 'no weights were given'), ({'activation_fn': 'softmax'}, 'activation_fn softmax is not known'),
                        ({'activation_fn': lambda x: x}, 'activation_fn <lambda> is not known'), ({'units': 3}, 'dnn_classifier has no option units')):
      with self.assertRaisesRegex(ValueError, words):
        self.export(path, **more)
    def relu(x):
      return x
    with self.assertRaisesRegex(ValueError, 'may not be tf.nn.relu'):
      self.export(path, activation_fn=relu)
    with self.assertRaisesRegex(ValueError, "no variable of .* begins with 'linear/'"):
      export([fc.numeric_column('age')], self.out, layer='linear_classifier', weights=path)
    self.assertFalse(os.path.exists(self.out))


if __name__ == '__main__':
  unittest.main()
