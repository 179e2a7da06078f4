"""Fresh random cases: TensorFlow's answers of today, whatever the seed. FCOL_SEED and FCOL_CASES say which, and how many."""
import os
import random
import unittest

from exporting import tf  # first: it sets TensorFlow up
import cases
from random_cases import random_case

CHUNK = 250  # cases in memory at a time
ENOUGH = 150  # so many draw every kind of column, but for once in a million runs
KINDS = [name for name in dir(tf.feature_column) if name not in ('make_parse_example_spec',) and not name.startswith('_')]


def types(value):
  """Every "type" in a spec."""
  parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
  own = {value['type']} if isinstance(value, dict) and 'type' in value else set()
  return own.union(*map(types, parts))


class RandomCases(unittest.TestCase):

  def test_fresh_cases(self):
    seed = int(os.environ.get('FCOL_SEED') or random.randrange(2**31))
    count = int(os.environ.get('FCOL_CASES') or ENOUGH)
    print(f'{count} random cases of FCOL_SEED={seed}', flush=True)
    drawn, floats, equal = set(), 0, 0
    for start in range(0, count, CHUNK):
      lines = [random_case(seed, number) for number in range(start, min(start + CHUNK, count))]
      found = cases.verify(lines)
      self.assertEqual((found['cases'], found['different']), (len(lines), 0),
                       f'FCOL_SEED={seed}; one case again: random_cases.py --seed {seed} --first N --count 1, of random-{seed}-N: {found.get("firstDifference")}')
      drawn |= types([line['spec'] for line in lines])
      floats, equal = floats + found['floats'], equal + found['equalFloats']
    print(f'{equal} of {floats} floats are the same bits', flush=True)
    self.assertGreater(equal, 0.99 * floats)
    if count >= ENOUGH:
      self.assertEqual(sorted(set(KINDS) - drawn), [], 'kinds of columns that no case has')


if __name__ == '__main__':
  unittest.main()
