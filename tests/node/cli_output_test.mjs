// Where the command line writes: pipes, links and devices as outputs, outputs that fail, and what an interruption leaves.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import test from 'node:test';
import { run } from './command.mjs';
import { cli } from './package.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('cli-output');
const folder = at('');
const spec = at('spec.json', JSON.stringify({ version: 1, layer: 'dense_features', columns: [{ type: 'numeric_column', key: 'x' }] }));
const rows = at('rows.ndjson', '{"x": [1]}\n{"x": [2]}\n');
const VECTORS = '{"features":[1]}\n{"features":[2]}\n';
const temporary = (of) => readdirSync(of).filter((name) => name.endsWith('.tmp'));

const noPipes = process.platform === 'win32' ? 'there are no named pipes' : false;
const FULL = '/dev/full'; // through the shell only: a command that replaced it would destroy it
const noFull = existsSync(FULL) && statSync(FULL).isCharacterDevice() ? false : 'there is no /dev/full';

/** What comes out of a named pipe while a command writes to it; `reader` reads it. */
async function throughPipe(args, reader = ['cat']) {
  const pipe = at('pipe');
  if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
  const read = spawn(reader[0], [...reader.slice(1), pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(read, 'close');
  const chunks = [];
  read.stdout.on('data', (chunk) => chunks.push(chunk));
  const child = spawn('node', [cli, ...args, '--output', pipe], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 20_000 });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [status] = await once(child, 'close');
  if (!lstatSync(pipe).isFIFO()) read.kill(); // nobody will ever write to it
  await closed;
  assert.ok(lstatSync(pipe).isFIFO(), 'the pipe is still one');
  return { status, stderr, bytes: Buffer.concat(chunks) };
}

test('a named pipe is written to, not replaced', { skip: noPipes }, async () => {
  const text = await throughPipe(['transform', '--spec', spec, '--input', rows]);
  assert.deepEqual([text.status, text.stderr, text.bytes.toString()], [0, '', VECTORS]);
  const npy = await throughPipe(['transform', '--spec', spec, '--input', rows, '--output-format', 'npy']);
  assert.deepEqual([npy.status, npy.stderr], [0, '']);
  assert.deepEqual([...new Float32Array(new Uint8Array(npy.bytes.subarray(128)).buffer)], [1, 2]);
  assert.match(npy.bytes.toString('latin1'), /'shape': \(2, 1\)/);
});

test('a named pipe whose reader has enough ends the command quietly', { skip: noPipes }, async () => {
  const many = at('many.ndjson', '{"x": [1]}\n'.repeat(200_000));
  const { status, stderr } = await throughPipe(['transform', '--spec', spec, '--input', many], ['head', '-c', '1']);
  assert.deepEqual([status, stderr], [0, '']);
});

test('convert refuses what it cannot read back', { skip: noPipes }, () => {
  const table = at('table.npy');
  assert.equal(run(['transform', '--spec', spec, '--input', rows, '--output', table]).status, 0);
  const text = at('words.txt', 'a\nb\n');
  for (const [input, output] of [[table, at('pipe.npy')], [text, at('pipe.vocabulary')]]) {
    execFileSync('mkfifo', [output]);
    const done = spawnSync('node', [cli, 'convert', '--input', input, '--output', output], { timeout: 20_000 });
    assert.equal(done.status, 1);
    assert.match(done.stderr.toString(), /^feature-columns: the output ".*pipe\.\w+" is a pipe or a device: what is written to it cannot be read back and compared/);
    assert.ok(lstatSync(output).isFIFO());
  }
});

test('of a symbolic link the file that it names is replaced, and the link stays', { skip: noPipes }, () => {
  mkdirSync(at('real/deep'), { recursive: true });
  symlinkSync('real/deep', at('linked'));
  symlinkSync('../out.ndjson', at('real/deep/link'));
  for (const what of ['a file that is not there yet', 'a file']) {
    const done = run(['transform', '--spec', spec, '--input', rows, '--output', at('linked/link')]);
    assert.deepEqual([done.status, done.stderr.toString()], [0, ''], what);
    assert.ok(lstatSync(at('linked/link')).isSymbolicLink(), what);
    assert.equal(readFileSync(at('real/out.ndjson'), 'utf8'), VECTORS, what);
  }
  assert.deepEqual(readdirSync(at('real')).sort(), ['deep', 'out.ndjson']);
});

test('a number of an open file is that file: appended to', { skip: noFull }, () => {
  spawnSync('sh', ['-c', `for i in 1 2; do node "${cli}" transform --spec "${spec}" --input "${rows}" --output /dev/fd/3 3>> "${at('twice')}"; done`]);
  assert.equal(readFileSync(at('twice'), 'utf8'), VECTORS + VECTORS);
});

test('an output that cannot be: an error that names it, and no file', () => {
  for (const [output, words] of [
    [folder, /^feature-columns: the output ".*" is the name of a directory/],
    [at('absent/'), /absent\/" is the name of a directory/],
    [at('absent/x.ndjson'), /the output ".*x\.ndjson" cannot be written: ENOENT/],
    [`${rows}/x`, /the output ".*rows\.ndjson\/x" cannot be written: ENOTDIR/],
  ]) {
    const done = run(['transform', '--spec', spec, '--input', rows, '--output', output, '--on-error', 'skip']);
    assert.equal(done.status, 1, output);
    assert.match(done.stderr.toString(), words);
    assert.equal(done.stderr.toString().trimEnd().split('\n').length, 1);
  }
  assert.deepEqual(temporary(folder), []);
});

test('standard output that is full: a line that says so, and exit code 1', { skip: noFull }, () => {
  const table = at('full.npy');
  run(['transform', '--spec', spec, '--input', rows, '--output', table]);
  const cases = at('cases.jsonl', '');
  mkdirSync(at('temporary'));
  for (const args of [
    ['--help'], ['--version'], ['inspect', table], ['inspect', '--help'],
    ['transform', '--spec', spec, '--input', rows], ['transform', '--spec', spec, '--input', rows, '--threads', '2'], ['transform', '--spec', spec, '--input', rows, '--output-format', 'npy'],
    ['convert', '--input', table, '--output', at('full.safetensors')], ['coverage', '--spec', spec, '--input', rows], ['explain', '--spec', spec, '--input', rows], ['verify', '--help', cases],
  ]) {
    const done = spawnSync('sh', ['-c', `exec node "$0" "$@" > ${FULL}`, cli, ...args], { env: { ...process.env, TMPDIR: at('temporary') } });
    assert.equal(done.stderr.toString(), 'feature-columns: standard output cannot be written: ENOSPC: no space left on device, write\n', args.join(' '));
    assert.equal(done.status, 1, args.join(' '));
  }
  assert.deepEqual([temporary(folder), readdirSync(at('temporary'))], [[], []]);
  const told = spawnSync('sh', ['-c', `exec node "$0" dance 2> ${FULL}`, cli]);
  assert.equal(told.status, 2, 'nor is standard error needed');
});

/** A command that waits for more rows once it has made something of the first ones. */
async function waiting(args, isUnderWay) {
  const child = spawn('node', [cli, 'transform', '--spec', spec, '--batch-size', '1', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.on('data', () => (child.hasWritten = true));
  child.stdin.write(readFileSync(rows));
  for (let waited = 0; waited < 10_000 && !isUnderWay(child); waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(isUnderWay(child));
  return child;
}

for (const [signal, code] of [['SIGHUP', 129], ['SIGINT', 130], ['SIGTERM', 143]]) {
  test(`${signal} removes the file that is not whole`, { skip: noPipes }, async () => {
    const child = await waiting(['--output', at('interrupted.npy')], () => temporary(folder).length > 0);
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [code, null]);
    assert.deepEqual(temporary(folder), []);
  });

  // By the signal itself: a handler would wait until a computation has ended.
  test(`${signal} ends a command that has no such file at once`, { skip: noPipes }, async () => {
    const child = await waiting([], ({ hasWritten }) => hasWritten);
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [null, signal]);
  });
}
