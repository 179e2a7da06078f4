/** The numbers of a stored table as float32, by the arithmetic of the core (src/embedding/table_format.hpp), plainly said. */
import type { ArrayPlace } from './array_file.js';
import { hasScales, rowBytes, type TableFormat } from './table_format.js';

/** The bits of a float32 that equals the IEEE 754 half of these bits. NaNs keep their payload. */
function widenHalf(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  let exponent = (bits >> 10) & 0x1f;
  let fraction = bits & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent === 0) {
    if (fraction === 0) return sign;
    // A subnormal half is a normal float32: move its first bit to where it is implied.
    exponent = 1;
    while ((fraction & 0x400) === 0) {
      fraction <<= 1;
      exponent -= 1;
    }
    fraction &= 0x3ff;
  }
  return sign | ((exponent + 112) << 23) | (fraction << 13);
}

/** The scales and biases of the rows of an int8 or int4 table; of other formats there are none. */
export interface RowScales {
  readonly scales: Float32Array;
  readonly biases: Float32Array;
}

/** Whole rows of codes as float32. `codes` begins with the first of these rows, `scales` and `biases` too. */
export function widenRows(format: TableFormat, codes: Uint8Array, { scales, biases }: RowScales, dimension: number): Float32Array {
  const width = rowBytes(format, dimension);
  const rows = width === 0 ? 0 : codes.length / width;
  const out = new Float32Array(rows * dimension);
  if (format === 'float32') {
    new Uint8Array(out.buffer).set(codes);
    return out;
  }
  if (!hasScales(format)) {
    // By bits and not by value, which may quieten a signalling NaN.
    const bits = new Int32Array(out.buffer);
    const from = new DataView(codes.buffer, codes.byteOffset, codes.byteLength);
    for (let i = 0; i < out.length; ++i) {
      const narrow = from.getUint16(i * 2, true);
      bits[i] = format === 'float16' ? widenHalf(narrow) : narrow << 16;
    }
    return out;
  }
  const signed = new Int8Array(codes.buffer, codes.byteOffset, codes.byteLength);
  for (let row = 0; row < rows; ++row) {
    const scale = scales[row] as number;
    const bias = biases[row] as number;
    for (let i = 0; i < dimension; ++i) {
      const q = format === 'int8' ? (signed[row * width + i] as number) : ((codes[row * width + (i >> 1)] as number) >> ((i & 1) * 4)) & 15;
      out[row * dimension + i] = Math.fround(q * scale) + bias; // the product and the sum are rounded each
    }
  }
  return out;
}

/** The array of a file as float32. */
export function widenArray(bytes: Uint8Array, { format, shape, parts }: ArrayPlace): Float32Array {
  const [scales, biases, codes] = hasScales(format) ? parts : [undefined, undefined, ...parts];
  const at = (part: { offset: number; size: number } | undefined) => (part === undefined ? new Uint8Array(0) : bytes.slice(part.offset, part.offset + part.size));
  const floats = (part: { offset: number; size: number } | undefined) => new Float32Array(at(part).buffer);
  const body = codes === undefined ? new Uint8Array(0) : bytes.subarray(codes.offset, codes.offset + codes.size);
  return widenRows(format, body, { scales: floats(scales), biases: floats(biases) }, shape.at(-1) ?? 1);
}
