/** An output beside what TensorFlow gave: how many floats are the same, how far apart the others are, and which is the first. */
import { bytesOf, type Expected } from './golden_case.js';
import type { LayerOutput } from './ways.js';

/** A float that is another. */
export interface FloatDifference {
  /** The slice it stands in; `*` where the case names none. */
  readonly column: string;
  readonly row: number;
  /** Of sequences. */
  readonly step?: number;
  /** Position in the slice. */
  readonly index: number;
  readonly value: number;
  readonly expected: number;
  /** Floats from one to the other; Infinity where one of them is NaN. */
  readonly ulps: number;
}

export interface Comparison {
  readonly floats: number;
  /** Bit for bit; NaN is NaN. */
  readonly equalFloats: number;
  readonly largestUlps: number;
  /** What makes the whole another one, such as its shape. */
  readonly mismatch?: string;
  /** The first float outside of its tolerance. */
  readonly difference?: FloatDifference;
}

/** Of columns that a case calls close: of the largest magnitude in the slice. */
export const CLOSE = 1e-6;

/** Bits as an integer that counts floats in their order; 0 and -0 are one apart. */
const ordered = (bits: number): number => (bits < 0 ? -1 - (bits & 0x7fffffff) : bits);

/** @param tolerance how far any float may be off, in parts of the largest finite magnitude in its slice; 0: bit for bit */
export function compareOutput(output: LayerOutput, expected: Expected, tolerance: number): Comparison {
  const wanted = new Float32Array(bytesOf(expected.data).buffer);
  const mismatch = mismatchOf(output, expected);
  if (mismatch !== undefined) return { floats: wanted.length, equalFloats: 0, largestUlps: 0, mismatch };
  const { data } = output;
  const [wantedBits, bits] = [new Int32Array(wanted.buffer), new Int32Array(data.buffer, data.byteOffset, data.length)];
  const [, steps] = expected.shape.length === 3 ? expected.shape : [];
  const width = expected.shape[expected.shape.length - 1] ?? 0;
  let equalFloats = 0;
  let largestUlps = 0;
  let first: { at: number; difference: FloatDifference } | undefined;
  for (const [column, offset, size] of expected.columns ?? [['*', 0, width] as const]) {
    const allowed = Math.max(tolerance, expected.close?.includes(column) ? CLOSE : 0) * largestIn(wanted, offset, size, width);
    for (let start = offset; start < wanted.length; start += width) {
      for (let i = start; i < start + size; ++i) {
        const [value, want] = [data[i] as number, wanted[i] as number];
        if (bits[i] === wantedBits[i] || (Number.isNaN(want) && Number.isNaN(value))) {
          ++equalFloats;
          continue;
        }
        const ulps = Number.isNaN(want) || Number.isNaN(value) ? Infinity : Math.abs(ordered(bits[i] as number) - ordered(wantedBits[i] as number));
        largestUlps = Math.max(largestUlps, ulps);
        if (allowed > 0 && Math.abs(value - want) <= allowed) continue;
        if (first && first.at < i) continue;
        const line = Math.floor(i / width);
        const place = steps === undefined ? { row: line } : { row: Math.floor(line / steps), step: line % steps };
        first = { at: i, difference: { column, ...place, index: i - start, value, expected: want, ulps } };
      }
    }
  }
  return { floats: wanted.length, equalFloats, largestUlps, ...(first && { difference: first.difference }) };
}

function largestIn(values: Float32Array, offset: number, size: number, width: number): number {
  let largest = 0;
  for (let start = offset; start < values.length; start += width) {
    for (let i = start; i < start + size; ++i) {
      const magnitude = Math.abs(values[i] as number);
      if (magnitude > largest && magnitude !== Infinity) largest = magnitude;
    }
  }
  return largest;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function mismatchOf(output: LayerOutput, { shape, columns, sequence_length: lengths }: Expected): string | undefined {
  if (!same(output.shape, shape)) return `the shape is [${output.shape.join(', ')}], expected [${shape.join(', ')}]`;
  if (columns) {
    const found = (output.columns ?? []).map(({ name, offset, width }) => [name, offset, width]);
    if (!same(found, columns)) return `the columns are ${JSON.stringify(found)}, expected ${JSON.stringify(columns)}`;
  }
  const found = output.sequenceLength && [...output.sequenceLength];
  if (lengths && !same(found, lengths)) return `the sequence lengths are ${JSON.stringify(found)}, expected ${JSON.stringify(lengths)}`;
  return undefined;
}
