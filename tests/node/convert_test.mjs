// feature-columns convert and inspect over tables: exact where it can be, within the stated bound where not, nothing half written.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { run } from './command.mjs';
import { fc, noShared, shared } from './package.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'fcol-convert-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name) => path.join(folder, name);
const convert = (...args) => run(['convert', ...args]);

/** A .safetensors file of float32 tensors. */
function safetensors(name, tensors) {
  let end = 0;
  const header = {};
  for (const [key, { shape, data }] of Object.entries(tensors)) header[key] = { dtype: 'F32', shape, data_offsets: [end, (end += data.length * 4)] };
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(at(name), Buffer.concat([size, text, ...Object.values(tensors).map(({ data }) => Buffer.from(Float32Array.from(data).buffer))]));
  return at(name);
}

const runtime = await fc.createRuntime();
after(() => runtime.dispose());
const read = async (file, tensor) => runtime.readTensor({ url: file, ...(tensor && { tensor }) });

// Ties, subnormal halves, the largest half, signs of zero, infinities, NaN.
const HARD = [0, -0, 1, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -24, 2 ** -25, 1.5 * 2 ** -24, 2 ** -14 - 2 ** -25, 65504, 0.1, -3.14159, 1e-30, Infinity, -Infinity, NaN];
const HALVES = [0, -0, 1, 1, 1 + 2 ** -9, 2 ** -24, 0, 2 ** -23, 2 ** -14, 65504, 0.0999755859375, -3.140625, 0, Infinity, -Infinity, NaN];

test('convert: float32 is the same bits in each format, and back', async () => {
  const source = safetensors('hard.safetensors', { table: { shape: [4, 4], data: HARD } });
  const one = convert('-i', source, '-o', at('one.npy'));
  assert.equal(one.status, 0, one.stderr.toString());
  assert.match(one.stdout.toString(), /^one\.npy: \[4, 4\] float32, 192 bytes; largest error 0; read back and compared\n$/);
  assert.equal(convert('-i', at('one.npy'), '-o', at('two.safetensors')).status, 0);
  for (const file of [at('one.npy'), at('two.safetensors')]) {
    const { data, shape } = await read(file);
    assert.deepEqual(shape, [4, 4]);
    assert.deepEqual(Buffer.from(data.buffer), Buffer.from(Float32Array.from(HARD).buffer));
  }
});

test('convert: float16 to the nearest, ties to even; what is too large is refused', async () => {
  const source = safetensors('hard.safetensors', { table: { shape: [4, 4], data: HARD } });
  for (const name of ['half.npy', 'half.safetensors']) {
    const done = convert('-i', source, '-o', at(name), '--format', 'float16', '--json');
    assert.equal(done.status, 0, done.stderr.toString());
    assert.deepEqual([...(await read(at(name))).data], HALVES);
    const { maxError, bound, shape } = JSON.parse(done.stdout.toString());
    assert.deepEqual([shape, bound], [[4, 4], 2 ** -11]);
    assert.equal(maxError, Math.abs(Math.fround(-3.14159) + 3.140625));
  }
  const large = safetensors('large.safetensors', { table: { shape: [1, 2], data: [1, 70000] } });
  const refused = convert('-i', large, '-o', at('large.npy'), '--format', 'float16');
  assert.deepEqual([refused.status, existsSync(at('large.npy'))], [1, false]);
  assert.match(refused.stderr.toString(), /row 0 of the table has 70000, which is too large for float16/);
});

test('convert: bfloat16 of random floats is within its bound, and is the nearest', async () => {
  const data = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i + 1) * 2 ** ((i % 200) - 100));
  const source = safetensors('random.safetensors', { a: { shape: [64, 64], data }, b: { shape: [1], data: [1] } });
  const done = convert('-i', source, '--tensor', 'a', '-o', at('b16.safetensors'), '--format', 'bfloat16');
  assert.equal(done.status, 0, done.stderr.toString());
  const { data: narrow } = await read(at('b16.safetensors'), 'a');
  const bits = new Uint32Array(narrow.buffer);
  narrow.forEach((value, i) => {
    assert.equal(bits[i] & 0xffff, 0);
    for (const other of [bits[i] - 0x10000, bits[i] + 0x10000]) {
      const beside = new Float32Array(Uint32Array.of(other).buffer)[0];
      assert.ok(Math.abs(value - data[i]) <= Math.abs(beside - data[i]), `${data[i]} is nearer to ${beside} than to ${value}`);
    }
  });
});

