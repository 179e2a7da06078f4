// Files of tables in every format, for suites. Codes are any bytes: every one of them is a number.

/** A generator of numbers in [0, 1): the same ones each time. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const FORMATS = ['npy float32', 'npy float16', 'float32', 'float16', 'bfloat16', 'int8', 'int4'];

const DTYPES = { float32: ['F32', 4], float16: ['F16', 2], bfloat16: ['BF16', 2], int8: ['I8', 1], int4: ['U8', 0.5] };

export const npyHeader = (descr, shape) => {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11) + '\n';
  const bytes = new Uint8Array(10 + header.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  return bytes;
};

/** The front of a .safetensors file with a table `t`, and the places of its parts behind the front. `more`: further entries of the header. */
export function safetensorsFront(format, rows, dimension, more = {}) {
  const [dtype, size] = DTYPES[format];
  const width = Math.ceil(dimension * size);
  const entries = { ...more };
  const parts = [];
  let end = 0;
  const add = (name, kind, shape, bytes) => {
    entries[name] = { dtype: kind, shape, data_offsets: [end, end + bytes] };
    parts.push({ name, offset: end, row: bytes / rows });
    end += bytes;
  };
  const quantised = format === 'int8' || format === 'int4';
  if (quantised) {
    entries.__metadata__ = { 'feature_columns.quantised:t': JSON.stringify({ format, dimension }) };
    add('t', dtype, [rows, width], rows * width); // the order in the file is the writer's business
    add('t.bias', 'F32', [rows], rows * 4);
    add('t.scale', 'F32', [rows], rows * 4);
  } else {
    add('t', dtype, [rows, dimension], rows * width);
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const front = new Uint8Array(8 + text.length);
  new DataView(front.buffer).setBigUint64(0, BigInt(text.length), true);
  front.set(text, 8);
  return { front, parts, size: front.length + end };
}

/** A whole file of random numbers, small enough to be added up. */
export function tableBytes(format, rows, dimension, seed = 1, more = {}) {
  const next = random(seed);
  const plain = format.replace('npy ', '');
  const { front, parts, size } = format.startsWith('npy')
    ? { front: npyHeader(plain === 'float32' ? '<f4' : '<f2', [rows, dimension]), parts: [{ name: 't', offset: 0 }], size: npyHeader('<f4', [rows, dimension]).length + rows * dimension * (plain === 'float32' ? 4 : 2) }
    : safetensorsFront(plain, rows, dimension, more);
  const bytes = new Uint8Array(size);
  bytes.set(front);
  const view = new DataView(bytes.buffer);
  for (const { name, offset } of parts) {
    const start = front.length + offset;
    const end = name === 't' ? (parts.find((part) => part.offset > offset)?.offset ?? size - front.length) + front.length : start + rows * 4;
    if (name !== 't' || plain === 'float32') for (let at = start; at < end; at += 4) view.setFloat32(at, (next() - 0.5) * (name === 't' ? 4 : 0.1), true);
    else for (let at = start; at < end; ++at) bytes[at] = Math.floor(next() * 256);
    // No infinities and NaN: high bytes of exponents are kept moderate.
    if (name === 't' && plain === 'float16') for (let at = start + 1; at < end; at += 2) bytes[at] &= 0xbb;
    if (name === 't' && plain === 'bfloat16') for (let at = start + 1; at < end; at += 2) bytes[at] = (bytes[at] & 0x80) | 0x3f;
    // The half of a byte that holds no number is 0.
    if (name === 't' && plain === 'int4' && dimension % 2 === 1) for (let at = start + Math.ceil(dimension / 2) - 1; at < end; at += Math.ceil(dimension / 2)) bytes[at] &= 0x0f;
  }
  return bytes;
}
