"""Trains the demo's model with TensorFlow and writes everything the page serves: python train.py movies.json

What tf.estimator.DNNClassifier builds and saves, built here by hand under the same variable names, because TensorFlow
2.16 dropped the estimators: shared_embeddings of both features, hidden layers, one logit. README.md tells the rest.
"""

import argparse
import base64
import json
import os
import pathlib

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # one order of operations on every machine

import numpy as np
import tensorflow as tf

from catalogue import read_films
from sessions import examples

HERE = pathlib.Path(__file__).resolve().parent
DIMENSION, HIDDEN_UNITS = 16, [32, 16]
TABLE = "impression_video_id_watched_video_id_shared_embedding"
SEED, BATCH, EPOCHS, LEARNING_RATE = 20, 512, 6, 3e-3
TRAINING_VIEWERS, HELD_OUT_VIEWERS, SAMPLE_VIEWERS = 240_000, 5_000, 50
v1 = tf.compat.v1


def columns(vocabulary_size):
    vocabulary = str(HERE / "videos.txt")
    keys = ["watched_video_id", "impression_video_id"]
    return tf.feature_column.shared_embeddings(
        [tf.feature_column.categorical_column_with_vocabulary_file(key, vocabulary, vocabulary_size) for key in keys],
        dimension=DIMENSION, initializer=v1.truncated_normal_initializer(stddev=0.05))  # small: films seldom seen stay near 0


def network(features, vocabulary_size):
    """(input layer, logits) in the current graph, with the variable names of an estimator's checkpoint."""
    from tf_keras.src.feature_column.dense_features import DenseFeatures  # v1 layer: shared_embeddings needs a graph

    layer = net = DenseFeatures(columns(vocabulary_size))(features)
    for index, units in enumerate([*HIDDEN_UNITS, 1]):
        last = index == len(HIDDEN_UNITS)
        with v1.variable_scope("dnn/logits" if last else f"dnn/hiddenlayer_{index}"):
            kernel = v1.get_variable("kernel", [net.shape[1], units], initializer=v1.glorot_uniform_initializer())
            net = tf.nn.bias_add(tf.matmul(net, kernel), v1.get_variable("bias", [units], initializer=v1.zeros_initializer()))
        net = net if last else tf.nn.relu(net)
    return layer, net


def saved_variables():
    return [variable for variable in v1.global_variables() if variable.op.name == TABLE
            or variable.op.name.startswith("dnn/") and variable.op.name.endswith(("kernel", "bias"))
            or variable.op.name == "global_step"]


def placeholders():
    return {"watched_video_id": v1.placeholder(tf.string, [None, None]), "impression_video_id": v1.placeholder(tf.string, [None])}


def auc(scores, labels):
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores, kind="stable")] = np.arange(1, len(scores) + 1)
    positive = labels > 0.5
    count = positive.sum()
    return (ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(scores) - count))


def train(films):
    """Trains, saves model.ckpt and returns the held-out figures."""
    names = np.array([film.key.encode() for film in films] + [b""])  # [-1] is padding, '' is missing
    watched, impression, label = examples(films, TRAINING_VIEWERS, SEED)
    held = examples(films, HELD_OUT_VIEWERS, SEED + 1)
    random = np.random.default_rng(SEED + 2)
    with tf.Graph().as_default(), v1.Session() as session:
        v1.set_random_seed(SEED)
        features, labels = placeholders(), v1.placeholder(tf.float32, [None])
        _, logits = network(features, len(films))
        logit = logits[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logit))
        step, rate = v1.train.get_or_create_global_step(), v1.placeholder(tf.float32, [])
        update = v1.train.AdamOptimizer(rate).minimize(loss, global_step=step)
        session.run([v1.global_variables_initializer(), v1.tables_initializer()])

        def feed(part, chosen):
            return {features["watched_video_id"]: names[part[0][chosen]], features["impression_video_id"]: names[part[1][chosen]],
                    labels: part[2][chosen]}

        def evaluate():
            chunks = [slice(start, start + 4000) for start in range(0, len(held[2]), 4000)]
            results = [session.run([logit, loss], feed(held, chunk)) for chunk in chunks]
            scores = np.concatenate([one for one, _ in results])
            return {"auc": round(float(auc(scores, held[2])), 4), "accuracy": round(float(((scores > 0) == (held[2] > 0.5)).mean()), 4),
                    "average_loss": round(float(np.mean([one for _, one in results])), 4)}

        for epoch in range(EPOCHS):
            order = random.permutation(len(label))
            for start in range(0, len(order), BATCH):
                progress = (epoch + start / len(order)) / EPOCHS
                session.run(update, {**feed((watched, impression, label), order[start:start + BATCH]),
                                     rate: LEARNING_RATE * (1 - 0.9 * progress)})
            print(f"epoch {epoch + 1}: {evaluate()}", flush=True)
        v1.train.Saver(saved_variables(), save_relative_paths=True).save(session, str(HERE / "model.ckpt"), write_meta_graph=False)
        return evaluate()


