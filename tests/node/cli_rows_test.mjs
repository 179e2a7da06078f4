// What a row of an input becomes does not depend on where the input is cut into batches, and its errors tell of its place in the input.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { lines, run } from './command.mjs';
import { root } from './package.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('cli-rows');
const list = (key) => ({ type: 'indicator_column', categorical_column: { type: 'categorical_column_with_vocabulary_list', key, vocabulary_list: ['a', 'b', 'x'] } });
const spec = at('spec.json', JSON.stringify({ version: 1, layer: 'dense_features', columns: [{ type: 'numeric_column', key: 'age' }, list('city'), list('tags')] }));

const text = (rows) => rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n') + '\n';
const transform = (rows, ...args) => {
  const done = run(['transform', '--spec', spec, ...args], text(rows));
  return { status: done.status, rows: done.stdout.length > 0 ? lines(done.stdout).map(({ features }) => features) : [], errors: done.stderr.toString() };
};

test('cli: a feature that no row of a batch has is empty there, if another row of the input has it', () => {
  const rows = Array.from({ length: 3000 }, (_, i) => ({ age: i, tags: i % 3 ? 'a' : 'b', ...(i === 2500 ? { city: 'x' } : {}) }));
  const whole = transform(rows, '--batch-size', '5000');
  assert.equal(whole.status, 0, whole.errors);
  assert.deepEqual(whole.rows[2500], [2500, 0, 0, 1, 1, 0, 0]);
  for (const args of [['--batch-size', '1'], ['--batch-size', '7'], [], ['--threads', '2', '--batch-size', '100'], ['--on-error', 'skip', '--batch-size', '50']]) {
    const done = transform(rows, ...args);
    assert.equal(done.status, 0, done.errors);
    assert.deepEqual(done.rows, whole.rows, args.join(' '));
  }
  const [row] = run(['explain', '--spec', spec, '--row', '1', '--json'], text(rows)).stdout.toString().split('\n');
  assert.deepEqual(JSON.parse(row).columns.flatMap(({ values }) => values), [1, 0, 0, 0, 1, 0, 0]);
});

test('cli: good rows stay beside bad ones', () => {
  const rows = [{}, { age: 2, tags: 'b' }, 'not json', { age: 3, tags: 'a', city: 'x' }];
  const skipped = transform(rows, '--on-error', 'skip', '--batch-size', '2');
  assert.equal(skipped.status, 0, skipped.errors);
  assert.deepEqual(skipped.rows, [[2, 0, 0, 0, 0, 1, 0], [3, 0, 0, 1, 1, 0, 0]]);
  assert.match(skipped.errors, /row 0: .*age/);
  assert.match(skipped.errors, /^row 2: not a JSON object/m);
  const nulled = transform(rows, '--on-error', 'null', '--batch-size', '1');
  assert.deepEqual(nulled.rows, [null, [2, 0, 0, 0, 0, 1, 0], null, [3, 0, 0, 1, 1, 0, 0]]);
});

test('cli: a feature that no row of the input has is TensorFlow\'s error, and nothing is written', () => {
  for (const count of [3, 12_000]) {
    const rows = Array.from({ length: count }, (_, i) => ({ age: i, tags: 'a', citi: 'x' }));
    for (const args of [[], ['--batch-size', '1000', '--threads', '2'], ['--on-error', 'skip']]) {
      const done = transform(rows, ...args);
      assert.equal(done.status, 1);
      assert.match(done.errors, /Feature city is not in features dictionary/);
      assert.deepEqual(done.rows, []);
    }
  }
  assert.equal(transform([{ age: 1, tags: 'a' }, { age: 2, tags: 'a', city: null }]).status, 0);
});

test('cli: errors tell the row of the input', () => {
  const good = (i) => ({ age: i, tags: 'a', city: 'x' });
  const rows = Array.from({ length: 3000 }, (_, i) => good(i));
  for (const [bad, phrase] of [['not json', /feature-columns: row 1999: not a JSON object/], [{ ...good(0), age: null }, /row 1999: column "age": /]]) {
    for (const args of [[], ['--batch-size', '1'], ['--threads', '2', '--batch-size', '64']]) {
      const done = transform(rows.with(1999, bad), ...args);
      assert.equal(done.status, 1);
      assert.match(done.errors, phrase);
      assert.doesNotMatch(done.errors, /(row|line) (0|[1-9]\d{0,2})\b/);
    }
  }
  const blank = transform(['', good(0), '', '', 'not json'], '--batch-size', '3');
  assert.match(blank.errors, /row 1: not a JSON object/);
  const explained = run(['explain', '--spec', spec, '--row', '4'], text(rows.with(4, { ...good(0), age: null })));
  assert.match(explained.stderr.toString(), /row 4: column "age": /);
});

test('cli: score and transform take the layers that they are for', () => {
  for (const [command, layer] of [['score', spec], ['transform', path.join(root, 'demo/model/spec.json')]]) {
    const done = run([command, '--spec', layer], 'anything\n');
    assert.equal(done.status, 1);
    assert.match(done.stderr.toString(), new RegExp(`${command} takes a spec of `));
    assert.equal(done.stdout.length, 0);
  }
});

test('cli: what Keras has written of SequenceFeatures is a layer of sequences, as its spec is', () => {
  const column = { key: 'age', shape: [1], default_value: 0, dtype: 'float32' };
  const specs = {
    spec: { version: 1, layer: 'sequence_features', columns: [{ type: 'sequence_numeric_column', ...column }] },
    keras: { class_name: 'SequenceFeatures', config: { feature_columns: [{ class_name: 'SequenceNumericColumn', config: { ...column, normalizer_fn: null } }] } },
  };
  const [ours, theirs] = Object.entries(specs).map(([name, value]) => {
    const done = run(['transform', '--spec', at(`sequence-${name}.json`, JSON.stringify(value))], '{"age": [1, 2]}\n{"age": [3]}\n');
    assert.equal(done.status, 0, done.stderr.toString());
    return done.stdout.toString();
  });
  assert.deepEqual(lines(Buffer.from(ours)).map(({ features }) => features), [[[1], [2]], [[3]]]);
  assert.equal(theirs, ours);
  const npy = run(['transform', '--spec', at('sequence-keras.json', JSON.stringify(specs.keras)), '--output-format', 'npy'], '{"age": [1, 2]}\n');
  assert.equal(npy.status, 2);
  assert.match(npy.stderr.toString(), /need --steps/);
});
