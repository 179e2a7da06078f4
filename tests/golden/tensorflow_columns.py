"""What TensorFlow itself says of column definitions: python tensorflow_columns.py > tensorflow_columns.json

Each case is an item of a spec, and of the columns that TensorFlow makes of it their names, their parse spec and their
serialisation (None for shared embeddings, which TensorFlow cannot serialise). Then Keras layers' configs; then definitions that
TensorFlow refuses, with its message. Needs tensorflow and tf-keras.
"""
import json
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', TF_USE_LEGACY_KERAS='1', CUDA_VISIBLE_DEVICES='')
import tensorflow as tf  # noqa: E402
from tensorflow.python.feature_column import serialization  # noqa: E402

fc = tf.feature_column
BIG = 2**53 + 1

NUMERIC = {'type': 'numeric_column', 'key': 'price'}
IDENTITY = {'type': 'categorical_column_with_identity', 'key': 'day', 'num_buckets': 7}
LIST = {'type': 'categorical_column_with_vocabulary_list', 'key': 'genre', 'vocabulary_list': ['drama', 'Amélie', '🎬']}
FILE = {'type': 'categorical_column_with_vocabulary_file', 'key': 'video', 'vocabulary_file': 'videos.txt', 'vocabulary_size': 5}
HASH = {'type': 'categorical_column_with_hash_bucket', 'key': 'query', 'hash_bucket_size': 100}
BUCKETIZED = {'type': 'bucketized_column', 'source_column': NUMERIC, 'boundaries': [0.0, 1.5, 10.0]}
CROSSED = {'type': 'crossed_column', 'keys': ['b', 'a'], 'hash_bucket_size': 10}
WEIGHTED = {'type': 'weighted_categorical_column', 'categorical_column': LIST, 'weight_feature_key': 'weight'}
SEQUENCES = [dict(item, type='sequence_' + item['type'], key='steps_' + item['key']) for item in (IDENTITY, LIST, FILE, HASH)]


def embedding(categorical, **more):
  return {'type': 'embedding_column', 'categorical_column': categorical, 'dimension': 4, **more}


ITEMS = [
    NUMERIC,
    dict(NUMERIC, shape=[2, 3], default_value=1.5, dtype='float64'),
    dict(NUMERIC, shape=[2], default_value=[1, 2], dtype='int64'),
    dict(NUMERIC, shape=[]),
    dict(NUMERIC, shape=[], default_value=3),
    dict(NUMERIC, default_value=BIG, dtype='int64'),
    BUCKETIZED,
    dict(BUCKETIZED, source_column=dict(NUMERIC, shape=[3])),
    IDENTITY, dict(IDENTITY, default_value=0), LIST, dict(LIST, num_oov_buckets=3), dict(LIST, default_value=2),
    dict(LIST, vocabulary_list=[5, BIG, -3]), dict(LIST, vocabulary_list=[5, 7], dtype='int32', default_value=-7),
    FILE, dict(FILE, num_oov_buckets=2), dict(FILE, default_value=0, dtype='int64'), dict(FILE, vocabulary_file='videos.tfrecord.gz'),
    dict(FILE, vocabulary_file='records', file_format='tfrecord_gzip'),
    HASH, dict(HASH, dtype='int64'),
    CROSSED, dict(CROSSED, keys=['z', BUCKETIZED, LIST, dict(CROSSED, hash_bucket_size=3)], hash_key=BIG),
    dict(CROSSED, keys=['ﬁ', '💡', 'B', 'a', '_']), dict(CROSSED, keys=['a', 'a']),
    WEIGHTED, dict(WEIGHTED, dtype='int64'),
    {'type': 'indicator_column', 'categorical_column': WEIGHTED}, {'type': 'indicator_column', 'categorical_column': BUCKETIZED},
    embedding(LIST), embedding(WEIGHTED, combiner='sum', max_norm=1.5, trainable=False, use_safe_embedding_lookup=False),
    embedding(CROSSED, ckpt_to_load_from='model.ckpt', tensor_name_in_ckpt='t', combiner='sqrtn'),
    *[embedding(item) for item in SEQUENCES], *SEQUENCES,
    {'type': 'sequence_numeric_column', 'key': 'steps'},
    {'type': 'sequence_numeric_column', 'key': 'steps', 'shape': [2, 2], 'default_value': -1.5, 'dtype': 'float64'},
    {'type': 'shared_embeddings', 'dimension': 2, 'categorical_columns': [dict(FILE, key='b'), dict(FILE, key='a')]},
    {'type': 'shared_embeddings', 'dimension': 2, 'categorical_columns': [dict(IDENTITY, key='ﬁ'), dict(IDENTITY, key='💡'), dict(IDENTITY, key='a')]},
    {'type': 'shared_embeddings', 'dimension': 2, 'categorical_columns': [dict(IDENTITY, key='a')], 'shared_embedding_collection_name': ''},
    {'type': 'shared_embeddings', 'dimension': 2, 'combiner': 'sum', 'shared_embedding_collection_name': 'days',
     'categorical_columns': [WEIGHTED, dict(LIST, key='other'), SEQUENCES[1]]},
]

