/** Flat values - an array of JavaScript values, a typed array, or UTF-8 bytes with offsets - into the block. */
import type { Arena } from '../runtime/arena.js';
import { DType } from './dtype.js';
import { copyRising, isWords } from './rising.js';
import type { Slot } from './slot.js';
import { packStrings } from './utf8.js';

/** Strings as Arrow has them: UTF-8 text, string i from offsets[i] to offsets[i + 1]. */
export interface Utf8Values {
  readonly bytes: Uint8Array;
  readonly offsets: ArrayLike<number | bigint>;
}

/** A value of a feature; null and undefined are missing. */
export type Value = string | number | bigint | null | undefined;

/** Typed arrays as values. Unsigned 64-bit integers must fit in int64. */
export type NumericArray =
  | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array
  | BigInt64Array | BigUint64Array | Float32Array | Float64Array;

export type FlatValues = readonly Value[] | NumericArray | Utf8Values;

/** What a `normalizerFn` of JavaScript makes of values: loaded with the first layer that has one. */
export interface Normalizer {
  /** Keras layers cast every floating feature to float32 first; linear models do not. */
  readonly autocast: boolean;
  /** Packs what the function makes of each raw value, as float32. */
  pack(arena: Arena, slot: Slot, values: ArrayLike<Value>, count: number, dtype: DType): void;
}

export const isUtf8Values = (values: object): values is Utf8Values => 'bytes' in values && 'offsets' in values;

/** The number of values, or undefined for what is no flat values. */
export function countOf(values: unknown): number | undefined {
  if (Array.isArray(values)) return values.length;
  if (ArrayBuffer.isView(values)) return values instanceof DataView ? undefined : (values as NumericArray).length;
  if (typeof values === 'object' && values !== null && isUtf8Values(values)) return Math.max(0, values.offsets.length - 1);
  return undefined;
}

/** A typed array whose memory is gone has no values, but is no list of none. @throws TypeError */
export function lengthOf(list: readonly unknown[] | NumericArray): number {
  if (list.length === 0) list.keys(); // throws then
  return list.length;
}

/** The values in another order, of the same kind. */
export function permute(values: FlatValues, order: readonly number[]): FlatValues {
  if (Array.isArray(values)) return order.map((k) => (values as readonly Value[])[k]);
  if (ArrayBuffer.isView(values)) {
    const typed = values as Float64Array; // any of them: elements are copied as they are
    const copy = typed.slice();
    order.forEach((k, i) => (copy[i] = typed[k] as number));
    return copy;
  }
  const { bytes, offsets } = values as Utf8Values;
  const starts = Array.from(offsets, Number);
  const parts = order.map((k) => bytes.subarray(starts[k], starts[k + 1]));
  const moved = { bytes: new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0)), offsets: [0] };
  let end = 0;
  for (const part of parts) {
    moved.bytes.set(part, end);
    moved.offsets.push((end += part.length));
  }
  return moved;
}

/** Packs values and sets the slot's dtype, count, values, offsets and nulls. The slot's splits must be packed before. */
export function packValues(arena: Arena, slot: Slot, values: FlatValues, normalizer?: Normalizer): void {
  if (Array.isArray(values)) packFlat(arena, slot, values as readonly unknown[], values.length, normalizer);
  else if (ArrayBuffer.isView(values)) packTyped(arena, slot, values as NumericArray, normalizer);
  else packUtf8(arena, slot, values as Utf8Values);
}

// Which types an array holds, as bits.
const STRING = 1, NUMBER = 2, BIGINT = 4, NULL = 8;

function kindOf(value: unknown): number {
  switch (typeof value) {
    case 'string': return STRING;
    case 'number': return NUMBER;
    case 'bigint': return BIGINT;
    case 'undefined': return NULL;
    default: return value === null ? NULL : 0;
  }
}

/** The first `count` values of an array: all strings, or all numbers and bigints; null and undefined anywhere. */
export function packFlat(arena: Arena, slot: Slot, values: readonly unknown[], count: number, normalizer?: Normalizer): void {
  const packed = count > 0 && typeof values[0] === 'string';
  if (!packed || packStrings(arena, slot, values, count) < count) packArray(arena, slot, values, count, normalizer, packed);
}

