// Loading tables: .npy and .safetensors files and floats, and files of these that are spoiled.
import { EXPECTED, FILES, TABLE, loading } from './loading_files.mjs';
import { memoryServer } from './memory_server.mjs';
import { concatBytes } from './tensor_bundle.mjs';

/** A .npy file of format 1.0. */
function npy(values, header) {
  const text = `${header.padEnd(117)}\n`;
  const head = new Uint8Array(10);
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  return concatBytes(head, new TextEncoder().encode(text), new Uint8Array(values.buffer));
}
const NPY_HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";

function safetensors(header, data) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return concatBytes(length, text, data);
}

export default function (test, assert, fc) {
  const { coded, failure, start, tabled, vectors } = loading(assert, fc);

  test('tables: .npy, .safetensors of three dtypes, and floats', async () => {
    const half = Uint16Array.from([0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600]);
    const bfloat = Uint16Array.from([0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0, 0x40c0]);
    const bytes = (array) => new Uint8Array(array.buffer);
    const tensors = safetensors(
      {
        __metadata__: { format: 'pt' },
        f32: { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] },
        f16: { dtype: 'F16', shape: [3, 2], data_offsets: [24, 36] },
        bf16: { dtype: 'BF16', shape: [3, 2], data_offsets: [36, 48] },
      },
      concatBytes(bytes(TABLE), bytes(half), bytes(bfloat)),
    );
    const files = { ...FILES, 'table.npy': npy(TABLE, NPY_HEADER), 'all.safetensors': tensors, 'one.safetensors': safetensors({ t: { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] } }, bytes(TABLE)) };
    const server = memoryServer(files);
    for (const table of [
      { url: 'table.npy' },
      { url: 'table.npy?v=1' },
      { url: 'one.safetensors' },
      ...['f32', 'f16', 'bf16'].map((tensor) => ({ url: 'all.safetensors', tensor })),
      { url: 'model.ckpt', tensor: 'emb' },
      { data: TABLE },
    ]) {
      assert.deepEqual(await vectors(server, [tabled(table)]), EXPECTED, JSON.stringify(table));
    }
    coded(await failure(server, [tabled({ url: 'all.safetensors' })]), 'tensor_not_found', 'f32, f16, bf16');
    coded(await failure(server, [tabled({ url: 'all.safetensors', tensor: 'x' })]), 'tensor_not_found', 'f32');
    coded(await failure(server, [tabled({ data: TABLE }, 4)]), 'shape_mismatch', '6 floats', 'dimension 4');
    coded(await failure(server, [tabled({ data: new Float32Array(4) })]), 'shape_mismatch', '([2, 2])');
    coded(await failure(server, [tabled({ url: 'table.npy' }, 3)]), 'shape_mismatch', '([3, 2])');
  });

  test('16-bit floats widen exactly: subnormals, signed zeros, infinities', async () => {
    const values = Uint16Array.from([0x0001, 0x83ff, 0x0400, 0x8000, 0x7c00, 0x7bff]);
    const widened = [2 ** -24, -1023 * 2 ** -24, 2 ** -14, -0, Infinity, 65504];
    const files = { ...FILES, 't.safetensors': safetensors({ t: { dtype: 'F16', shape: [3, 2], data_offsets: [0, 12] } }, new Uint8Array(values.buffer)) };
    const runtime = await start(memoryServer(files));
    const layer = await runtime.denseFeatures([tabled({ url: 't.safetensors' })]);
    const { data } = layer.transform({ watched: ['omar', 'stringer', 'marlo'] });
    for (const [i, value] of widened.entries()) assert.ok(Object.is(data[i], value), `${i}: ${data[i]} is not ${value}`);
    layer.dispose();
    runtime.dispose();
  });

  test('spoiled .npy and .safetensors files are refused, whatever was spoiled', async () => {
    const whole = npy(TABLE, NPY_HEADER);
    const bad = {
      'a.npy': whole.slice(0, 40),
      'b.npy': whole.slice(0, whole.length - 1),
      'c.npy': concatBytes(whole, [0]),
      'd.npy': new TextEncoder().encode('hello'),
      'e.npy': npy(TABLE, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"),
      'f.npy': npy(TABLE, "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }"),
      'g.npy': npy(TABLE, "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }"),
      'h.npy': npy(TABLE, "{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }"),
    };
    const data = new Uint8Array(TABLE.buffer);
    const good = { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] };
    const length = (value) => {
      const bytes = safetensors({ t: good }, data);
      new DataView(bytes.buffer).setBigUint64(0, value, true);
      return bytes;
    };
    const headers = [[], null, { t: 1 }, { t: { ...good, shape: [-3, -2] } }, { t: { ...good, shape: 'x' } }, { t: { ...good, data_offsets: [0, 25] } }, { t: { ...good, data_offsets: [8, 32] } }, { t: { ...good, data_offsets: [-24, 0] } }, { t: { ...good, shape: [2 ** 40, 2 ** 40] } }, { t: { ...good, dtype: 'I64', data_offsets: [0, 48] } }, { t: { ...good, dtype: 'toString' } }];
    headers.forEach((header, i) => (bad[`${i}.safetensors`] = safetensors(header, data)));
    Object.assign(bad, { 'x.safetensors': length(2n ** 63n), 'y.safetensors': length(3n), 'z.safetensors': new Uint8Array(5) });
    for (const [name, bytes] of Object.entries(bad)) {
      const { code, message } = await failure(memoryServer({ ...FILES, [name]: bytes }), [tabled({ url: name, tensor: name.endsWith('.npy') ? undefined : 't' })]);
      assert.ok(['invalid_checkpoint', 'dtype_mismatch', 'unsupported', 'shape_mismatch', 'tensor_not_found'].includes(code), `${name}: ${code} ${message}`);
      assert.ok(message.includes(name), message);
    }
  });
}