REFUSED = [
    dict(NUMERIC, shape=[2], default_value=[1, 'x']), dict(NUMERIC, dtype='bool'), dict(NUMERIC, shape='2'), dict(NUMERIC, key=None),
    dict(NUMERIC, shape=[2, 1], default_value=[1, 2]), dict(NUMERIC, shape=[], default_value=[1]),
    dict(BUCKETIZED, source_column='price'), dict(BUCKETIZED, source_column={'type': 'sequence_numeric_column', 'key': 'price'}),
    dict(LIST, vocabulary_list=[1, 2], dtype='float32'), dict(LIST, dtype='float32'), dict(LIST, key=4),
    dict(LIST, vocabulary_list=[1.5, 1]), dict(LIST, vocabulary_list=[True, False]),
    dict(FILE, vocabulary_file=''), dict(FILE, num_oov_buckets=1, default_value=-1), dict(HASH, hash_bucket_size=-1),
    dict(CROSSED, hash_bucket_size=None), dict(CROSSED, keys=None), dict(CROSSED, keys=['a', 5]),
    dict(WEIGHTED, dtype='bool'), {'type': 'indicator_column', 'categorical_column': 's'}, embedding(LIST, dimension=-1),
    embedding(LIST, tensor_name_in_ckpt='t'),
    {'type': 'shared_embeddings', 'dimension': 2, 'categorical_columns': [CROSSED, BUCKETIZED]},
    {'type': 'shared_embeddings', 'dimension': 2, 'categorical_columns': [IDENTITY, dict(IDENTITY, key='b', num_buckets=8)]},
]


def make(item):
  """One call of the function that the item names."""
  def read(name, value):
    if isinstance(value, dict):
      return make(value)
    if name in ('keys', 'categorical_columns') and value:
      return [make(each) if isinstance(each, dict) else each for each in value]
    if name == 'dtype':
      return tf.as_dtype(value)
    return value
  return getattr(fc, item['type'])(**{name: read(name, value) for name, value in item.items() if name != 'type'})


def feature(spec):
  plain = {'type': type(spec).__name__, 'dtype': spec.dtype.name}
  if plain['type'] == 'FixedLenFeature':
    plain.update(shape=list(spec.shape), defaultValue=spec.default_value)
  return plain


def case(item):
  made = make(item)
  columns = made if isinstance(made, list) else [made]
  shared = isinstance(made, list)
  return {
      'item': item,
      'names': [column.name for column in columns],
      'collection': columns[0].shared_embedding_column_creator._name if shared else None,
      'parse_spec': {key: feature(spec) for key, spec in fc.make_parse_example_spec(columns).items()},
      'serialized': None if shared else serialization.serialize_feature_columns(columns),
  }


def layer(kind, items):
  instance = kind([make(item) for item in items])
  return {'items': items, 'serialized': {'class_name': type(instance).__name__, 'config': instance.get_config()}}


def refused(item):
  try:
    make(item)
  except Exception as error:  # whatever it is: its text is what counts
    return {'item': item, 'error': type(error).__name__, 'message': str(error)}
  raise SystemExit(f'TensorFlow takes {item}')


def main():
  with tf.Graph().as_default():  # shared_embeddings works in graphs only
    answer = {
        'tensorflow': tf.__version__,
        'cases': [case(item) for item in ITEMS],
        'layers': [layer(tf.keras.layers.DenseFeatures, [NUMERIC, embedding(LIST), BUCKETIZED]),
                   layer(tf.keras.experimental.SequenceFeatures, [embedding(SEQUENCES[0]), {'type': 'sequence_numeric_column', 'key': 'n'}])],
        'refused': [refused(item) for item in REFUSED],
    }
  json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
  print()


main()
