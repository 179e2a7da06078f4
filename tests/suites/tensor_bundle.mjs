// Writes TensorFlow's tensor bundle (checkpoint V2) in memory, so that suites need no files and can spoil what they made.
const encoder = new TextEncoder();

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; ++k) n = n & 1 ? (n >>> 1) ^ 0x82f63b78 : n >>> 1;
  return n;
});
export function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
export const masked = (crc) => ((((crc >>> 15) | (crc << 17)) >>> 0) + 0xa282ead8) >>> 0;

const concat = (...parts) => {
  const arrays = parts.map((part) => (part instanceof Uint8Array ? part : Uint8Array.from(part)));
  const bytes = new Uint8Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    bytes.set(array, at);
    at += array.length;
  }
  return bytes;
};
export const concatBytes = concat;

function varint(value) {
  const bytes = [];
  for (let n = BigInt(value); ; n >>= 7n) {
    if (n < 128n) return Uint8Array.from([...bytes, Number(n)]);
    bytes.push(Number(n & 127n) | 128);
  }
}
const u32 = (value) => Uint8Array.from([value, value >>> 8, value >>> 16, value >>> 24]);
const field = (number, payload) => concat(varint(number * 8 + 2), varint(payload.length), payload);
const scalar = (number, value) => (value === 0 ? [] : concat(varint(number * 8), varint(value)));

function entryProto({ dtype, shape, shard, offset, bytes }) {
  const dims = concat(...shape.map((size) => field(2, scalar(1, size))));
  return concat(scalar(1, dtype), field(2, dims), scalar(3, shard), scalar(4, offset), scalar(5, bytes.length), [6 * 8 + 5], u32(masked(crc32c(bytes))));
}

const block = (entries) => {
  const parts = [];
  const restarts = [];
  let at = 0;
  for (const [key, value] of entries) {
    const part = concat([0], varint(key.length), varint(value.length), key, value);
    restarts.push(u32(at));
    at += part.length;
    parts.push(part);
  }
  if (restarts.length === 0) restarts.push(u32(0));
  return concat(...parts, ...restarts, u32(restarts.length));
};

const DTYPES = { float: 1, double: 2, int64: 9 };
const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/**
 * The files of a checkpoint by name: `{'model.ckpt.index': …, 'model.ckpt.data-00000-of-00001': …}`.
 *
 * @param {string} prefix
 * @param {Record<string, {shape: number[], values: Float32Array | Float64Array | BigInt64Array, dtype?: string, shard?: number}>} tensors
 */
export function tensorBundle(prefix, tensors, shards = 1) {
  const data = Array.from({ length: shards }, () => []);
  const sizes = new Array(shards).fill(0);
  const entries = Object.keys(tensors)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => {
      const { shape, values, dtype = 'float', shard = 0 } = tensors[name];
      const bytes = bytesOf(values);
      const proto = entryProto({ dtype: DTYPES[dtype], shape, shard, offset: sizes[shard], bytes });
      data[shard].push(bytes);
      sizes[shard] += bytes.length;
      return [encoder.encode(name), proto];
    });
  const header = concat(scalar(1, shards), field(3, scalar(1, 1)));
  let file = new Uint8Array(0);
  const append = (contents) => {
    const typed = concat(contents, [0]);
    const handle = concat(varint(file.length), varint(contents.length));
    file = concat(file, typed, u32(masked(crc32c(typed))));
    return handle;
  };
  const dataHandle = append(block([[new Uint8Array(0), header], ...entries]));
  const metaHandle = append(block([]));
  const indexHandle = append(block([[Uint8Array.from([0xff]), dataHandle]]));
  const handles = concat(metaHandle, indexHandle);
  const footer = concat(handles, new Uint8Array(40 - handles.length), [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]);
  const number = (value) => String(value).padStart(5, '0');
  const files = { [`${prefix}.index`]: concat(file, footer) };
  data.forEach((parts, i) => (files[`${prefix}.data-${number(i)}-of-${number(shards)}`] = concat(...parts)));
  return files;
}
