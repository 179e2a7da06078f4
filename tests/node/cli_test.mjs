// The command line as people use it: pipes, files, bad input, wrong usage, many threads, interruption.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { lines, run, seeded } from './command.mjs';
import { cli, root } from './package.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('cli');
const folder = at('');
const model = path.join(root, 'demo/model');
const sessions = path.join(model, 'sessions.ndjson');
const rowCount = readFileSync(sessions, 'utf8').trimEnd().split('\n').length;

/** The input layer of the demo's model as a spec of its own. */
const { columns, feature_columns: featureColumns } = JSON.parse(readFileSync(path.join(model, 'spec.json'), 'utf8'));
const spec = at('spec.json');
const absolute = (value) =>
  Array.isArray(value) ? value.map(absolute)
  : value === null || typeof value !== 'object' ? value
  : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, ['vocabulary_file', 'ckpt_to_load_from'].includes(key) ? path.join(model, each) : absolute(each)]));
writeFileSync(spec, JSON.stringify({ version: 1, layer: 'dense_features', columns: absolute(columns ?? featureColumns) }));

const floatBits = (values) => Buffer.from(Float32Array.from(values).buffer).toString('hex');

/** Header and floats of a .npy file. */
function readNpy(file) {
  const bytes = readFileSync(file);
  const length = bytes.readUInt16LE(8);
  const header = bytes.subarray(10, 10 + length).toString('latin1');
  const shape = /'shape': \(([^)]*)\)/.exec(header)[1].split(',').filter((part) => part.trim()).map(Number);
  assert.equal(bytes.subarray(0, 6).toString('latin1'), '\x93NUMPY');
  assert.match(header, /'descr': '<f4', 'fortran_order': False/);
  assert.equal((10 + length) % 64, 0);
  const data = bytes.subarray(10 + length);
  assert.equal(data.length, 4 * shape.reduce((product, size) => product * size, 1));
  return { shape, data };
}

test('cli: transform writes TensorFlow\'s input layer as .npy', () => {
  const output = at('vectors.npy');
  const done = run(['transform', '--spec', spec, '--input', sessions, '--output', output]);
  assert.equal(done.status, 0, done.stderr.toString());
  assert.equal(done.stdout.length, 0);
  const { shape, data } = readNpy(output);
  assert.deepEqual(shape, [rowCount, 32]);
  const single = run(['transform', '--spec', spec, '--input', sessions, '--batch-size', '1', '--output', at('ones.npy')]);
  assert.equal(single.status, 0);
  assert.ok(readNpy(at('ones.npy')).data.equals(data), 'a row does not depend on its batch');
});

test('cli: NDJSON floats read back to the same bits, and threads keep the order', () => {
  const { data } = (run(['transform', '--spec', spec, '--input', sessions, '--output', at('v.npy')]), readNpy(at('v.npy')));
  for (const threads of ['1', '2', '3']) {
    const done = run(['transform', '--spec', spec, '--batch-size', '7', '--threads', threads], readFileSync(sessions));
    assert.equal(done.status, 0, done.stderr.toString());
    assert.equal(floatBits(lines(done.stdout).flatMap(({ features }) => features)), data.toString('hex'));
  }
});

test('cli: floats are as short as six to nine digits can be', () => {
  const random = seeded(17);
  const bits = new Uint32Array(1);
  const any = () => ((bits[0] = random() * 2 ** 32), new Float32Array(bits.buffer)[0]);
  const made = [() => Math.fround(random() * 2 - 1), () => Math.fround(Math.round(random() * 1e6) / 10 ** Math.floor(random() * 8)), () => Math.fround(10 ** (random() * 14 - 7)), any];
  const values = Array.from({ length: 4000 }, (_, i) => made[i % made.length]()).filter(Number.isFinite);
  const shortest = (value) => {
    if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
    const reads = (digits) => Math.fround(Number(value.toPrecision(digits))) === value;
    let digits = reads(8) ? 8 : 9;
    while (digits > 6 && digits < 9 && reads(digits - 1)) --digits;
    return String(Number(value.toPrecision(digits)));
  };
  const numbers = at('numbers.json');
  writeFileSync(numbers, JSON.stringify({ version: 1, layer: 'dense_features', columns: [{ type: 'numeric_column', key: 'x', shape: [values.length] }] }));
  const done = run(['transform', '--spec', numbers], JSON.stringify({ x: values }));
  assert.equal(done.status, 0, done.stderr.toString());
  assert.deepEqual(done.stdout.toString('utf8').trimEnd().slice('{"features":['.length, -2).split(','), values.map(shortest));
});

