"""The job of row 14 by TensorFlow: tf.io.parse_example and DenseFeatures in one tf.function, batch by batch.

    tensorflow_row.py vocabulary.txt table.bin examples.bin DIMENSION BATCH

Prints "ready VERSION" after a first run, whose vectors it writes to examples.bin.out; then, for each line it reads, runs
again and prints "done".
"""

import struct
import sys

import numpy as np
import tensorflow as tf


def main(vocabulary, table, examples, dimension, batch):
    weights = np.fromfile(table, np.float32).reshape(-1, dimension)
    columns = []
    for key in ("history", "item"):
        ids = tf.feature_column.categorical_column_with_vocabulary_file(key, vocabulary)
        columns.append(tf.feature_column.embedding_column(ids, dimension))
    layer = tf.keras.layers.DenseFeatures(columns)
    spec = tf.feature_column.make_parse_example_spec(columns)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def transform(serialized):
        return layer(tf.io.parse_example(serialized, spec))

    data = open(examples, "rb").read()
    rows, at = [], 0
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        rows.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    batches = [tf.constant(rows[i : i + batch]) for i in range(0, len(rows), batch)]
    transform(batches[0])
    layer.set_weights([weights] * len(columns))

    def run():
        return [transform(each).numpy() for each in batches]

    np.concatenate(run()).tofile(examples + ".out")
    print("ready", tf.__version__, flush=True)
    for _ in sys.stdin:
        run()
        print("done", flush=True)


main(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]))