test('convert: a tensor of a TensorFlow checkpoint, and what inspect says of it', { skip: noShared }, async () => {
  const model = path.join(shared, 'golden/models/dnn_classifier');
  const tensor = 'impression_video_id_watched_video_id_shared_embedding';
  assert.equal(convert('-i', model, '-o', at('t.npy')).status, 2); // which one?
  assert.equal(convert('-i', model, '--tensor', tensor, '-o', at('t.npy')).status, 0);
  const [table, same] = [await read(at('t.npy')), await read(path.join(model, 'model.ckpt-4000'), tensor)];
  assert.deepEqual([table.shape, table.data], [same.shape, same.data]);
  assert.ok(new Set(table.data).size > 1000);
  for (const name of [model, path.join(model, 'model.ckpt-4000'), path.join(model, 'model.ckpt-4000.index')]) {
    const { kind, tensors } = JSON.parse(run(['inspect', '--json', name]).stdout.toString());
    assert.equal(kind, 'checkpoint');
    assert.deepEqual(tensors.find(({ name: each }) => each === tensor), { name: tensor, dtype: 'float', shape: table.shape, bytes: table.data.length * 4, partitions: 1, shards: [0] });
  }
  assert.deepEqual(JSON.parse(run(['inspect', '--json', at('t.npy')]).stdout.toString()), { kind: 'npy', count: 1, bytes: table.data.length * 4, tensors: [{ dtype: 'F32', shape: table.shape, bytes: table.data.length * 4 }] });
  assert.equal(convert('-i', model, '--tensor', 'global_step', '-o', at('step.npy')).status, 1); // an integer
  assert.equal(convert('-i', model, '--tensor', 'global_step', '--cast', '-o', at('step.npy')).status, 0);
  assert.deepEqual((await read(at('step.npy'))).data, Float32Array.of(4000));
});

test('convert: wrong usage, and files that are not there, leave nothing', () => {
  const source = safetensors('one.safetensors', { x: { shape: [1, 1], data: [1] } });
  for (const args of [[], ['-i', source], ['-i', source, '-o', at('x.bin')], ['-i', source, '-o', at('x.npy'), '--format', 'int9'], ['-i', source, '-o', at('x.npy'), '--format', 'bfloat16']]) {
    assert.equal(convert(...args).status, 2, args.join(' '));
  }
  for (const args of [['-i', at('nothing'), '-o', at('x.npy')], ['-i', source, '--tensor', 'y', '-o', at('x.npy')], ['-i', source, '-o', at('no/folder/x.npy')]]) {
    const done = convert(...args);
    assert.equal(done.status, 1, args.join(' '));
    assert.notEqual(done.stderr.toString(), '');
  }
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('x.') || name.includes('tmp')), []);
});

test('readTensor and tensors leave nothing in the runtime', async () => {
  const source = safetensors('two.safetensors', { a: { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }, b: { shape: [2], data: [7, 8] } });
  assert.deepEqual(await runtime.tensors(source), { kind: 'safetensors', tensors: { a: { dtype: 'F32', shape: [2, 3] }, b: { dtype: 'F32', shape: [2] } } });
  assert.deepEqual((await read(source, 'b')).data, Float32Array.of(7, 8));
  await assert.rejects(read(source), { code: 'tensor_not_found' });
  await assert.rejects(runtime.readTensor({ url: new Uint8Array(3) }), { code: 'invalid_checkpoint' });
  assert.equal(readFileSync(source).length > 0 && runtime.stats().liveObjects, 0);
});
