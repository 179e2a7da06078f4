"""Random features: rows are drawn while columns ask for features."""
import numpy as np

WORDS = ['omar', 'marlo', 'avon', 'bunk', 'kima', 'zoë', '東京', 'a b', ' lead', 'tab\there', 'x' * 17, 'y' * 33, 'z' * 70, '7', '-1', 'É', 'e\u0301', '🎬', 'nul\0inside', 'long' * 300]
INT32 = 2**31


class Batch:
  """Rows of features of one case. `way`: 'rows' are given as rows, 'examples' as serialized tf.Examples."""

  def __init__(self, rng, way='rows'):
    self.rng, self.way = rng, way
    self.rows = [{} for _ in range(rng.choice([1, 2, 3, 5, 9]))]
    self.dtypes = {}
    self.sizes = {}  # key -> number of values in each row

  def chance(self, p):
    return self.rng.random() < p

  def new_key(self):
    """Names that sort differently by code point, with and without case, and where a suffix is appended."""
    return self.rng.choice(['word', 'user.id', 'Price', 'a_b', 'a-b', 'z', 'A']) + str(len(self.dtypes))

  def feature(self, dtype, draw, form=None, sizes=None, most=None):
    """A new feature's key. Forms: scalar; list (padded: what is drawn must not be '' or -1 unless it may be missing); sparse."""
    key = self.new_key()
    form = 'example' if self.way == 'examples' else form or self.rng.choice(['scalar', 'list', 'list', 'sparse'])
    if form == 'scalar':
      sizes = [1] * len(self.rows)
    may_be_absent = sizes is None
    sizes = sizes or [self.rng.randint(0, most or self.rng.choice([2, 4, 4, 4, 12, 12, 40, 40, 600])) for _ in self.rows]
    for at, row in enumerate(self.rows):
      values = [draw() for _ in range(sizes[at])]
      # An absent or null feature is an empty row; the first row keeps it, so that the batch has the feature.
      if at > 0 and may_be_absent and form != 'scalar' and self.chance(0.1):
        sizes[at] = 0
        if form != 'example' and self.chance(0.5):
          row[key] = None
        continue
      row[key] = values[0] if form == 'scalar' else {'values': values} if form == 'sparse' else values
    self.dtypes[key] = dtype
    self.sizes[key] = sizes
    return key

  def shaped(self, dtype, draw, shape, optional=False):
    """A new feature with values of a shape in each row; in tf.Examples, rows may lack an optional one."""
    key = self.new_key()
    nested = len(shape) > 1 and self.chance(0.5)
    scalar = tuple(shape) == (1,) and self.chance(0.5)
    for row in self.rows:
      values = np.array([draw() for _ in range(int(np.prod(shape)))], object)
      if self.way == 'examples' and optional and self.chance(0.4):
        continue
      row[key] = values[0] if scalar and self.way == 'rows' else (values.reshape(shape) if nested else values).tolist()
    self.dtypes[key] = dtype
    return key

  def steps(self, dtype, draw, sizes, form, several):
    """A new feature of sequences: as many steps as `sizes` says, each a value or, where `several`, some."""
    key = self.new_key()
    for row, size in zip(self.rows, sizes):
      values = [[draw() for _ in range(self.rng.choice([1, 1, 2, 3]))] if several else draw() for _ in range(size)]
      row[key] = {'values': values} if form == 'sparse' else values
    self.dtypes[key] = dtype
    return key

  # --- values

  def word(self):
    return self.rng.choice(WORDS + ['nobody', f'{self.rng.random():.6f}', 'x' * self.rng.randint(1, 200), '\0', '\ufeff', 'line\nbreak'])

  def integer(self):
    drawn = self.rng.choice([0, 1, 2, 3, 5, 7, 1999, 2**40 + 1, -7, 2**53 + 1, 2**63 - 1, -2**63, self.rng.randint(-2**62, 2**62)])
    return drawn if drawn != -1 else 0

  def small_integer(self):
    return self.rng.choice([0, 1, 2, 5, 1999, -7, self.rng.randint(0, INT32 - 1), -INT32])

  def number(self):
    """A finite float32."""
    return float(np.float32(self.rng.choice([0.0, 1.0, -1.5, 1e-3, self.rng.uniform(-5, 5), self.rng.gauss(0, 1e4)])))

  def any_number(self):
    return self.rng.choice([self.number(), self.number(), -0.0, 16777217.0, 1e30, float('nan'), float('inf'), float('-inf')])

  def tiny_number(self):
    """Subnormals too: TensorFlow takes them for 0 wherever it computes, and passes them on where it does not."""
    return self.rng.choice([self.any_number(), -1e-40, 1.401298464324817e-45])

  def weight(self):
    """Never 0, which a padded row would drop."""
    return self.number() or 0.5
