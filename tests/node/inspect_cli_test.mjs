// feature-columns inspect: what a layer would have of a file, so that what is cut off, compressed or no table is told of.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { archive } from './archive.mjs';
import { run } from './command.mjs';
import { fc, root } from './package.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('inspect');
const model = path.join(root, 'demo/model/model.ckpt');

function factsOf(file) {
  const { status, stdout, stderr } = run(['inspect', file, '--json']);
  assert.equal(status, 0, stderr.toString());
  return JSON.parse(stdout.toString());
}

function refused(args, words) {
  const done = run(args);
  assert.equal(done.status, 1, `${args.join(' ')}: ${done.stdout}`);
  assert.match(done.stderr.toString(), words);
  assert.equal(done.stdout.length, 0);
}

/** A .npy file of float32 zeros, or of `bytes` and the dtype that `descr` writes. */
function npy(shape, descr = "'<f4'", bytes = 4 * shape.reduce((product, size) => product * size, 1)) {
  const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n';
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]), Buffer.from(text), Buffer.alloc(bytes)]);
}

/** An archive of these .npy files. */
const npz = (arrays) => archive(Object.entries(arrays).map(([name, body]) => ({ name: `${name}.npy`, body })));

function safetensors(tensors) {
  let end = 0;
  const header = { __metadata__: { made: 'by a test' } };
  for (const [name, size] of Object.entries(tensors)) header[name] = { dtype: 'F32', shape: [size / 4], data_offsets: [end, (end += size)] };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(end)]);
}

test('a file of tensors whose numbers are cut off', () => {
  for (const [name, whole, words] of [
    ['float.npy', npy([5, 3]), /float\.npy has 187 bytes, but its header and an array of shape \(5, 3\) make 188: it is cut off/],
    ['integer.npy', npy([5], "'<i8'", 40), /integer\.npy has 167 bytes, .* make 168: it is cut off/],
    ['text.npy', npy([5], "'<U2'", 40), /text\.npy has 167 bytes, .* make 168: it is cut off/],
    ['two.safetensors', safetensors({ a: 8, b: 16 }), /two\.safetensors is cut off: tensor b ends at byte 176 of 175/],
  ]) {
    assert.equal(factsOf(at(name, whole)).count, name.startsWith('two') ? 2 : 1);
    refused(['inspect', at(name, whole.subarray(0, whole.length - 1))], words);
  }
  refused(['inspect', at('long.npy', Buffer.concat([npy([5, 3]), Buffer.alloc(1)]))], /there is more behind it/);
});

test('a checkpoint whose data is not there, or is cut off', () => {
  const prefix = at('model.ckpt');
  const data = `${prefix}.data-00000-of-00001`;
  copyFileSync(`${model}.index`, `${prefix}.index`);
  at('checkpoint', 'model_checkpoint_path: "model.ckpt"\n');
  const names = [prefix, `${prefix}.index`, at('')];
  for (const name of names) refused(['inspect', name], /there is no file .*model\.ckpt\.data-00000-of-00001, in which the checkpoint has .*: \d+ bytes of it are needed/);
  copyFileSync(`${model}.data-00000-of-00001`, data);
  for (const name of names) assert.equal(factsOf(name).kind, 'checkpoint');
  // What an older checkpoint of the name has left is not in the way.
  at('model.ckpt.data-00000-of-00002', 'old');
  assert.equal(factsOf(prefix).shards, 1);
  truncateSync(data, readFileSync(data).length - 1);
  for (const name of names) refused(['inspect', name], /model\.ckpt\.data-00000-of-0000\d is cut off: it has \d+ bytes, but .* ends at byte \d+/);
});

test('an array of a structured dtype is told of, and does not keep others from being read', () => {
  const fields = "[('shape', '<f4'), ('b', '<i4', (2,))]";
  const archive = at('mixed.npz', npz({ a: npy([5, 3]), s: npy([5], fields, 60), b: npy([2]) }));
  assert.deepEqual(factsOf(archive).tensors, [{ name: 'a', dtype: 'F32', shape: [5, 3], bytes: 60 }, { name: 's', dtype: fields, shape: [5] }, { name: 'b', dtype: 'F32', shape: [2], bytes: 8 }]);
  const done = run(['convert', '--input', archive, '--tensor', 'a', '--output', at('a.npy')]);
  assert.equal(done.status, 0, done.stderr.toString());
  assert.deepEqual(factsOf(at('a.npy')).tensors, [{ dtype: 'F32', shape: [5, 3], bytes: 60 }]);
  refused(['convert', '--input', archive, '--tensor', 's', '--output', at('s.npy')], /got the structured dtype \[\('shape', .*\)\], which is no table/);
  const alone = at('structured.npy', npy([5], fields, 60));
  assert.deepEqual(factsOf(alone).tensors, [{ dtype: fields, shape: [5] }]);
  refused(['convert', '--input', alone, '--output', at('s.npy')], /got the structured dtype .* Save one field of it/);
  // What is broken in another array is not asked for.
  const broken = at('broken.npz', npz({ a: npy([5, 3]), x: Buffer.from('no array') }));
  assert.equal(run(['convert', '--input', broken, '--tensor', 'a', '--output', at('a.npy')]).status, 0);
  refused(['inspect', broken], /array x of .* is no \.npy file/);
  assert.equal(run(['convert', '--input', alone, '--tensor', 'a', '--output', at('a.npy')]).status, 2);
});

/** A TFRecord without its checksums, which inspect does not look at. */
function record(key) {
  const length = Buffer.alloc(12);
  length.writeBigUInt64LE(BigInt(key.length));
  return Buffer.concat([length, Buffer.from(key), Buffer.alloc(4)]);
}

test('a text that is compressed is no vocabulary', async () => {
  const file = at('words.txt.gz', gzipSync('a\nb\nc\n'));
  const facts = factsOf(file);
  assert.equal(facts.format, 'text');
  assert.match(facts.note, /compressed with gzip, through which no text vocabulary is read/);
  assert.notDeepEqual(facts.first, ['a', 'b', 'c']);
  const runtime = await fc.createRuntime();
  const layer = await runtime.denseFeatures([fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('x', { vocabularyFile: file, numOovBuckets: 1 }))]);
  assert.equal(facts.keys, layer.width - 1, 'the keys that a layer has');
  runtime.dispose();
  refused(['convert', '--input', file, '--output', at('words.vocabulary')], /words\.txt\.gz: it is compressed with gzip/);
  assert.equal(factsOf(at('plain.txt', 'a\nb\nc\n')).note, undefined);
});

test('records in gzip are known by their content, and whether a column takes them by the name', () => {
  const records = Buffer.concat(['a', 'bb', 'a'].map(record));
  const facts = (name, bytes) => factsOf(at(name, bytes));
  const named = facts('words.tfrecord.gz', gzipSync(records));
  assert.deepEqual([named.format, named.lines, named.keys, named.first, named.note], ['tfrecord_gzip', 3, 2, ['a', 'bb', 'a'], undefined]);
  for (const name of ['words.gz', 'words.bin', 'words.tfrecords.gz']) {
    const other = facts(name, gzipSync(records));
    assert.deepEqual([other.format, other.keys], ['tfrecord_gzip', 2], name);
    assert.match(other.note, /unless it has file_format "tfrecord_gzip"/);
  }
  assert.equal(facts('words.tfrecord', records).format, 'tfrecord');
  refused(['inspect', at('text.tfrecord.gz', gzipSync('a\nb\n'))], /cut off in record 0/);
  refused(['inspect', at('half.tfrecord.gz', gzipSync(records).subarray(0, 30))], /no whole gzip file/);
});
