"""Fresh random cases: TensorFlow's answers of today, whatever the seed."""
import os
import random
import unittest

from random_cases import random_case
import cases


class RandomCases(unittest.TestCase):

  def test_fresh_cases(self):
    seed = int(os.environ.get('FCOL_SEED') or random.randrange(2**31))
    count = int(os.environ.get('FCOL_CASES') or 150)
    print(f'{count} random cases of FCOL_SEED={seed}', flush=True)
    found = cases.verify([random_case(seed, number) for number in range(count)])
    self.assertEqual((found['cases'], found['different']), (count, 0), f'FCOL_SEED={seed}: {found.get("firstDifference")}')
    self.assertGreater(found['equalFloats'], 0.9 * found['floats'])


if __name__ == '__main__':
  unittest.main()
