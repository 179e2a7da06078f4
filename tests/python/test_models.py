"""docs/models.md: a Keras model that is cut in two is the same model."""
import contextlib
import json
import os
import re
import subprocess

from exporting import Exporting, tf
import numpy as np

import cases

ROOT = os.path.join(os.path.dirname(__file__), '../..')
ROWS = [['omar', 'avon'], ['x'], [], ['bunk'], ['omar', 'omar', 'zoë'], ['kima', 'x'], ['marlo'], ['stringer', 'kima']]
AGES = [31, 58, 0, 4.5, -1, 7, 22, 90]

# The first half's vectors and, by the names that the page tells, the weights of the second.
HALVES = '''
import { createRuntime } from 'feature-columns';
const [batch, names] = JSON.parse(process.argv[1]);
const runtime = await createRuntime();
const features = await runtime.load('model/spec.json');
const { data, shape } = features.transform(batch);
const weights = await Promise.all(names.map((name) => runtime.readTensor({ url: 'head/variables/variables', tensor: `${name}/.ATTRIBUTES/VARIABLE_VALUE` })));
console.log(JSON.stringify([{ data, shape }, ...weights].map(({ data, shape }) => ({ data: Array.from(data), shape }))));
'''


class Models(Exporting):

  def test_the_cut(self):
    with open(os.path.join(ROOT, 'docs/models.md'), encoding='utf-8') as file:
      page = file.read()
    cut, lite = re.findall(r'```python\n(.*?)```', page, re.DOTALL)
    os.rename(self.vocabulary, self.path('videos.txt'))
    made = {}
    with contextlib.chdir(self.folder):
      exec(cut, made)  # pylint: disable=exec-used
      exec(lite, made)  # pylint: disable=exec-used
    batch = {'watched': tf.ragged.constant(ROWS, dtype=tf.string).to_sparse(), 'age': tf.constant(AGES)[:, tf.newaxis]}
    vectors = made['features'](batch).numpy()
    scores = made['model'](batch).numpy()

    names = [f'layer_with_weights-{layer}/{name}' for layer in (0, 1) for name in ('kernel', 'bias')]
    for part in ('layer_with_weights-${layer}/${name}', '/.ATTRIBUTES/VARIABLE_VALUE'):
      self.assertIn(part, page)
    node = subprocess.run(
        ['node', '--input-type=module', '--eval', HALVES, json.dumps([{'watched': ROWS, 'age': AGES}, names])],
        cwd=self.installed(), capture_output=True, text=True, check=False)
    self.assertEqual(node.returncode, 0, node.stderr)
    ours, *weights = (np.array(each['data'], np.float32).reshape(each['shape']) for each in json.loads(node.stdout))
    np.testing.assert_array_equal(ours, vectors)

    kernel, bias, last_kernel, last_bias = weights
    hidden = np.maximum(ours @ kernel + bias, 0)
    np.testing.assert_allclose(1 / (1 + np.exp(-(hidden @ last_kernel + last_bias))), scores, rtol=1e-5)

    interpreter = tf.lite.Interpreter(self.path('head.tflite'))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]['index'], ours)
    interpreter.invoke()
    np.testing.assert_allclose(interpreter.get_tensor(interpreter.get_output_details()[0]['index']), scores, rtol=1e-5)

  def installed(self):
    """The test's folder, with the package beside the models."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(cases.PROGRAM)))
    os.makedirs(self.path('node_modules'))
    os.symlink(package, self.path('node_modules/feature-columns'))
    return self.folder
