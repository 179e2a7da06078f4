"""The folder of an export: everything is written aside first, so that a failed export changes nothing."""
import hashlib
import os
import re
import shutil
import tempfile

import tensorflow as tf

SPEC = 'spec.json'
CHECKPOINT = 'model.ckpt'
_CHUNK = 1 << 20
_RESERVED = re.compile(r'spec\.json|checkpoint$|model(_\d+)?\.ckpt')


class Folder:
  """`with Folder(path) as folder: …; folder.commit()`. Without commit(), nothing is left behind."""

  def __init__(self, path):
    self.path = os.path.abspath(os.fspath(path))
    self.vocabularies = {}  # name in the folder -> where it came from
    self._digests = {}
    self._made = None

  def __enter__(self):
    if os.path.exists(self.path) and not os.path.isdir(self.path):
      raise ValueError(f'{self.path} is a file, and the export needs a folder')
    self._made = not os.path.isdir(self.path)
    os.makedirs(self.path, exist_ok=True)
    self._aside = tempfile.mkdtemp(prefix='.export-', dir=self.path)
    return self

  def __exit__(self, kind, *_):
    shutil.rmtree(self._aside, ignore_errors=True)
    if self._made and kind is not None:
      try:
        os.rmdir(self.path)
      except OSError:  # somebody else has put something there
        pass

  def aside(self, name):
    """Where a file of this name is to be written before commit()."""
    return os.path.join(self._aside, name)

  def add_vocabulary(self, path):
    """Takes a file along, equal contents once; its name in the folder. Raises ValueError if it cannot be read."""
    digest = hashlib.sha256()
    copy = self.aside('.vocabulary')
    try:
      with tf.io.gfile.GFile(path, 'rb') as source, open(copy, 'wb') as target:
        while chunk := source.read(_CHUNK):
          digest.update(chunk)
          target.write(chunk)
    except tf.errors.OpError as error:
      raise ValueError(f'vocabulary_file {path} cannot be read: {error.message}') from error
    key = digest.digest()
    if key not in self._digests:
      name = self._free(os.path.basename(path))
      os.replace(copy, self.aside(name))
      self._digests[key] = name
      self.vocabularies[name] = path
    return self._digests[key]

  def add_checkpoint(self, prefix, name):
    """Takes the files of a checkpoint along as they are, as `name`."""
    for file in [prefix + '.index', *sorted(tf.io.gfile.glob(_escaped(prefix) + '.data-?????-of-?????'))]:
      tf.io.gfile.copy(file, self.aside(name + file[len(prefix):]), overwrite=True)

  def commit(self, spec):
    """Moves everything to its place. The spec comes last: it never names a file that is not there."""
    with open(self.aside(SPEC), 'w', encoding='utf-8') as file:
      file.write(spec)
    names = [name for name in sorted(os.listdir(self._aside)) if name not in (SPEC, '.vocabulary')]
    for name in [*names, SPEC]:
      os.replace(self.aside(name), os.path.join(self.path, name))

  def _free(self, basename):
    # Characters that mean something in a URL, and names that differ only in case, do not survive every server and disk.
    name = re.sub(r'[^A-Za-z0-9._-]', '_', basename).lstrip('.') or 'vocabulary'
    if _RESERVED.match(name.lower()):
      name = 'vocabulary_' + name
    taken = {each.lower() for each in self.vocabularies}
    stem, dot, ending = name.partition('.')  # `.tfrecord.gz` tells the format
    number = 2
    while name.lower() in taken:
      name, number = f'{stem}_{number}{dot}{ending}', number + 1
    return name


def _escaped(path):
  return re.sub(r'([*?\[\]\\])', r'\\\1', path)
