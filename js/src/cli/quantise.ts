/** Float32 rows in fewer bits, and how far each number may be from what it was (docs/tables.md). */
import { FeatureColumnError } from 'feature-columns';
import { rowBytes, type TableFormat } from '../loading/table_format.js';
import type { RowScales } from '../loading/widen.js';
import { toBfloat16, toHalf } from './float16.js';

/** Some rows of a table. */
export interface Rows {
  readonly values: Float32Array;
  readonly dimension: number;
  /** The first one's position in the table. */
  readonly first: number;
}

export type Quantised = 'int8' | 'int4';

const LEVELS: Readonly<Record<Quantised, { readonly lowest: number; readonly highest: number }>> = { int8: { lowest: -128, highest: 127 }, int4: { lowest: 0, highest: 15 } };
/** Unit roundoff, and half the smallest step. */
const SMALL_FLOATS = {
  float16: { bitsOf: toHalf, infinity: 0x7c00, relative: 2 ** -11, absolute: 2 ** -25 },
  bfloat16: { bitsOf: toBfloat16, infinity: 0x7f80, relative: 2 ** -8, absolute: 2 ** -134 },
} as const;
const SMALLEST = 2 ** -149;

export const isQuantised = (format: TableFormat): format is Quantised => format === 'int8' || format === 'int4';

const word = new Int32Array(1);
const real = new Float32Array(word.buffer);

/** The smallest float32 that is not below a number >= 0. */
function roundedUp(value: number): number {
  real[0] = value;
  if ((real[0] as number) < value) word[0] = (word[0] as number) + 1;
  return real[0] as number;
}

