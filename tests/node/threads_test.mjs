// Worker threads: the same bytes, messages and exit code as without, for every format and way of handling bad rows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { run } from './command.mjs';
import { linearSpec } from './linear_spec.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('threads');
const columns = [
  { type: 'numeric_column', key: 'x' },
  { type: 'indicator_column', categorical_column: { type: 'categorical_column_with_hash_bucket', key: 'word', hash_bucket_size: 11 } },
];
const spec = at('spec.json', JSON.stringify({ version: 1, layer: 'dense_features', columns }));
const specs = { transform: spec, score: linearSpec(at, columns) };

const ROWS = 500;
const isBad = (row) => row % 97 === 40;

/** A TFRecord of a tf.Example {x: [float], word: [bytes]}; without x it is bad. The checksums are not looked at. */
function record(x, word) {
  const field = (number, bytes) => Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  const float = Buffer.alloc(4);
  float.writeFloatLE(x ?? 0);
  const entry = (key, feature) => field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, feature)]));
  const features = [...(x === undefined ? [] : [entry('x', field(2, field(1, float)))]), entry('word', field(1, field(1, Buffer.from(word))))];
  const example = field(1, Buffer.concat(features));
  const length = Buffer.alloc(12);
  length.writeBigUInt64LE(BigInt(example.length));
  return Buffer.concat([length, example, Buffer.alloc(4)]);
}

/** The same rows in each format; in some the bad rows are good. */
const inputs = (bad) => ({
  ndjson: Array.from({ length: ROWS }, (_, i) => (bad && isBad(i) ? (i % 2 ? 'no json' : '{"word": "a"}') : `{"x": ${i}.5, "word": "w${i}"}`)).join('\n'),
  csv: ['word,x', ...Array.from({ length: ROWS }, (_, i) => (bad && isBad(i) ? (i % 2 ? 'a,b,c' : 'a,') : `w${i},${i}.5`))].join('\n'),
  tfrecord: Buffer.concat(Array.from({ length: ROWS }, (_, i) => record(bad && isBad(i) ? undefined : i + 0.5, `w${i}`))),
});

const outcome = ({ status, stdout, stderr }) => ({ status, stdout: stdout.toString('latin1'), stderr: stderr.toString() });

for (const format of ['ndjson', 'csv', 'tfrecord']) {
  test(`threads: ${format} gives the same for 1, 2 and 3`, () => {
    const outcomes = (args, input) => ['1', '2', '3'].map((threads) => outcome(run([...args, '--spec', specs[args[0]], '--input-format', format, '--threads', threads, '--batch-size', '16'], input)));
    const same = ([first, ...others], what) => {
      for (const other of others) assert.deepEqual(other, first, what);
      return first;
    };
    const good = same(outcomes(['transform'], inputs(false)[format]), 'good rows');
    assert.equal(good.status, 0, good.stderr);
    assert.equal(good.stdout.split('\n').length - 1, ROWS);
    const packed = at(`rows.${format}.gz`, gzipSync(inputs(false)[format]));
    assert.equal(outcome(run(['transform', '--spec', spec, '--input', packed, '--threads', '2'])).stdout, good.stdout);
    const bad = inputs(true)[format];
    const badRows = Array.from({ length: ROWS }, (_, i) => i).filter(isBad).length;
    for (const command of ['transform', 'score']) {
      const failed = same(outcomes([command], bad), `${command}, fail`);
      assert.equal(failed.status, 1);
      assert.equal(failed.stdout.split('\n').length - 1, format === 'csv' ? 31 : 32, 'whole batches before the bad one are written'); // the header row is one of the first batch
      const skipped = same(outcomes([command, '--on-error', 'skip'], bad), `${command}, skip`);
      assert.equal(skipped.status, 0);
      assert.equal(skipped.stdout.split('\n').length - 1, ROWS - badRows);
      const nulled = same(outcomes([command, '--on-error', 'null'], bad), `${command}, null`);
      assert.deepEqual(nulled.stdout.trimEnd().split('\n').map((line) => /:null/.test(line)), Array.from({ length: ROWS }, (_, i) => isBad(i)));
      const stopped = same(outcomes([command, '--on-error', 'skip', '--max-errors', '2'], bad), `${command}, max-errors`);
      assert.equal(stopped.status, 1);
      assert.match(stopped.stderr, /more than 2 bad rows/);
    }
    const files = ['1', '2', '3'].map((threads) => {
      const file = at(`${format}-${threads}.npy`);
      assert.equal(run(['transform', '--spec', spec, '--input-format', format, '--threads', threads, '--batch-size', '16', '--on-error', 'null', '-q', '--output', file], bad).status, 0);
      return readFileSync(file);
    });
    assert.ok(files[1].equals(files[0]) && files[2].equals(files[0]));
  });
}

test('threads: a spec that cannot be loaded is told once', () => {
  const done = run(['transform', '--spec', at('wrong.json', '{"version": 1, "layer": "dense_features", "columns": [{"type": "numeric_colum", "key": "a"}]}'), '--threads', '3'], '{}');
  assert.equal(done.status, 1);
  assert.equal(done.stderr.toString().match(/numeric_colum\b/g).length, 1, done.stderr.toString());
});
