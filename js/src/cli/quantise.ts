/** Float32 tables in fewer bits, with the bound that each value's error keeps (docs/tables.md). */
import { FeatureColumnError } from 'feature-columns';
import { rowBytes, type TableFormat } from '../loading/table_format.js';

/** A table as it is stored. */
export interface StoredTable {
  readonly format: TableFormat;
  readonly rows: number;
  readonly dimension: number;
  readonly codes: Uint8Array;
  /** Of int8 and int4: one a row. */
  readonly scale?: Float32Array;
  readonly bias?: Float32Array;
  /** How far any value may be off. */
  readonly bound: number;
}

const { fround } = Math;
const word = new DataView(new ArrayBuffer(4));

/** Bits, rounded to even, without the last `count`. */
const roundBits = (bits: number, count: number): number => (bits + ((1 << (count - 1)) - 1) + ((bits >>> count) & 1)) >>> count;

function bfloat16Bits(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  return Number.isNaN(value) ? (bits >>> 16) | 0x40 : roundBits(bits, 16);
}

function halfBits(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude === 0x7f800000) return sign | 0x7c00;
  // Below 2^-14 halves are multiples of 2^-24; the sum's last bit is worth as much, so that the addition rounds as is needed.
  if (magnitude < 0x38800000) return sign | Math.round((Math.abs(value) + 2 ** 28 - 2 ** 28) * 2 ** 24);
  return sign | roundBits(magnitude - (112 << 23), 13);
}

/** [codes, the bit patterns that are no finite numbers from here, unit roundoff, half the smallest step]. */
const SMALL_FLOATS = {
  float16: { bitsOf: halfBits, infinite: 0x7c00, roundoff: 2 ** -11, step: 2 ** -25 },
  bfloat16: { bitsOf: bfloat16Bits, infinite: 0x7f80, roundoff: 2 ** -8, step: 2 ** -134 },
} as const;

const LEVELS = { int8: { lowest: -128, highest: 127 }, int4: { lowest: 0, highest: 15 } } as const;
const SMALLEST = 2 ** -149;

function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest && Number.isFinite(value)) largest = Math.abs(value);
  return largest;
}

function smallFloats(values: Float32Array, rows: number, dimension: number, format: 'float16' | 'bfloat16'): StoredTable {
  const { bitsOf, infinite, roundoff, step } = SMALL_FLOATS[format];
  const codes = new Uint8Array(values.length * 2);
  const view = new DataView(codes.buffer);
  values.forEach((value, i) => {
    const bits = bitsOf(value);
    if ((bits & 0x7fff) >= infinite && Number.isFinite(value)) {
      throw new FeatureColumnError('unsupported', `row ${Math.floor(i / dimension)} has ${value}, which is too large for ${format}`, { row: Math.floor(i / dimension), value: String(value) });
    }
    view.setUint16(i * 2, bits, true);
  });
  return { format, rows, dimension, codes, bound: Math.max(largestMagnitude(values) * roundoff, step) };
}

function integers(values: Float32Array, rows: number, dimension: number, format: 'int8' | 'int4'): StoredTable {
  const { lowest, highest } = LEVELS[format];
  const scale = new Float32Array(rows);
  const bias = new Float32Array(rows);
  const stride = rowBytes(format, dimension);
  const codes = new Uint8Array(rows * stride);
  let bound = 0;
  for (let row = 0; row < rows; ++row) {
    const numbers = values.subarray(row * dimension, (row + 1) * dimension);
    let least = Infinity;
    let most = -Infinity;
    for (const value of numbers) {
      if (!Number.isFinite(value)) throw new FeatureColumnError('unsupported', `row ${row} has ${value}, which ${format} cannot hold; use float16, bfloat16 or float32`, { row, value: String(value) });
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    const step = most > least ? Math.max(fround((most - least) / (highest - lowest)), SMALLEST) : 0;
    const origin = fround(least - lowest * step);
    if (!Number.isFinite(origin)) throw new FeatureColumnError('unsupported', `row ${row} spans ${least} to ${most}, which is too wide for ${format}`, { row });
    scale[row] = step;
    bias[row] = origin;
    for (let i = 0; i < dimension; ++i) {
      const q = step === 0 ? lowest : Math.min(highest, Math.max(lowest, Math.round(((numbers[i] as number) - origin) / step)));
      if (format === 'int8') codes[row * stride + i] = q;
      else codes[row * stride + (i >> 1)] = (codes[row * stride + (i >> 1)] as number) | (q << ((i & 1) * 4));
    }
    // scale and bias are rounded, and so are the product and the sum when they are used.
    const rounding = 2 ** -23 * (256 * step + Math.abs(origin) + Math.max(Math.abs(least), Math.abs(most))) + 4 * SMALLEST;
    bound = Math.max(bound, step / 2 + (step === 0 ? 0 : rounding));
  }
  return { format, rows, dimension, codes, scale, bias, bound };
}

/** @throws FeatureColumnError `unsupported` for numbers that the format cannot hold */
export function storeTable(values: Float32Array, rows: number, dimension: number, format: TableFormat): StoredTable {
  if (format === 'float32') return { format, rows, dimension, codes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength), bound: 0 };
  return format === 'int8' || format === 'int4' ? integers(values, rows, dimension, format) : smallFloats(values, rows, dimension, format);
}
