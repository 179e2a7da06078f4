"""python -m feature_columns_export module:columns folder [--layer L] [--weights W] [--option name=json] …"""
import argparse
import importlib
import json
import os
import sys

from .export import export


def main(arguments=None):
  parser = argparse.ArgumentParser(prog='python -m feature_columns_export', description='Columns of a module and their weights to a folder for feature-columns.')
  parser.add_argument('columns', metavar='module:name', help='where the columns are: a list, a dict, or a function that gives them')
  parser.add_argument('folder')
  parser.add_argument('--layer', default='dense_features')
  parser.add_argument('--weights', help='a checkpoint, a directory with one, or a SavedModel')
  parser.add_argument('--tensor', action='append', default=[], metavar='column=variable')
  parser.add_argument('--steps', action='append', default=[], metavar='key=json', help='normalizer steps: age=[["sub", 3.0]]')
  parser.add_argument('--option', action='append', default=[], metavar='name=json', help='of the layer: n_classes=3')
  given = parser.parse_args(arguments)
  module, _, name = given.columns.partition(':')
  sys.path.insert(0, os.getcwd())
  columns = getattr(importlib.import_module(module), name)
  pairs = lambda texts, read: {key: read(value) for key, _, value in (text.partition('=') for text in texts)}
  report = export(columns() if callable(columns) else columns, given.folder, layer=given.layer, weights=given.weights,
                  tensor_names=pairs(given.tensor, str), normalizer_steps=pairs(given.steps, json.loads), **pairs(given.option, json.loads))
  print(f'{report.folder}: spec.json, {len(report.vocabularies)} vocabularies, {len(report.tensors)} tensors, {len(report.warnings)} warnings')


if __name__ == '__main__':
  main()