def sample_rows(films):
    """Rows of held-out viewers, 2 × clicked and 2 × not a viewer, then the edge cases that a page meets."""
    watched, impression, _ = examples(films, SAMPLE_VIEWERS, SEED + 3)
    rows = [{"watched_video_id": [films[id].key for id in ids if id >= 0], "impression_video_id": films[shown].key}
            for ids, shown in zip(watched, impression)]
    first, second = films[0].key, films[1].key
    return rows[:-8] + [
        {"watched_video_id": [], "impression_video_id": first},
        {"watched_video_id": ["no such film"], "impression_video_id": first},
        {"watched_video_id": [first], "impression_video_id": "no such film"},
        {"watched_video_id": [], "impression_video_id": "no such film"},
        {"watched_video_id": [first, first, second], "impression_video_id": first},
        {"watched_video_id": [first, "no such film", second], "impression_video_id": second},
        {"watched_video_id": [first.upper(), first + " "], "impression_video_id": second},
        {"watched_video_id": ["", second], "impression_video_id": first}]


def answers(films, rows):
    """TensorFlow's own answers, from the saved checkpoint in a fresh graph."""
    longest = max(len(row["watched_video_id"]) for row in rows)
    watched = [[one.encode() for one in row["watched_video_id"]] for row in rows]
    with tf.Graph().as_default(), v1.Session() as session:
        v1.set_random_seed(SEED)
        features = placeholders()
        layer, logits = network(features, len(films))
        v1.train.get_or_create_global_step()
        both = tf.concat([tf.zeros_like(logits), logits], axis=1)
        v1.train.Saver(saved_variables()).restore(session, str(HERE / "model.ckpt"))
        session.run(v1.tables_initializer())
        return session.run(
            {"input_layer": layer, "logits": logits, "probabilities": tf.nn.softmax(both)},
            {features["watched_video_id"]: [one + [b""] * (longest - len(one)) for one in watched],
             features["impression_video_id"]: [row["impression_video_id"].encode() for row in rows]})


def specification(size):
    column = lambda key: {"type": "categorical_column_with_vocabulary_file", "key": key,
                          "vocabulary_file": "videos.txt", "vocabulary_size": size}
    return {"version": 1, "layer": "dnn_classifier", "hidden_units": HIDDEN_UNITS, "n_classes": 2, "ckpt_to_load_from": "model.ckpt",
            "columns": [{"type": "shared_embeddings", "dimension": DIMENSION, "combiner": "mean", "ckpt_to_load_from": "model.ckpt",
                         "tensor_name_in_ckpt": TABLE, "categorical_columns": [column("watched_video_id"), column("impression_video_id")]}]}


def write(films, figures):
    rows = sample_rows(films)
    (HERE / "sessions.ndjson").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    (HERE / "spec.json").write_text(json.dumps(specification(len(films)), indent=1) + "\n", encoding="utf-8")
    tensors = {name: {"shape": list(value.shape), "float32": base64.b64encode(value.astype("<f4").tobytes()).decode()}
               for name, value in answers(films, rows).items()}
    document = {"tensorflow": tf.__version__, "rows": len(rows), "held_out": figures, **tensors}
    (HERE / "expected.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("movies", help="data/movies.json of the npm package vega-datasets")
    parser.add_argument("--keep", action="store_true", help="keep the checkpoint; write only the sessions and the answers")
    arguments = parser.parse_args()
    tf.config.experimental.enable_op_determinism()
    tf.keras.utils.set_random_seed(SEED)
    films = read_films(arguments.movies)
    (HERE / "videos.txt").write_text("".join(film.key + "\n" for film in films), encoding="utf-8")
    figures = json.loads((HERE / "expected.json").read_text())["held_out"] if arguments.keep else train(films)
    write(films, figures)


if __name__ == "__main__":
    main()