function rangeOf(values: Float32Array, from: number, dimension: number): { readonly least: number; readonly most: number } {
  let least = Infinity;
  let most = -Infinity;
  for (let i = from; i < from + dimension; ++i) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

const tooMuch = (row: number, what: string, value: number, format: string) =>
  new FeatureColumnError('out_of_range', `row ${row} of the table ${what} ${format}; use ${format === 'float16' ? 'bfloat16' : 'float16, bfloat16'} or float32`, { row, value: String(value) });

/** The scale and bias of each row: the smallest steps that reach from its least number to its greatest. @throws FeatureColumnError `out_of_range` */
export function measureRows({ values, dimension, first }: Rows, format: Quantised, { scales, biases }: RowScales): void {
  const { lowest, highest } = LEVELS[format];
  for (let from = 0, row = first; from < values.length; from += dimension, ++row) {
    const odd = values.subarray(from, from + dimension).find((value) => !Number.isFinite(value));
    if (odd !== undefined) throw tooMuch(row, `has ${odd}, which is not for`, odd, format);
    const { least, most } = rangeOf(values, from, dimension);
    const scale = roundedUp((most - least) / (highest - lowest));
    const bias = Math.fround(least - lowest * scale);
    if (![scale * highest, scale * lowest, bias].every((value) => Number.isFinite(Math.fround(value)))) throw tooMuch(row, `spans ${least} to ${most}, which is too wide for`, most, format);
    scales[row] = scale;
    biases[row] = bias;
  }
}

/** The codes of rows, to the nearest. @throws FeatureColumnError `out_of_range` */
export function encodeRows({ values, dimension, first }: Rows, format: TableFormat, { scales, biases }: RowScales): Uint8Array {
  if (format === 'float32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (!isQuantised(format)) {
    const { bitsOf, infinity } = SMALL_FLOATS[format];
    const codes = new DataView(new ArrayBuffer(values.length * 2));
    values.forEach((value, i) => {
      const bits = bitsOf(value);
      if ((bits & 0x7fff) === infinity && Number.isFinite(value)) throw tooMuch(first + Math.floor(i / dimension), `has ${value}, which is too large for`, value, format);
      codes.setUint16(i * 2, bits, true);
    });
    return new Uint8Array(codes.buffer);
  }
  const { lowest, highest } = LEVELS[format];
  const width = rowBytes(format, dimension);
  const codes = new Uint8Array((values.length / dimension) * width);
  for (let from = 0, row = first, at = 0; from < values.length; from += dimension, ++row, at += width) {
    const scale = scales[row] as number;
    const bias = biases[row] as number;
    for (let i = 0; i < dimension; ++i) {
      const q = scale === 0 ? lowest : Math.min(highest, Math.max(lowest, Math.round(((values[from + i] as number) - bias) / scale)));
      if (format === 'int8') codes[at + i] = q;
      else codes[at + (i >> 1)] = (codes[at + (i >> 1)] as number) | (q << ((i & 1) * 4));
    }
  }
  return codes;
}

/** The distances of written numbers from what they were. */
export interface Errors {
  /** The largest distance. */
  maxError: number;
  /** The largest distance that any number may have: half of a step, and what is lost in rounding. */
  maxBound: number;
  /** The largest distance in parts of the number's magnitude, or, of int8 and int4, of its row's range. */
  maxRelativeError: number;
  /** The row that comes nearest to what may be off in it: the distance of one of its numbers, and its bound. None if nothing is off. */
  worstRow?: { readonly row: number; readonly error: number; readonly bound: number };
}

/** What {@link Errors.maxRelativeError} cannot exceed, but for rounding in float32 and numbers below the smallest. */
export const RELATIVE_BOUND: Readonly<Record<TableFormat, number>> = { float32: 0, float16: 2 ** -11, bfloat16: 2 ** -8, int8: 1 / 510, int4: 1 / 30 };

const shareOf = ({ error, bound }: { readonly error: number; readonly bound: number }): number => (bound > 0 ? error / bound : 0);

/** Adds rows to `errors`. @throws FeatureColumnError `integrity` for a number that is further off than can be */
export function compareRows({ values, dimension, first }: Rows, read: Float32Array, format: TableFormat, { scales, biases }: RowScales, errors: Errors): void {
  const small = format === 'float16' || format === 'bfloat16' ? SMALL_FLOATS[format] : undefined;
  for (let from = 0, row = first; from < values.length; from += dimension, ++row) {
    let range = 0;
    let rowBound = 0;
    // Of the number whose distance is the largest part of its bound: bounds of 16-bit floats are each number's own.
    let worst = { error: 0, bound: 0 };
    if (isQuantised(format)) {
      const { least, most } = rangeOf(values, from, dimension);
      const scale = scales[row] as number;
      range = most - least;
      // Bias, product and sum are rounded each.
      rowBound = scale === 0 ? 0 : scale / 2 + 2 ** -23 * (256 * scale + Math.abs(biases[row] as number) + Math.max(Math.abs(least), Math.abs(most))) + 4 * SMALLEST;
    }
    for (let i = from; i < from + dimension; ++i) {
      const value = values[i] as number;
      const written = read[i] as number;
      const bound = !Number.isFinite(value) ? 0 : small ? Math.max(Math.abs(value) * small.relative, small.absolute) : rowBound;
      const error = Object.is(value, written) ? 0 : Math.abs(written - value);
      // -0 may become 0 where there are steps; NaN is NaN whatever its payload.
      const exact = Object.is(value, written) || (Number.isNaN(value) && Number.isNaN(written));
      if (!exact && !(error <= bound && (bound > 0 || isQuantised(format)))) {
        throw new FeatureColumnError('integrity', `row ${row}, column ${i - from} was written as ${written} where it is ${value}, more than ${bound} apart; is the disk whole?`, { row, value: String(value) });
      }
      if (bound > errors.maxBound) errors.maxBound = bound;
      if (exact) continue;
      if (shareOf({ error, bound }) > shareOf(worst)) worst = { error, bound };
      if (error > errors.maxError) errors.maxError = error;
      const relative = small ? (error > small.absolute ? error / Math.abs(value) : 0) : range > 0 ? error / range : 0;
      if (relative > errors.maxRelativeError) errors.maxRelativeError = relative;
    }
    if (shareOf(worst) > (errors.worstRow ? shareOf(errors.worstRow) : 0)) errors.worstRow = { row, ...worst };
  }
}
