// feature-columns convert: round trips, errors within their bounds, and hostile headers of what it writes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { run } from './command.mjs';
import { fc } from './package.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('convert');
const folder = at('');
const ROWS = 37;
const DIMENSION = 13;

function npy(values, shape) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`.padEnd(117) + '\n';
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]), Buffer.from(text), Buffer.from(values.buffer)]);
}

// Rows of several magnitudes; one constant, one zero, one of half's subnormals.
const values = Float32Array.from({ length: ROWS * DIMENSION }, (_, i) => {
  const row = Math.floor(i / DIMENSION);
  if (row === 3) return 0.7;
  if (row === 4) return 0;
  return Math.sin(i * 12.9898) * (row === 5 ? 1e-6 : 10 ** (row % 4 - 2)) + (row % 3);
});
writeFileSync(at('table.npy'), npy(values, [ROWS, DIMENSION]));

const column = (table, rows = ROWS) => fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: rows }), { dimension: DIMENSION, combiner: 'sum', table });

async function read(file, use) {
  const runtime = await fc.createRuntime();
  try {
    const layer = await runtime.denseFeatures([column({ url: readFileSync(file) })]);
    return use(layer, runtime);
  } finally {
    runtime.dispose();
  }
}

const rowsOf = (file) => read(file, (layer) => layer.transform({ id: Int32Array.from({ length: ROWS }, (_, i) => i) }).data.slice());

/** Bytes of the table in memory. */
const SIZES = { float32: ROWS * DIMENSION * 4, float16: ROWS * DIMENSION * 2, bfloat16: ROWS * DIMENSION * 2, int8: ROWS * (DIMENSION + 8), int4: ROWS * (7 + 8) };

for (const format of Object.keys(SIZES)) {
  test(`convert to ${format}: within the bound, held narrow, and the sums of the widened table`, async () => {
    const out = at(`${format}.safetensors`);
    const done = run(['convert', '--input', at('table.npy'), '--output', out, '--format', format, '--json']);
    assert.equal(done.status, 0, done.stderr.toString());
    const report = JSON.parse(done.stdout.toString());
    assert.deepEqual([report.format, report.shape, report.bytes], [format, [ROWS, DIMENSION], readFileSync(out).length]);
    const widened = await rowsOf(out);
    let largest = 0;
    widened.forEach((value, i) => (largest = Math.max(largest, Math.abs(value - values[i]))));
    assert.equal(report.maxError, largest);
    assert.ok(largest <= report.maxBound, `${largest} > ${report.maxBound}`);
    if (format !== 'float32') assert.ok(report.maxBound > 0 && largest > report.maxBound / 50, 'the bound is of the size of the error');
    // Each row within its own bound, which is far less for small rows than for the largest.
    const shares = Array.from({ length: ROWS }, (_, row) => {
      const own = values.subarray(row * DIMENSION, (row + 1) * DIMENSION);
      const [least, most] = [Math.min(...own), Math.max(...own)];
      const largestOf = Math.max(Math.abs(least), Math.abs(most));
      const scale = Math.fround((most - least) / (format === 'int8' ? 255 : 15)) * (1 + 2 ** -23);
      const ofRow = scale / 2 + 2 ** -23 * (256 * scale + largestOf * 2 + 128 * scale) + 2 ** -147;
      const shareOf = (value, i) => {
        const error = Math.abs(value - own[i]);
        const bound = { float32: 0, float16: Math.max(Math.abs(own[i]) * 2 ** -11, 2 ** -25), bfloat16: Math.max(Math.abs(own[i]) * 2 ** -8, 2 ** -134) }[format] ?? ofRow;
        return error === 0 ? 0 : error / bound;
      };
      return Math.max(...widened.subarray(row * DIMENSION, (row + 1) * DIMENSION).map(shareOf));
    });
    assert.ok(shares.every((share) => share <= 1), String(Math.max(...shares)));
    if (format === 'float32') assert.equal(report.worstRow, undefined);
    else {
      const { row, error, bound } = report.worstRow;
      assert.ok(error <= bound && Math.abs(error / bound - shares[row]) < 0.01 && shares[row] > Math.max(...shares) - 0.01, JSON.stringify(report.worstRow));
    }
    await read(out, (_, runtime) => assert.ok(Math.abs(runtime.stats().tables.bytes - SIZES[format]) < 4));

    // Bags of several rows: the same bits as from a float32 table of the widened numbers.
    const bags = { id: [[1, 2, 3], [], [5], Array.from({ length: 30 }, (_, i) => i)] };
    const runtime = await fc.createRuntime();
    const wide = await runtime.denseFeatures([column({ data: widened })]);
    const expected = wide.transform(bags).data.slice();
    runtime.dispose();
    assert.deepEqual(await read(out, (layer) => layer.transform(bags).data.slice()), expected);

    // Back to float32: exactly the widened numbers.
    const back = run(['convert', '--input', out, '--output', at(`${format}.npy`)]);
    assert.equal(back.status, 0, back.stderr.toString());
    assert.deepEqual(await rowsOf(at(`${format}.npy`)), widened);
  });
}

test('a header cut off anywhere, or one that lies, is refused', async () => {
  const whole = readFileSync(at('int4.safetensors'));
  const length = Number(whole.readBigUInt64LE(0));
  const header = JSON.parse(whole.subarray(8, 8 + length).toString());
  const withHeader = (change) => {
    const copy = structuredClone(header);
    change(copy);
    const text = Buffer.from(JSON.stringify(copy));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([size, text, whole.subarray(8 + length)]);
  };
  const key = 'feature_columns.quantised:table';
  const said = (text) => (copy) => (copy.__metadata__[key] = text);
  const bad = [
    ...Array.from({ length: 8 + length }, (_, size) => whole.subarray(0, size)), whole.subarray(0, whole.length - 1),
    ...['', '7', 'null', '{"format":"int3","dimension":13}', '{"format":"int4","dimension":0}', '{"format":"int4","dimension":15}', '{"format":"int8","dimension":7}', '{"format":"int4","dimension":1e300}', '{"format":"int4"}'].map((text) => withHeader(said(text))),
    withHeader((copy) => delete copy['table.scale']),
    withHeader((copy) => (copy['table.bias'].dtype = 'I8')),
    withHeader((copy) => (copy['table.bias'].shape = [ROWS - 1])),
    withHeader((copy) => Object.assign(copy['table.scale'], { shape: [ROWS - 1], data_offsets: [0, (ROWS - 1) * 4] })),
    withHeader((copy) => (copy.table.shape = [2 ** 40, 2 ** 40])),
    withHeader((copy) => (copy.table.shape = [ROWS * 7])),
    withHeader((copy) => copy.table.data_offsets[1]++),
  ];
  const runtime = await fc.createRuntime();
  for (const [i, bytes] of bad.entries()) {
    const error = await runtime.denseFeatures([column({ url: new Uint8Array(bytes), tensor: 'table' })]).catch((caught) => caught);
    assert.ok(error instanceof fc.FeatureColumnError, `bad file ${i} was taken`);
    assert.ok(['invalid_checkpoint', 'dtype_mismatch', 'unsupported', 'shape_mismatch'].includes(error.code), `${i}: ${error.code} ${error.message}`);
  }
  assert.equal(runtime.stats().tables.bytes, 0);
  runtime.dispose();
});

test('what a format cannot hold, and wrong usage: exit codes, and no file', () => {
  const odd = values.slice();
  odd[DIMENSION + 1] = NaN;
  writeFileSync(at('odd.npy'), npy(odd, [ROWS, DIMENSION]));
  const large = values.slice();
  large[0] = 70000;
  writeFileSync(at('large.npy'), npy(large, [ROWS, DIMENSION]));
  const out = at('no.safetensors');
  for (const [args, status, word] of [
    [['--input', at('odd.npy'), '--output', out, '--format', 'int8'], 1, /row 1 of the table has NaN/],
    [['--input', at('large.npy'), '--output', out, '--format', 'float16'], 1, /70000/],
    [['--input', at('absent.npy'), '--output', out], 1, /absent\.npy/],
    [['--input', at('table.npy'), '--output', out, '--format', 'int3'], 2, /int3/],
    [['--input', at('table.npy'), '--output', at('no.npy'), '--format', 'int8'], 2, /safetensors/],
    [['--input', at('table.npy')], 2, /--output/],
  ]) {
    const done = run(['convert', ...args]);
    assert.equal(done.status, status, done.stderr.toString());
    assert.match(done.stderr.toString(), word);
  }
  assert.ok(!existsSync(out) && !existsSync(at('no.npy')));
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.tmp')), []);
  const kept = run(['convert', '--input', at('odd.npy'), '--output', at('odd.safetensors'), '--format', 'bfloat16']);
  assert.equal(kept.status, 0, kept.stderr.toString());
});
