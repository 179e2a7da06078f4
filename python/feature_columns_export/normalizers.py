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
    name, *operands = [step] if isinstance(step, str) else step
    if name in BINARY and len(operands) == 1:
      try:
        operand = tf.constant(operands[0], x.dtype)
      except (TypeError, ValueError) as error:
        raise ValueError(f'{step!r}: the operand is not of the dtype {x.dtype.name} of the values at this step') from error
      x = BINARY[name](x, operand)
    elif name in UNARY and not operands and not isinstance(step, str):
      x = UNARY[name](x)
    else:
      raise ValueError(f'{step!r} is no step: [name, operand] with {", ".join(BINARY)}, or [name] with {", ".join(UNARY)}')
  return x


def _samples(column):
  """Rows as the function gets them, [rows, *shape]: each sample everywhere, and all of them mixed."""
  size = int(np.prod(column.shape))
  same = np.repeat(np.array(SAMPLES)[:, None], size, axis=1)
  mixed = np.stack([np.roll(SAMPLES, -at)[:len(SAMPLES)] for at in range(size)], axis=1)
  return np.concatenate([same, mixed]).reshape(-1, *column.shape).astype(column.dtype.as_numpy_dtype)


def check(column, steps):
  """Raises ValueError where the steps give other numbers than column.normalizer_fn."""
  config = tf.compat.v1.ConfigProto()
  config.graph_options.rewrite_options.disable_meta_optimizer = True  # it makes x * (1 / c) of x / c
  samples = _samples(column)
  with tf.Graph().as_default(), tf.compat.v1.Session(config=config) as session:
    given = tf.cast(apply(steps, tf.constant(samples)), tf.float32)
    try:
      if type(column).__name__ == 'SequenceNumericColumn':  # its function gets a sparse tensor: steps of a row
        flat = samples.reshape(len(samples), -1)
        indices = np.argwhere(np.ones(flat.shape, bool)).astype(np.int64)
        made = column.normalizer_fn(tf.SparseTensor(indices, tf.constant(flat.reshape(-1)), flat.shape))
        wanted = tf.reshape(tf.cast(made.values, tf.float32), samples.shape)
      else:
        wanted = tf.cast(column.normalizer_fn(tf.constant(samples)), tf.float32)
      wanted, given = session.run([wanted, given])
    except Exception as error:  # whatever a user's function raises
      raise ValueError(f'normalizer_fn of {column.key!r} fails on values of shape {list(samples.shape)} and dtype {column.dtype.name}, so that steps cannot be '
                       f'held against it: {str(error).splitlines()[0] if str(error) else type(error).__name__}') from error
  if wanted.shape != given.shape:
    raise ValueError(f'normalizer_steps of {column.key!r} keep the shape {list(given.shape)}, its normalizer_fn makes {list(wanted.shape)} of it')
  different = ~((wanted == given) | (np.isnan(wanted) & np.isnan(given)))
  if different.any():
    at = np.unravel_index(int(np.argmax(different)), different.shape)
    raise ValueError(f'normalizer_steps of {column.key!r} are not its normalizer_fn: of {samples[at]} they make {given[at]!r}, the function makes {wanted[at]!r}')
