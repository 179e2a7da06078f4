// Tables as NumPy and pyarrow write them (tests/fixtures/tables.py): the same numbers, and bytes that lie are refused.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { archive } from './archive.mjs';
import { packageFolder, root } from './package.mjs';

const fixture = JSON.parse(readFileSync(path.join(root, 'tests/fixtures/tables.json'), 'utf8'));
const decode = (text) => new Uint8Array(Buffer.from(text, 'base64'));
const floats = (text) => new Float32Array(decode(text).buffer);
const [ROWS, DIMENSION] = fixture.shape;
const VALUES = floats(fixture.values);
const HALVES = floats(fixture.halves);
const file = (name) => decode(fixture.files[name]);
const NAMES = Object.keys(fixture.files);

// The package with its optional companions beside it, as an application has them, and alone.
const folder = mkdtempSync(path.join(tmpdir(), 'fcol-tables-'));
after(() => rmSync(folder, { recursive: true, force: true }));
async function installed(name, peers) {
  const modules = path.join(folder, name, 'node_modules');
  mkdirSync(modules, { recursive: true });
  cpSync(packageFolder, path.join(modules, 'feature-columns'), { recursive: true, filter: (source) => !/node_modules|\/(build|\.git|\.cache|src|tests)(\/|$)/.test(path.relative(packageFolder, source)) });
  for (const peer of peers) symlinkSync(path.join(root, 'node_modules', peer), path.join(modules, peer));
  return import(pathToFileURL(path.join(modules, 'feature-columns/dist/index.js')).href);
}
const full = await installed('full', ['apache-arrow', 'hyparquet', 'hyparquet-compressors', 'tslib', 'flatbuffers', 'json-with-bigint']);
const bare = await installed('bare', []);

const column = (from, table, { rows = ROWS, dimension = DIMENSION } = {}) =>
  from.embeddingColumn(from.categoricalColumnWithIdentity('id', { numBuckets: rows }), { dimension, combiner: 'sum', table });

/** The rows of a table as a layer gives them. */
async function rowsOf(from, table, size = {}) {
  const runtime = await from.createRuntime();
  try {
    const layer = await runtime.denseFeatures([column(from, table, size)]);
    const { data } = layer.transform({ id: Int32Array.from({ length: size.rows ?? ROWS }, (_, i) => i) });
    return { data: data.slice(), bytes: runtime.stats().tables.bytes };
  } finally {
    runtime.dispose();
  }
}
const sameBits = (a, b) => assert.deepEqual(Buffer.from(a.buffer, a.byteOffset, a.byteLength), Buffer.from(b.buffer, b.byteOffset, b.byteLength));

// One for all that fails: each failure must leave it as it was.
const runtimes = new Map();
async function runtimeOf(from) {
  if (!runtimes.has(from)) runtimes.set(from, await from.createRuntime());
  return runtimes.get(from);
}
after(() => runtimes.forEach((runtime) => runtime.dispose()));

/** Loads, which must fail by a named error and leave nothing. */
async function refused(from, table, codes, what, size = {}) {
  const runtime = await runtimeOf(from);
  const error = await runtime.denseFeatures([column(from, table, size)]).then(() => undefined, (caught) => caught);
  assert.ok(error instanceof from.FeatureColumnError, `${what}: ${error === undefined ? 'was taken' : String(error.stack)}`);
  assert.ok(codes.includes(error.code), `${what}: ${error.code} ${error.message}`);
  assert.equal(runtime.stats().liveObjects, 0, what);
  return error;
}

