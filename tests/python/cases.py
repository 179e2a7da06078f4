"""Exported folders as cases (docs/cases.md), and `feature-columns verify` over them."""
import base64
import json
import os
import subprocess
import tempfile

import numpy as np

PROGRAM = os.environ.get('FCOL_CLI') or os.path.join(os.path.dirname(__file__), '..', '..', 'dist', 'cli.js')


def case(name, folder, rows, dtypes, output, columns=None, lengths=None, close=(), examples=None):
  """A line for verify: what the folder's spec must give for the rows, or for serialized tf.Examples in base64."""
  read = lambda file: base64.b64encode(open(os.path.join(folder, file), 'rb').read()).decode()
  output = np.ascontiguousarray(output, '<f4')
  expected = {'shape': list(output.shape), 'data': base64.b64encode(output.tobytes()).decode()}
  if columns is not None:
    expected['columns'] = columns
  if lengths is not None:
    expected['sequence_length'] = [int(each) for each in lengths]
  if close:
    expected['close'] = list(close)
  with open(os.path.join(folder, 'spec.json'), encoding='utf-8') as file:
    spec = json.load(file)
  files = {file: read(file) for file in sorted(os.listdir(folder)) if file != 'spec.json'}
  return {'id': name, 'spec': spec, 'files': files, 'dtypes': dtypes, **({'rows': rows} if examples is None else {'examples': examples}), 'expected': expected}


def verify(lines):
  """The report on cases: {cases, equal, close, different, firstDifference?, …}."""
  with tempfile.NamedTemporaryFile('w', suffix='.jsonl', encoding='utf-8') as file:
    file.writelines(json.dumps(line) + '\n' for line in lines)
    file.flush()
    done = subprocess.run(['node', PROGRAM, 'verify', '--json', file.name], capture_output=True, text=True, check=False)
  if not done.stdout:
    raise AssertionError(f'verify failed ({done.returncode}): {done.stderr}')
  return json.loads(done.stdout)['all']
