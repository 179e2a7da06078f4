"""python -m feature_columns_export, and the example of its README."""
import os
import re
import subprocess
import sys
import unittest

from exporting import Exporting, WORDS
import numpy as np

import cases
from feature_columns_export.weights import write_checkpoint

COLUMNS = '''
import tensorflow as tf
fc = tf.feature_column

def shared():
  words = [fc.categorical_column_with_vocabulary_file(key, 'words.txt') for key in ('a', 'b')]
  return fc.shared_embeddings(words, 2, shared_embedding_collection_name='words')

age = [fc.numeric_column('age', normalizer_fn=lambda x: x / 2.0)]
'''


class Command(Exporting):

  def setUp(self):
    super().setUp()
    self.write('model.py', COLUMNS)

  def run_command(self, *arguments):
    """(exit code, stdout, the last line of stderr)"""
    done = subprocess.run([sys.executable, '-W', 'ignore', '-m', 'feature_columns_export', *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr.strip().split('\n')[-1]

  def test_shared_embeddings_and_a_checkpoint(self):
    table = np.random.default_rng(2).normal(size=(len(WORDS), 2)).astype(np.float32)
    write_checkpoint(self.path('trained.ckpt'), {'words': table})
    code, told, problem = self.run_command('model:shared', 'out', '--weights', 'trained.ckpt')
    self.assertEqual((code, told), (0, f'{self.out}: spec.json, 1 vocabularies, 1 tensors, 0 warnings\n'), problem)
    self.same(cases.case('command', self.out, [{'a': ['avon'], 'b': ['zoë']}], {'a': 'string', 'b': 'string'}, np.concatenate([table[2:3], table[6:7]], axis=1)))

  def test_steps_and_errors(self):
    code, _, problem = self.run_command('model:age', 'out', '--steps', 'age=[["div", 2.0]]')
    self.assertEqual(code, 0, problem)
    self.assertEqual(self.transform('{"age": 3}\n').stdout, '{"features":[1.5]}\n')
    for wanted, words, arguments in ((1, 'are not its normalizer_fn', ('model:age', 'out', '--steps', 'age=[["mul", 2.0]]')), (1, 'is no checkpoint', ('model:shared', 'out', '--weights', 'gone')),
                                     (2, 'is not module:name', ('model', 'out')), (2, "has no attribute 'gone'", ('model:gone', 'out')), (2, 'is not JSON', ('model:age', 'out', '--steps', 'age=div')),
                                     (2, 'is not name=value', ('model:age', 'out', '--option', 'units'))):
      code, told, problem = self.run_command(*arguments)
      self.assertEqual((code, told), (wanted, ''))
      self.assertIn(words, problem)

  def test_the_example_of_the_readme(self):
    with open(os.path.join(os.path.dirname(__file__), '../../python/README.md'), encoding='utf-8') as file:
      code, = re.findall(r'```python\n(.*?)```', file.read(), re.S)
    self.write('videos.txt', ''.join(f'{word}\n' for word in WORDS))
    table = np.random.default_rng(4).normal(size=(len(WORDS), 16)).astype(np.float32)
    os.mkdir(self.path('checkpoints'))
    write_checkpoint(self.path('checkpoints/model.ckpt-1000'), {'impression_video_id_watched_video_id_shared_embedding': table})
    done = subprocess.run([sys.executable, '-W', 'ignore', '-c', code], cwd=self.folder, capture_output=True, text=True, check=False)
    self.assertEqual(done.returncode, 0, done.stderr)
    self.out = self.path('model')
    wanted = np.concatenate([table[2:3], table[6:7]], axis=1)
    self.same(cases.case('readme', self.out, [{'impression_video_id': ['avon'], 'watched_video_id': ['zoë']}], dict.fromkeys(['impression_video_id', 'watched_video_id'], 'string'), wanted))


if __name__ == '__main__':
  unittest.main()