test('tables of .npz, Arrow and Parquet files are the numbers that were written', async () => {
  const same = ['stored.npz', 'deflated.npz', 'fixed.arrow', 'fixed.arrows', 'list.arrow', 'large.arrow', 'plain.feather', 'snappy.parquet', 'none.parquet', 'zstd.parquet', 'gzip.parquet', 'split.parquet'];
  for (const name of same) sameBits((await rowsOf(full, { url: file(name) })).data, VALUES);
  for (const [name, tensor] of [['two.npz', 'a'], ['two.arrow', 'a'], ['two.parquet', 'a']]) sameBits((await rowsOf(full, { url: file(name), tensor })).data, VALUES);
  for (const [name, tensor] of [['two.npz', 'b'], ['half.arrow', 'vector'], ['half.parquet', undefined]]) sameBits((await rowsOf(full, { url: file(name), tensor })).data, HALVES);
  const first = VALUES.filter((_, i) => i % DIMENSION === 0);
  for (const [name, tensor] of [['scalar.arrow', undefined], ['scalar.parquet', 'weight']]) sameBits((await rowsOf(full, { url: file(name), tensor }, { dimension: 1 })).data, first);
  // float16 stays float16 in memory.
  for (const [name, tensor, width] of [['two.npz', 'b', 2], ['half.arrow', 'vector', 2], ['two.npz', 'a', 4]]) {
    assert.ok(Math.abs((await rowsOf(full, { url: file(name), tensor })).bytes - ROWS * DIMENSION * width) < 4, name);
  }
});

test('a kind is known by the ending of its name', async () => {
  for (const name of ['stored.npz', 'fixed.arrow', 'fixed.arrows', 'plain.feather', 'snappy.parquet']) {
    writeFileSync(path.join(folder, name), file(name));
    sameBits((await rowsOf(full, { url: path.join(folder, name) })).data, VALUES);
  }
});

test('what is in them, without a column', async () => {
  const runtime = await full.createRuntime();
  after(() => runtime.dispose());
  assert.deepEqual(await runtime.tensors(file('two.npz')), {
    kind: 'npz', tensors: { a: { dtype: 'F32', shape: [ROWS, DIMENSION] }, b: { dtype: 'F16', shape: [ROWS, DIMENSION] }, c: { dtype: '<i8', shape: [5] } },
  });
  assert.deepEqual(await runtime.tensors(file('fixed.arrow')), { kind: 'arrow', tensors: { id: { dtype: 'Utf8', shape: [ROWS] }, vector: { dtype: 'F32', shape: [ROWS, DIMENSION] } } });
  assert.deepEqual(await runtime.tensors(file('snappy.parquet')), { kind: 'parquet', tensors: { id: { dtype: 'BYTE_ARRAY', shape: [ROWS] }, vector: { dtype: 'LIST of FLOAT', shape: [ROWS] } } });
  for (const name of ['deflated.npz', 'fixed.arrows', 'zstd.parquet']) {
    const { data, shape } = await runtime.readTensor({ url: file(name) });
    assert.deepEqual(shape, [ROWS, DIMENSION]);
    sameBits(data, VALUES);
  }
  assert.equal(runtime.stats().liveObjects, 0);
});