/** The same. `packed`: its strings are, and there is something else among them. */
export function packArray(arena: Arena, slot: Slot, values: readonly unknown[], count: number, normalizer: Normalizer | undefined, packed: boolean): void {
  let kinds = 0;
  for (let i = 0; i < count; ++i) {
    const kind = kindOf(values[i]);
    if (kind === 0) throw notAValue(arena, slot, values[i], i);
    kinds |= kind;
  }
  if (kinds & STRING && kinds & (NUMBER | BIGINT)) throw mixed(arena, slot, values, count);
  if (kinds & NULL) packNulls(arena, slot, values, count);
  if (packed) return;
  const untypedText = !(kinds & (NUMBER | BIGINT)) && !normalizer && slot.expected === DType.String;
  if (kinds & STRING || untypedText) packStrings(arena, slot, values, count);
  else if (normalizer) normalizer.pack(arena, slot, values as ArrayLike<Value>, count, DType.Number);
  else if (kinds & BIGINT) packBigInts(arena, slot, values, count);
  else packNumbers(arena, slot, values, count, kinds);
}

function packNulls(arena: Arena, slot: Slot, values: readonly unknown[], count: number): void {
  slot.nulls = arena.reserve(count);
  const { u8 } = arena;
  for (let i = 0; i < count; ++i) u8[slot.nulls + i] = values[i] === null || values[i] === undefined ? 1 : 0;
}

function packNumbers(arena: Arena, slot: Slot, values: readonly unknown[], count: number, kinds: number): void {
  slot.dtype = DType.Number;
  slot.count = count;
  slot.values = arena.reserve(count * 8);
  const { f64 } = arena;
  const at = slot.values / 8;
  if (kinds & NULL) for (let i = 0; i < count; ++i) f64[at + i] = (values[i] as number | null | undefined) ?? 0;
  else for (let i = 0; i < count; ++i) f64[at + i] = values[i] as number;
}

function packBigInts(arena: Arena, slot: Slot, values: readonly unknown[], count: number): void {
  slot.dtype = DType.Int64;
  slot.count = count;
  slot.values = arena.reserve(count * 8);
  const { i64 } = arena;
  const at = slot.values / 8;
  for (let i = 0; i < count; ++i) {
    const value = values[i] as Value;
    const integer = typeof value === 'bigint' ? value : toBigInt(arena, slot, value as number | null | undefined, i);
    if (BigInt.asIntN(64, integer) !== integer) throw outsideInt64(arena, slot, integer, i);
    i64[at + i] = integer;
  }
}

function toBigInt(arena: Arena, slot: Slot, value: number | null | undefined, index: number): bigint {
  if (value === null || value === undefined) return -1n;
  if (!Number.isSafeInteger(value)) {
    throw slot.problem('dtype_mismatch', `${value} stands among bigints but is no integer that a number holds exactly; write it as a bigint`,
      slot.rowOf(arena, index), value);
  }
  return BigInt(value);
}

function packTyped(arena: Arena, slot: Slot, values: NumericArray, normalizer: Normalizer | undefined): void {
  const count = lengthOf(values);
  const tag = values[Symbol.toStringTag] as string;
  if (normalizer) {
    normalizer.pack(arena, slot, values, count, tag === 'Float32Array' || tag === 'Float16Array' ? DType.Float32 : tag === 'Float64Array' ? DType.Float64 : DType.Int64);
    return;
  }
  slot.count = count;
  if (tag.startsWith('U')) slot.missing = 2 ** (8 * values.BYTES_PER_ELEMENT) - 1;
  switch (tag) {
    case 'Int8Array': case 'Uint8Array': case 'Uint8ClampedArray': case 'Int16Array': case 'Uint16Array': case 'Int32Array':
      slot.dtype = DType.Int32;
      slot.values = arena.reserve(count * 4);
      arena.i32.set(values as Int32Array, slot.values / 4);
      return;
    case 'Float16Array': case 'Float32Array':
      slot.dtype = DType.Float32;
      slot.values = arena.reserve(count * 4);
      arena.f32.set(values as Float32Array, slot.values / 4);
      return;
    case 'Float64Array':
      slot.dtype = DType.Float64;
      slot.values = arena.reserve(count * 8);
      arena.f64.set(values as Float64Array, slot.values / 8);
      return;
    case 'Uint32Array':
      slot.dtype = DType.Int64;
      slot.values = arena.reserve(count * 8);
      for (let i = 0, word = slot.values / 4; i < count; ++i, word += 2) {
        arena.u32[word] = (values as Uint32Array)[i] as number;
        arena.u32[word + 1] = 0;
      }
      return;
    case 'BigInt64Array': case 'BigUint64Array':
      slot.dtype = DType.Int64;
      slot.values = arena.reserve(count * 8);
      arena.i64.set(values as BigInt64Array, slot.values / 8);
      if (tag === 'BigUint64Array') checkUnsigned(arena, slot, values as BigUint64Array);
      return;
    default:
      throw slot.problem('dtype_mismatch', `${tag} holds no values that a column reads; use an array, or a typed array of numbers`);
  }
}

