"""A normalizer_fn as data: steps that the function is held against."""
import numpy as np
import tensorflow as tf

BINARY = {
    'add': lambda x, y: x + y, 'sub': lambda x, y: x - y, 'mul': lambda x, y: x * y, 'div': lambda x, y: x / y,
    'minimum': tf.minimum, 'maximum': tf.maximum,
}
UNARY = {'log': tf.math.log, 'log1p': tf.math.log1p, 'sqrt': tf.sqrt, 'abs': tf.abs}

# Enough to tell one chain of steps from another; some are outside of what a logarithm takes, where both must be NaN.
SAMPLES = [-1000.0, -3.0, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 7.0, 10.0, 99.0, 1000.0, 123456.0]


def apply(steps, x):
  """The steps on a tensor. Raises ValueError for what is no step."""
  for step in steps:
    name, *operands = step
    if name in BINARY and len(operands) == 1:
      x = BINARY[name](x, tf.constant(operands[0], x.dtype))
    elif name in UNARY and not operands:
      x = UNARY[name](x)
    else:
      raise ValueError(f'{step!r} is no step: {", ".join(BINARY)} with an operand, or {", ".join(UNARY)}')
  return x


def check(column, steps):
  """Raises ValueError where the steps give other numbers than column.normalizer_fn."""
  with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    samples = tf.constant(np.array(SAMPLES).astype(column.dtype.as_numpy_dtype))
    wanted, given = session.run([tf.cast(column.normalizer_fn(samples), tf.float32), tf.cast(apply(steps, samples), tf.float32)])
  different = ~((wanted == given) | (np.isnan(wanted) & np.isnan(given)))
  if different.any():
    at = int(np.argmax(different))
    raise ValueError(f'normalizer_steps of {column.key!r} are not its normalizer_fn: of {SAMPLES[at]} they make {given[at]!r}, the function makes {wanted[at]!r}')