test('cli: score adds the model\'s outputs and keeps the row as it was', () => {
  const done = run(['score', '--spec', path.join(model, 'spec.json')], '{"big": 9007199254740993, "watched_video_id": [], "impression_video_id": "x", "note": "ü"}\n\n');
  assert.equal(done.status, 0, done.stderr.toString());
  const text = done.stdout.toString('utf8');
  assert.match(text, /^\{"big": 9007199254740993, .*"note": "ü","logits":\[/);
  const [row] = lines(done.stdout);
  assert.deepEqual(Object.keys(row).slice(-4), ['logits', 'logistic', 'probabilities', 'class_ids']);
  assert.equal(row.probabilities.length, 2);
  assert.equal(text.trimEnd().split('\n').length, 1, 'blank lines are no rows');
});

test('cli: wrong usage is exit code 2 and says what is wrong', () => {
  for (const [args, phrase] of [
    [[], /a command is missing/],
    [['dance'], /there is no command "dance"/],
    [['transform'], /needs --spec/],
    [['transform', '--spec', spec, '--bogus'], /bogus/],
    [['transform', '--spec', spec, '--batch-size', '0'], /--batch-size takes a whole number of at least 1/],
    [['transform', '--spec', spec, '--threads', 'two'], /--threads takes a whole number/],
    [['transform', '--spec', spec, '--on-error', 'shrug'], /--on-error takes fail \| skip \| null/],
    [['transform', '--spec', spec, '--output-format', 'xml'], /--output-format takes/],
  ]) {
    const done = run(args, '');
    assert.equal(done.status, 2, args.join(' '));
    assert.match(done.stderr.toString(), phrase);
    assert.equal(done.stdout.length, 0);
  }
  assert.equal(run(['--help']).status, 0);
  assert.equal(run(['transform', '--help']).status, 0);
  assert.match(run(['--version']).stdout.toString(), /^\d+\.\d+\.\d+\n$/);
});

test('cli: bad data is exit code 1, names the row, and leaves no file behind', () => {
  const bad = '{"watched_video_id": ["a"], "impression_video_id": "b"}\n{"watched_video_id": 5, "impression_video_id": "b"}\n';
  const output = at('never.npy');
  const done = run(['transform', '--spec', spec, '--output', output], bad);
  assert.equal(done.status, 1);
  assert.match(done.stderr.toString(), /watched_video_id/);
  assert.deepEqual(readdirSync(folder).filter((name) => name.includes('never')), []);
  const missing = run(['transform', '--spec', at('nope.json')], '{}');
  assert.equal(missing.status, 1);
  assert.match(missing.stderr.toString(), /nope\.json/);
});

test('cli: an input that cannot be read is named', () => {
  for (const [args, phrase] of [
    ...['ndjson', 'csv', 'tfrecord'].map((format) => [['transform', '--spec', spec, '--input', folder, '--input-format', format], /cannot read the input ".*": it is a directory/]),
    [['coverage', '--spec', spec, '--input', folder], /cannot read the input ".*": it is a directory/],
    [['verify', folder], /cannot read the input ".*": it is a directory/],
    [['transform', '--spec', 'http://['], /"http:\/\/\[" is no URL/],
    [['transform', '--threads', '2', '--spec', 'http://['], /"http:\/\/\[" is no URL/],
    [['convert', '--input', 'http://[', '--output', at('never.npy')], /"http:\/\/\[" is no URL/],
  ]) {
    const done = run(args, '');
    assert.equal(done.status, 1, args.join(' '));
    assert.match(done.stderr.toString(), phrase);
    assert.equal(done.stderr.toString().trimEnd().split('\n').length, 1, done.stderr.toString());
  }
  const piped = spawnSync('sh', ['-c', `node "${cli}" transform --spec "${spec}" < "${folder}"`]);
  assert.deepEqual([piped.status, piped.stderr.toString()], [1, 'feature-columns: cannot read standard input: it is a directory\n']);
});

test('cli: --on-error skips or nulls bad rows and keeps the others\' places', () => {
  const good = '{"watched_video_id": ["Alien (1979)"], "impression_video_id": "b"}';
  const input = [good, '{"watched_video_id": true}', 'not json', good].join('\n');
  const skipped = run(['transform', '--spec', spec, '--on-error', 'skip'], input);
  assert.equal(skipped.status, 0);
  assert.equal(lines(skipped.stdout).length, 2);
  assert.match(skipped.stderr.toString(), /row 1: [\s\S]*row 2: [\s\S]*2 rows written, 2 bad rows/);
  const nulled = run(['transform', '--spec', spec, '--on-error', 'null', '--quiet'], input);
  assert.deepEqual(lines(nulled.stdout).map(({ features }) => features === null), [false, true, true, false]);
  assert.equal(nulled.stderr.length, 0);
  const asNpy = run(['transform', '--spec', spec, '--on-error', 'null', '-q', '--output', at('nulls.npy')], input);
  assert.equal(asNpy.status, 0);
  const { shape, data } = readNpy(at('nulls.npy'));
  assert.deepEqual(shape, [4, 32]);
  assert.ok(Number.isNaN(data.readFloatLE(4 * 32)) && !Number.isNaN(data.readFloatLE(0)));
  const tooMany = run(['transform', '--spec', spec, '--on-error', 'skip', '--max-errors', '1'], input);
  assert.equal(tooMany.status, 1);
  assert.match(tooMany.stderr.toString(), /more than 1 bad rows/);
});

test('cli: no input gives no rows, and an empty array', () => {
  assert.equal(run(['transform', '--spec', spec], '').stdout.length, 0);
  assert.equal(run(['transform', '--spec', spec, '--output', at('empty.npy')], '\n  \n').status, 0);
  assert.deepEqual(readNpy(at('empty.npy')).shape, [0, 32]);
});

test('cli: | head ends quietly', async () => {
  const many = readFileSync(sessions, 'utf8').repeat(50);
  writeFileSync(at('many.ndjson'), many);
  const done = spawnSync('sh', ['-c', `node "${cli}" transform --spec "${spec}" --input "${at('many.ndjson')}" | head -n 1`], { encoding: 'utf8' });
  assert.equal(done.stderr, '');
  assert.equal(done.stdout.trimEnd().split('\n').length, 1);
});

test('cli: an interrupted run leaves no file', async () => {
  const output = at('interrupted.npy');
  const child = spawn('node', [cli, 'transform', '--spec', spec, '--output', output], { stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.write(readFileSync(sessions));
  for (let waited = 0; waited < 10_000 && !readdirSync(folder).some((name) => name.includes('interrupted')); waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(readdirSync(folder).some((name) => name.startsWith('.interrupted')), 'the file is written aside');
  child.kill('SIGINT');
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.equal(code, 130);
  assert.deepEqual(readdirSync(folder).filter((name) => name.includes('interrupted')), []);
});

test('cli: inspect tells what is in a spec and a vocabulary', () => {
  const facts = JSON.parse(run(['inspect', spec, '--json']).stdout.toString());
  assert.equal(facts.layer, 'dense_features');
  assert.equal(facts.width, 32);
  assert.equal(facts.tables.count, 1);
  const vocabulary = JSON.parse(run(['inspect', path.join(model, 'videos.txt'), '--json']).stdout.toString());
  assert.equal(vocabulary.lines, 1500);
});