/** As int64 their bits are negative exactly where they do not fit. */
function checkUnsigned(arena: Arena, slot: Slot, values: BigUint64Array): void {
  for (let i = 0, word = slot.values / 4 + 1; i < values.length; ++i, word += 2) {
    if ((arena.i32[word] as number) < 0) throw outsideInt64(arena, slot, values[i] as bigint, i);
  }
}

/** Offsets may begin anywhere, as in a slice of a larger Arrow array; only the bytes between the first and the last are copied. */
export function packUtf8(arena: Arena, slot: Slot, { bytes, offsets }: Utf8Values): void {
  const count = offsets.length - 1;
  if (!(bytes instanceof Uint8Array)) throw slot.problem('invalid_batch', 'bytes must be a Uint8Array of UTF-8 text');
  if (count < 0) throw slot.problem('invalid_batch', 'offsets must have one entry more than there are strings; they are empty');
  const first = Number(offsets[0]);
  let last = first;
  slot.dtype = DType.String;
  slot.count = count;
  slot.offsets = arena.reserve((count + 1) * 4);
  const { u32 } = arena;
  const word = slot.offsets / 4;
  const copied = isWords(offsets) && copyRising(offsets, bytes.length, arena.i32, word) >= 0;
  if (copied) last = u32[word + count] as number;
  for (let i = 0; i <= count && !copied; ++i) {
    const offset = Number(offsets[i]);
    if (!(Number.isInteger(offset) && offset >= last && offset <= bytes.length && first >= 0)) {
      throw slot.problem('invalid_batch', `offsets[${i}] = ${offset} must be an integer from ${last} to ${bytes.length}, the number of bytes`, undefined, offset);
    }
    u32[word + i] = offset - first;
    last = offset;
  }
  const begin = copied ? 0 : first;
  slot.byteLength = last - begin;
  slot.values = arena.reserve(slot.byteLength);
  arena.u8.set(bytes.subarray(begin, last), slot.values);
}

function outsideInt64(arena: Arena, slot: Slot, value: bigint, index: number) {
  return slot.problem('out_of_range', `${value} does not fit in int64, the widest integer that TensorFlow's columns take`, slot.rowOf(arena, index), value);
}

function notAValue(arena: Arena, slot: Slot, value: unknown, index: number) {
  const remedy =
    typeof value === 'boolean' ? 'a boolean is no value of a feature column; write 0 and 1, or strings'
    : 'a value is a string, a number, a bigint or null';
  return slot.problem('dtype_mismatch', remedy, slot.rowOf(arena, index), value);
}

function mixed(arena: Arena, slot: Slot, values: readonly unknown[], count: number) {
  let index = 0;
  const first = values.findIndex((value) => kindOf(value) !== NULL);
  const kind = kindOf(values[first]) === STRING;
  for (index = first; index < count; ++index) if (kindOf(values[index]) !== NULL && (kindOf(values[index]) === STRING) !== kind) break;
  return slot.problem('dtype_mismatch', `${kind ? 'a number stands among strings' : 'a string stands among numbers'}; a feature has one dtype`,
    slot.rowOf(arena, index), values[index]);
}