test('what cannot be a table is refused by name', async () => {
  const cases = [
    ['fortran.npz', undefined, 'unsupported', /Fortran order/],
    ['two.npz', undefined, 'tensor_not_found', /3 arrays; say which in table\.tensor: a, b, c/],
    ['two.npz', 'd', 'tensor_not_found', /Tensor d is not found/],
    ['two.npz', 'c', 'dtype_mismatch', /got '<i8'/],
    ['two.arrow', undefined, 'tensor_not_found', /2 columns of floats; say which/],
    ['two.parquet', undefined, 'tensor_not_found', /2 columns of floats; say which/],
    ['fixed.arrow', 'id', 'dtype_mismatch', /column id .*: expected float32 or float16, or lists of them, got Utf8/],
    ['snappy.parquet', 'id', 'dtype_mismatch', /got BYTE_ARRAY/],
    ['fixed.arrow', 'vectors', 'tensor_not_found', /Tensor vectors is not found .*id \(Utf8\), vector/],
    ['double.arrow', undefined, 'dtype_mismatch', /got List<Float64>/],
    ['double.parquet', undefined, 'dtype_mismatch', /got LIST of DOUBLE/],
    ['ragged.arrow', undefined, 'shape_mismatch', /row 1 has 1 numbers where the first has 2/],
    ['ragged.parquet', undefined, 'shape_mismatch', /row 1 has 1 numbers where the first has 2/],
    ['no_row.arrow', undefined, 'shape_mismatch', /nulls/],
    ['no_row.parquet', undefined, 'shape_mismatch', /null in row 1/],
    ['no_number.arrow', undefined, 'shape_mismatch', /nulls/],
    ['no_number.parquet', undefined, 'shape_mismatch', /null in row 1/],
    ['lz4.feather', undefined, 'unsupported', /Write it uncompressed/],
  ];
  for (const [name, tensor, code, message] of cases) {
    const size = /^(ragged|no_)/.test(name) ? { rows: 2, dimension: 2 } : {};
    const error = await refused(full, { url: file(name), tensor }, [code], name, size);
    assert.match(error.message, message);
    assert.match(error.message, /^column "id_embedding": /);
  }
  for (const name of ['stored.npz', 'deflated.npz', 'fixed.arrow', 'snappy.parquet']) {
    const error = await refused(full, { url: file(name) }, ['shape_mismatch'], name, { rows: ROWS + 1 });
    assert.match(error.message, /Shape of variable id_embedding\/embedding_weights:0 \(\(8, 3\)\) doesn't match with shape of tensor/);
  }
});

test('without the optional packages, .npz is read, and the others say what to install', async () => {
  sameBits((await rowsOf(bare, { url: file('deflated.npz') })).data, VALUES);
  assert.match((await refused(bare, { url: file('fixed.arrow') }, ['unsupported'], 'arrow')).message, /npm install apache-arrow/);
  assert.match((await refused(bare, { url: file('snappy.parquet') }, ['unsupported'], 'parquet')).message, /npm install hyparquet/);
  const half = await installed('half', ['hyparquet']);
  sameBits((await rowsOf(half, { url: file('snappy.parquet') })).data, VALUES);
  assert.match((await refused(half, { url: file('zstd.parquet') }, ['unsupported'], 'zstd')).message, /compressed by ZSTD.*npm install hyparquet-compressors/);
});

const CUT = ['invalid_checkpoint', 'checksum_mismatch', 'shape_mismatch', 'unsupported', 'dtype_mismatch', 'tensor_not_found', 'out_of_memory'];

test('cut off at every byte: a named error each time', async () => {
  for (const name of ['stored.npz', 'deflated.npz', 'two.npz', 'fixed.arrow', 'fixed.arrows', 'snappy.parquet']) {
    const bytes = file(name);
    const tensor = name === 'two.npz' ? 'a' : undefined;
    for (let size = 0; size < bytes.length; ++size) await refused(full, { url: bytes.slice(0, size), tensor }, CUT, `${name} cut at ${size}`);
  }
});

// apache-arrow would go on for ever where a length is negative or a list has four thousand million elements.
test('a bit of an Arrow file flipped: a named error, or a table', async () => {
  const runtime = await runtimeOf(full);
  for (const name of ['list.arrow', 'fixed.arrows']) {
    for (let at = 0; at < file(name).length; ++at) {
      const broken = file(name);
      broken[at] ^= 1 << (at % 8);
      try {
        (await runtime.denseFeatures([column(full, { url: broken })])).dispose();
      } catch (error) {
        assert.ok(error instanceof full.FeatureColumnError && CUT.includes(error.code), `${name} byte ${at}: ${error.stack}`);
      }
      assert.equal(runtime.stats().liveObjects, 0);
    }
  }
  for (const [name, byte, bit] of [['list.arrow', 232, 0], ['fixed.arrows', 44, 2]]) {
    const broken = file(name);
    broken[byte] ^= 1 << bit;
    await refused(full, { url: broken }, ['invalid_checkpoint'], `${name} ${byte}.${bit}`);
  }
});

test('a bit of an .npz flipped: refused, or the very numbers', async () => {
  for (const name of ['stored.npz', 'deflated.npz']) {
    const bytes = file(name);
    let taken = 0;
    for (let at = 0; at < bytes.length; ++at) {
      const broken = bytes.slice();
      broken[at] ^= 1 << (at % 8);
      const runtime = await runtimeOf(full);
      try {
        const layer = await runtime.denseFeatures([column(full, { url: broken })]);
        // Dates, versions and attributes of the archive mean nothing to the numbers.
        sameBits(layer.transform({ id: Int32Array.from({ length: ROWS }, (_, i) => i) }).data, VALUES);
        layer.dispose();
        ++taken;
      } catch (error) {
        assert.ok(error instanceof full.FeatureColumnError && CUT.includes(error.code), `${name} byte ${at}: ${error.stack}`);
        assert.equal(runtime.stats().liveObjects, 0);
      }
    }
    assert.ok(taken < bytes.length / 2, `${taken} of ${bytes.length} flips were taken`);
  }
});

/** A zip of one entry, deflated unless it is told otherwise, whose numbers may lie. */
const zip = (name, body, options) => new Uint8Array(archive([{ name, body, method: 8, ...options }], options));

function npy(values, shape, dtype = '<f4') {
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`.padEnd(117) + '\n';
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]), Buffer.from(text), Buffer.from(values.buffer)]);
}

test('archives that lie are refused before memory is taken', async () => {
  const body = npy(VALUES, [ROWS, DIMENSION]);
  for (const method of [0, 8]) sameBits((await rowsOf(full, { url: zip('t.npy', body, { method }) })).data, VALUES);
  const zip64 = Buffer.alloc(12);
  zip64.writeUInt16LE(1, 0);
  zip64.writeUInt16LE(8, 2);
  zip64.writeBigUInt64LE(BigInt(body.length), 4);
  sameBits((await rowsOf(full, { url: zip('t.npy', body, { size: 0xffffffff, extra: zip64 }) })).data, VALUES);
  const lies = {
    'encrypted': [{ flags: 1 }, 'unsupported'],
    'another method': [{ method: 12, packed: body }, 'unsupported'],
    'a wrong checksum': [{ crc: 1 }, 'checksum_mismatch'],
    'a size that is too small': [{ size: body.length - 4 }, 'invalid_checkpoint'],
    'a size that is too large': [{ size: body.length + 4 }, 'invalid_checkpoint'],
    'a size of 4 GB': [{ size: 0xfffffffe }, 'invalid_checkpoint'],
    'a size of 64 bits that is not there': [{ size: 0xffffffff }, 'invalid_checkpoint'],
    'more stored than there is': [{ stored: 0xfffffffe }, 'invalid_checkpoint'],
    'less stored than there is': [{ stored: 20 }, 'invalid_checkpoint'],
    'a stored size of another size': [{ method: 0, size: body.length + 1 }, 'invalid_checkpoint'],
    'an offset into nowhere': [{ localOffset: 0xfffffff0 }, 'invalid_checkpoint'],
    'an offset into the middle': [{ localOffset: 7 }, 'invalid_checkpoint'],
    'more entries than there are': [{ entries: 2 }, 'invalid_checkpoint'],
    'no entries': [{ entries: 0 }, 'tensor_not_found'],
  };
  for (const [what, [options, code]] of Object.entries(lies)) await refused(full, { url: zip('t.npy', body, options) }, [code], what);
  await refused(full, { url: zip('t.txt', body) }, ['tensor_not_found'], 'no array');
  // 60 MB of zeros in 60 KB, which the column does not want.
  const bomb = zip('t.npy', npy(new Float32Array(15e6), [5e6, 3]));
  assert.ok(bomb.length < 1e5);
  const before = process.memoryUsage().arrayBuffers;
  await refused(full, { url: bomb }, ['shape_mismatch'], 'a bomb');
  assert.ok(process.memoryUsage().arrayBuffers - before < 30e6);
  const overflowing = npy(VALUES, [2 ** 40, 2 ** 40]);
  await refused(full, { url: zip('t.npy', overflowing) }, ['shape_mismatch'], 'a shape that overflows');
});

test('the numbers of the fixture are hard ones', () => {
  assert.deepEqual([VALUES.length, VALUES.some((value) => Object.is(value, -0)), VALUES.includes(2 ** -149)], [ROWS * DIMENSION, true, true]);
  assert.equal(NAMES.length, 29);
});
