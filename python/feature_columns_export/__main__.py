"""python -m feature_columns_export module:columns folder [--layer L] [--weights W] [--option name=json] …"""
import argparse
import importlib
import json
import os
import sys

import tensorflow as tf

from .export import export


def _pair(read):
  def pair(given):
    name, equals, value = given.partition('=')
    if not equals or not name:
      raise argparse.ArgumentTypeError(f'{given!r} is not name=value')
    try:
      return name, read(value)
    except ValueError as error:
      raise argparse.ArgumentTypeError(f'{name}: {value!r} is not JSON ({error})') from error
  return pair


def _columns(parser, given):
  module, colon, name = given.partition(':')
  if not colon:
    parser.error(f'{given!r} is not module:name')
  sys.path.insert(0, os.getcwd())
  try:
    found = getattr(importlib.import_module(module), name)
  except (ImportError, AttributeError) as error:
    parser.error(f'{given}: {error}')
  if not callable(found) or hasattr(found, '_feature_columns'):
    return found
  with tf.Graph().as_default():  # TensorFlow makes shared embeddings in graphs only
    return found()


def main(arguments=None):
  """0: written; 1: it could not be; 2: wrong usage."""
  parser = argparse.ArgumentParser(prog='python -m feature_columns_export', description='Columns of a module and their weights to a folder for feature-columns.')
  parser.add_argument('columns', metavar='module:name', help='where the columns are: a list, a dict, a Keras layer, or a function that gives columns')
  parser.add_argument('folder')
  parser.add_argument('--layer')
  parser.add_argument('--weights', help='a checkpoint, a directory with one, or a SavedModel')
  parser.add_argument('--whole-checkpoint', action='store_true', help='copy the checkpoint as it is')
  parser.add_argument('--tensor', action='append', default=[], type=_pair(str), metavar='column=variable')
  parser.add_argument('--steps', action='append', default=[], type=_pair(json.loads), metavar='key=json', help='normalizer steps: age=[["sub", 3.0]]')
  parser.add_argument('--scope', default='linear_model', help="of linear_model's variables")
  parser.add_argument('--option', action='append', default=[], type=_pair(json.loads), metavar='name=json', help='of the layer: n_classes=3')
  given = parser.parse_args(arguments)
  columns = _columns(parser, given.columns)
  try:
    report = export(columns, given.folder, layer=given.layer, weights=given.weights, tensor_names=dict(given.tensor), normalizer_steps=dict(given.steps),
                    whole_checkpoint=given.whole_checkpoint, scope=given.scope, **dict(given.option))
  except (TypeError, ValueError, OSError) as error:
    print(f'{parser.prog}: {error}', file=sys.stderr)
    return 1
  counts = (f'{len(report.vocabularies)} vocabularies', f'{len(report.tensors)} tensors', f'{len(report.warnings)} warnings')
  print(f'{report.folder}: spec.json, {", ".join(counts)}')
  return 0


if __name__ == '__main__':
  sys.exit(main())
