// Arrow as an input and an output of the command line, with apache-arrow beside the package and without it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { lines, piecesOf, run as runCli, runInPieces, seeded } from './command.mjs';
import { packageFolder, root } from './package.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('arrow');
const folder = at('');

/** The package in an app of its own; `arrow`: with apache-arrow beside it. */
function install(name, arrow) {
  const modules = path.join(folder, name, 'node_modules');
  mkdirSync(path.join(modules, 'feature-columns'), { recursive: true });
  cpSync(path.join(packageFolder, 'package.json'), path.join(modules, 'feature-columns/package.json'));
  cpSync(path.join(packageFolder, 'dist'), path.join(modules, 'feature-columns/dist'), { recursive: true });
  if (arrow) symlinkSync(path.join(root, 'node_modules/apache-arrow'), path.join(modules, 'apache-arrow'));
  return path.join(modules, 'feature-columns/dist/cli.js');
}
const cli = install('with', true);
const bare = install('without', false);
const run = (args, input) => runCli(args, input, cli);

/** Runs a program of the helper in a process of its own: apache-arrow's builders make code from strings, which the tests' process forbids. */
function arrowTool(...args) {
  const done = spawnSync(process.execPath, [fileURLToPath(new URL('arrow_tool.mjs', import.meta.url)), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

const ROWS = 3000;
const FILES = { file: at('rows.arrow'), stream: at('rows.arrows'), ndjson: at('rows.ndjson'), bad: at('bad.arrow') };
arrowTool('write', folder, String(ROWS));
const column = (type, key, more) => ({ type: 'indicator_column', categorical_column: { type, key, ...more } });
const dense = at('dense.json', JSON.stringify({
  version: 1, layer: 'dense_features',
  columns: [
    { type: 'numeric_column', key: 'age' }, { type: 'numeric_column', key: 'pair', shape: [2] },
    column('categorical_column_with_identity', 'ids', { num_buckets: 5 }), column('categorical_column_with_hash_bucket', 'big', { hash_bucket_size: 50, dtype: 'int64' }),
    column('categorical_column_with_vocabulary_list', 'word', { vocabulary_list: ['omar', 'é'] }), column('categorical_column_with_hash_bucket', 'text', { hash_bucket_size: 9 }),
  ],
}));
const sequence = at('sequence.json', JSON.stringify({ version: 1, layer: 'sequence_features', columns: [column('sequence_categorical_column_with_identity', 'ids', { num_buckets: 5 })] }));
const transform = (args, input) => run(['transform', '--spec', dense, ...args], input);
const wanted = transform(['--input', FILES.ndjson]);

test('arrow: files, streams, pipes and compressed files give what NDJSON gives, with any number of threads', async () => {
  assert.equal(wanted.status, 0, wanted.stderr.toString());
  assert.equal(lines(wanted.stdout).length, ROWS);
  const same = (done, what) => {
    assert.equal(done.status, 0, `${what}: ${done.stderr}`);
    assert.ok(done.stdout.equals(wanted.stdout), what);
  };
  for (const input of [FILES.file, FILES.stream]) {
    for (const threads of ['1', '2', '3']) same(transform(['--input', input, '--threads', threads, '--batch-size', '700']), `${path.basename(input)}, ${threads} threads`);
    same(transform(['--input-format', 'arrow'], readFileSync(input)), `${path.basename(input)} through a pipe`);
  }
  const pieces = ['transform', '--spec', dense, '--input-format', 'arrow'];
  same(await runInPieces(pieces, piecesOf(readFileSync(FILES.stream), 3000, seeded(5)), cli), 'in pieces');
  same(await runInPieces(pieces, [...readFileSync(FILES.file).subarray(0, 12)].map((byte) => Buffer.from([byte])).concat(readFileSync(FILES.file).subarray(12)), cli), 'a start in single bytes');
  same(transform(['--input', at('packed.arrow.gz', gzipSync(readFileSync(FILES.file)))]), 'compressed');
});

test('arrow: the output is a column of lists, as a file and as a stream', () => {
  const text = lines(wanted.stdout).map(({ features }) => features);
  const output = at('vectors.arrow');
  assert.equal(transform(['--input', FILES.ndjson, '--output', output, '--threads', '2']).status, 0);
  assert.equal(readFileSync(output).subarray(0, 6).toString(), 'ARROW1');
  const file = JSON.parse(arrowTool('read', output));
  assert.equal(file.schema, `Schema<{ 0: features: FixedSizeList[${text[0].length}]<Float32> }>`);
  const bits = (values) => Buffer.from(Float32Array.from(values).buffer).toString('hex');
  assert.equal(bits(file.rows.flatMap(({ features }) => features)), bits(text.flat()));
  const stream = transform(['--input', FILES.file, '--output-format', 'arrow']);
  assert.equal(stream.status, 0, stream.stderr.toString());
  assert.equal(stream.stdout.readUInt32LE(0), 0xffffffff);
  assert.deepEqual(JSON.parse(arrowTool('read', at('vectors.arrows', stream.stdout))), file);
  // What one run writes another reads in place: the vector as a numeric column.
  const again = at('again.json', JSON.stringify({ version: 1, layer: 'dense_features', columns: [{ type: 'numeric_column', key: 'features', shape: [text[0].length] }] }));
  assert.ok(run(['transform', '--spec', again, '--input', output]).stdout.equals(wanted.stdout));
});

test('arrow: sequences are lists of steps, each row its own', () => {
  const output = at('steps.arrow');
  const args = ['transform', '--spec', sequence, '--input', FILES.file];
  assert.equal(run([...args, '--output', output]).status, 0);
  const { schema, rows } = JSON.parse(arrowTool('read', output));
  assert.equal(schema, 'Schema<{ 0: features: List<FixedSizeList[5]<Float32>> }>');
  assert.deepEqual(rows.map(({ features }) => features), lines(run(args).stdout).map(({ features }) => features));
  assert.ok(rows.some(({ features }) => features.length === 0) && rows.some(({ features }) => features.length === 2));
});

test('arrow: score writes each output as a column', () => {
  const model = path.join(root, 'demo/model');
  const [input, output] = [path.join(model, 'sessions.ndjson'), at('scores.arrow')];
  const args = ['score', '--spec', path.join(model, 'spec.json'), '--input', input];
  assert.equal(run([...args, '--output', output]).status, 0);
  const { schema, rows } = JSON.parse(arrowTool('read', output));
  assert.equal(schema, 'Schema<{ 0: logits: FixedSizeList[1]<Float32>, 1: logistic: FixedSizeList[1]<Float32>, 2: probabilities: FixedSizeList[2]<Float32>, 3: class_ids: FixedSizeList[1]<Int32> }>');
  const scored = lines(run(args).stdout);
  assert.deepEqual(rows.map(({ probabilities }) => probabilities.map(Math.fround)), scored.map(({ probabilities }) => probabilities.map(Math.fround)));
  assert.deepEqual(rows.map(({ class_ids: ids }) => ids), scored.map(({ class_ids: ids }) => ids));
});

test('arrow: --on-error keeps the places of bad rows, with any number of threads', () => {
  for (const threads of ['1', '2', '3']) {
    const nulled = transform(['--input', FILES.bad, '--on-error', 'null', '--threads', threads, '--batch-size', '4']);
    assert.equal(nulled.status, 0, nulled.stderr.toString());
    assert.deepEqual(lines(nulled.stdout).map(({ features }) => features === null), Array.from({ length: 10 }, (_, i) => i % 4 === 1));
    assert.match(nulled.stderr.toString(), /^row 1: column "age"[\s\S]*\nrow 5: [\s\S]*\nrow 9: [\s\S]*\n7 rows written, 3 bad rows written as null\n$/);
    const output = at('nulls.arrow');
    assert.equal(transform(['--input', FILES.bad, '--on-error', 'null', '-q', '--threads', threads, '--output', output]).status, 0);
    assert.deepEqual(JSON.parse(arrowTool('read', output)).rows.map(({ features }) => features === null), Array.from({ length: 10 }, (_, i) => i % 4 === 1));
  }
  const failed = transform(['--input', FILES.bad, '--batch-size', '3', '--output', at('never.arrow')]);
  assert.equal(failed.status, 1);
  assert.deepEqual(readdirSync(folder).filter((name) => name.includes('never')), []);
});

test('arrow: no rows give a file with its column and no rows', () => {
  const output = at('none.arrow');
  assert.equal(transform(['--output', output], '').status, 0);
  assert.deepEqual(JSON.parse(arrowTool('read', output)).rows, []);
});

test('arrow: half files and streams, and what is no Arrow, are refused', () => {
  const [file, stream] = [readFileSync(FILES.file), readFileSync(FILES.stream)];
  for (const [name, content, phrase] of [
    ['half.arrow', file.subarray(0, file.length / 2), /a file ends with ARROW1, this one is cut off/],
    ['half.arrows', stream.subarray(0, stream.length / 2), /no whole Arrow IPC/],
    ['endless.arrows', stream.subarray(0, stream.length - 8), /a stream ends with its end mark, this one is cut off/],
    ['text.arrow', 'age,pair\n1,2\n', /it starts otherwise/],
    ['short.arrow', 'ARR', /it is 3 bytes long/],
    ['empty.arrow', '', /it is empty/],
    ['compressed.arrow', readFileSync(at('lz4.arrow')), /compressed inside.*write it without compression/],
    ['offsets.arrow', readFileSync(at('outside.arrow')), /column "text" has the offset 900 where one from 0 to 8 belongs/],
    ['twice.arrow', readFileSync(at('double.arrow')), /two columns "age"/],
  ]) {
    for (const done of [transform(['--input', at(name, content)]), transform(['--input-format', 'arrow', '--threads', '2'], content)]) {
      assert.equal(done.status, 1, `${name}: ${done.stderr}`);
      assert.match(done.stderr.toString(), phrase);
    }
  }
  assert.match(transform(['--input', at('nowhere.arrow')]).stderr.toString(), /cannot read the input/);
});

test('arrow: a folder as the input is named', () => {
  const done = transform(['--input', folder, '--input-format', 'arrow']);
  assert.equal(done.status, 1);
  assert.match(done.stderr.toString(), /cannot read the input ".*": it is a directory/);
});

test('arrow: a type that is no feature, and a feature that is not there', () => {
  const odd = run(['transform', '--spec', at('odd.json', JSON.stringify({ version: 1, layer: 'dense_features', columns: [{ type: 'numeric_column', key: 'flag' }] })), '--input', FILES.file]);
  assert.equal(odd.status, 1);
  assert.match(odd.stderr.toString(), /flag.*no Arrow Bool/);
  const absent = run(['transform', '--spec', at('absent.json', JSON.stringify({ version: 1, layer: 'dense_features', columns: [{ type: 'numeric_column', key: 'nobody' }] })), '--input', FILES.file]);
  assert.match(absent.stderr.toString(), /Feature nobody is not in features dictionary/);
});

test('arrow: without apache-arrow the error says what to install; other formats need it not', () => {
  for (const args of [['--input-format', 'arrow'], ['--output-format', 'arrow'], ['--input-format', 'arrow', '--threads', '2']]) {
    const done = runCli(['transform', '--spec', dense, ...args], readFileSync(FILES.stream), bare);
    assert.equal(done.status, 1);
    assert.match(done.stderr.toString(), /npm install apache-arrow/);
    assert.equal(done.stdout.length, 0);
  }
  assert.ok(runCli(['transform', '--spec', dense], readFileSync(FILES.ndjson), bare).stdout.equals(wanted.stdout));
});

test('arrow: a pipe whose reader stops ends quietly', () => {
  const done = spawnSync('sh', ['-c', `node "${cli}" transform --spec "${dense}" --input "${FILES.file}" --batch-size 10 --output-format arrow | head -c 1000 | wc -c`], { encoding: 'utf8' });
  assert.equal(done.stderr, '');
  assert.equal(Number(done.stdout), 1000);
});
