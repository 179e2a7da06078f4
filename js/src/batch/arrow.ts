/**
 * Arrow vectors into the block, read from their buffers: by what they look like, so that no Arrow library is imported and any
 * copy of apache-arrow's classes will do. Lists are dense as arrays are; a null list is an empty row.
 */
import type { Arena } from '../runtime/arena.js';
import { DType } from './dtype.js';
import type { Slot } from './slot.js';
import { packFlat, packUtf8, packValues, type FlatValues, type Normalizer, type NumericArray, type Utf8Values } from './values.js';

/** apache-arrow's DataType, as far as it is read. */
export interface ArrowType {
  readonly typeId: number;
  /** Of Float: 0 half, 1 single, 2 double. */
  readonly precision?: number;
  /** Of Int. */
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  /** Of FixedSizeList. */
  readonly listSize?: number;
}

/** apache-arrow's Data: one contiguous chunk. `values` and `valueOffsets` begin at the chunk's first element, `nullBitmap` does at bit `offset`. */
export interface ArrowData {
  readonly type: ArrowType;
  readonly length: number;
  readonly offset: number;
  readonly nullCount: number;
  readonly values?: unknown;
  readonly valueOffsets?: ArrayLike<number | bigint>;
  readonly nullBitmap?: Uint8Array | null;
  readonly children: readonly ArrowData[];
  readonly dictionary?: ArrowVector;
}

/** apache-arrow's Vector. */
export interface ArrowVector {
  readonly type: ArrowType;
  readonly length: number;
  readonly data: readonly ArrowData[];
}

// Arrow's Type ids.
const Type = { Null: 1, Int: 2, Float: 3, Binary: 4, Utf8: 5, List: 12, FixedSizeList: 16, LargeBinary: 19, LargeUtf8: 20, LargeList: 21, Dictionary: -1 } as const;
const LISTS: readonly number[] = [Type.List, Type.LargeList, Type.FixedSizeList];
const STRINGS: readonly number[] = [Type.Utf8, Type.LargeUtf8, Type.Binary, Type.LargeBinary];

export const isArrow = (feature: object): feature is ArrowVector | ArrowData =>
  typeof (feature as { type?: { typeId?: unknown } | null }).type?.typeId === 'number' && ('data' in feature || 'children' in feature);

/** Some elements of a chunk, from `from` to before `to`. */
interface Range {
  readonly data: ArrowData;
  readonly from: number;
  readonly to: number;
}

const valid = ({ nullBitmap, nullCount, offset }: ArrowData, index: number): boolean => {
  if (nullCount === 0 || !nullBitmap || nullBitmap.length === 0) return true;
  const bit = offset + index;
  return (((nullBitmap[bit >> 3] as number) >> (bit & 7)) & 1) === 1;
};

/** Where element `index` really stands: for dictionaries the entry under its key. `index` is -1 for a null. */
function locate(slot: Slot, data: ArrowData, index: number): { readonly data: ArrowData; readonly index: number } {
  if (!valid(data, index)) return { data, index: -1 };
  if (!data.dictionary) return { data, index };
  const key = Number((data.values as Int32Array)[index]);
  let entry = key;
  for (const chunk of data.dictionary.data) {
    if (entry >= 0 && entry < chunk.length) return { data: chunk, index: valid(chunk, entry) ? entry : -1 };
    entry -= chunk.length;
  }
  throw slot.problem('invalid_batch', `the dictionary key ${key} is not in [0, ${data.dictionary.length}), the entries of the dictionary`, undefined, key);
}

export function packArrow(arena: Arena, slot: Slot, vector: ArrowVector | ArrowData, normalizer?: Normalizer): void {
  let ranges = ('data' in vector ? vector.data : [vector]).map((data): Range => ({ data, from: 0, to: data.length }));
  let { type } = vector;
  slot.rows = ranges.reduce((sum, { to }) => sum + to, 0);
  const levels: number[][] = [];
  while (LISTS.includes(type.typeId)) {
    const opened = openLists(ranges);
    levels.push(opened.splits);
    type = (ranges[0]?.data.children[0] ?? { type: { typeId: Type.Null } }).type;
    ranges = opened.children;
  }
  packLevels(arena, slot, levels);

  const count = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  if (type.typeId === Type.Null) {
    packFlat(arena, slot, new Array<null>(count).fill(null), count, normalizer);
    return;
  }
  const nulls = nullsOf(slot, ranges, count);
  if (type.typeId === Type.Dictionary && packDictionary(arena, slot, ranges, count)) {
    if (nulls) packNulls(arena, slot, nulls);
    return;
  }
  const values = leafValues(slot, type, ranges, count);
  if (normalizer && nulls && !('bytes' in values)) {
    packFlat(arena, slot, Array.from(values as ArrayLike<number>, (value, k) => (nulls[k] ? null : value)), count, normalizer);
    return;
  }
  packValues(arena, slot, values, normalizer);
  if (nulls) packNulls(arena, slot, nulls);
}

function eachElement(ranges: readonly Range[], visit: (k: number, data: ArrowData, index: number) => void): void {
  let k = 0;
  for (const { data, from, to } of ranges) for (let index = from; index < to; ++index) visit(k++, data, index);
}

/** 1 for each null; undefined where there is none. */
function nullsOf(slot: Slot, ranges: readonly Range[], count: number): Uint8Array | undefined {
  const mayHave = ({ data }: Range) => data.nullCount !== 0 || data.dictionary?.data.some((chunk) => chunk.nullCount !== 0);
  if (!ranges.some(mayHave)) return undefined;
  const nulls = new Uint8Array(count);
  let any = false;
  eachElement(ranges, (k, data, index) => {
    if (locate(slot, data, index).index >= 0) return;
    nulls[k] = 1;
    any = true;
  });
  return any ? nulls : undefined;
}

/** The splits of lists, and what is in them. */
function openLists(ranges: readonly Range[]): { splits: number[]; children: Range[] } {
  const splits = [0];
  const children: Range[] = [];
  let total = 0;
  for (const { data, from, to } of ranges) {
    const { valueOffsets, type } = data;
    const child = data.children[0] as ArrowData;
    for (let i = from; i < to; ++i) {
      const start = valueOffsets ? Number(valueOffsets[i]) : i * (type.listSize ?? 0);
      const end = !valid(data, i) ? start : valueOffsets ? Number(valueOffsets[i + 1]) : start + (type.listSize ?? 0);
      splits.push((total += end - start));
      const last = children[children.length - 1];
      if (last && last.data === child && last.to === start) children[children.length - 1] = { data: child, from: last.from, to: end };
      else if (end > start) children.push({ data: child, from: start, to: end });
    }
  }
  return { splits, children };
}

/** One level of lists is rank 2, two are steps, deeper ones are folded into their step. */
function packLevels(arena: Arena, slot: Slot, [rows, steps, ...deeper]: number[][]): void {
  if (!rows) return;
  slot.rank = steps ? 3 : 2;
  slot.width = rows.reduce((most, split, i) => Math.max(most, split - (rows[i - 1] ?? 0)), 0);
  const pack = (splits: readonly number[]) => {
    const at = arena.reserve(splits.length * 4);
    arena.u32.set(splits, at / 4);
    return at;
  };
  slot.rowSplits = pack(rows);
  if (steps) slot.stepSplits = pack(deeper.reduce((outer, inner) => outer.map((split) => inner[split] as number), steps));
}

function leafValues(slot: Slot, type: ArrowType, ranges: readonly Range[], count: number): FlatValues {
  const dictionary = type.typeId === Type.Dictionary ? ranges[0]?.data.dictionary : undefined;
  const leaf = dictionary?.type ?? type;
  const { typeId, precision } = leaf;
  if (STRINGS.includes(typeId)) {
    const strings = dictionary ? undefined : stringsInPlace(ranges);
    return strings ?? gather(count, (visit) => eachElement(ranges, (_, data, index) => {
      const entry = locate(slot, data, index);
      visit(entry.data, entry.index);
    }));
  }
  if (typeId !== Type.Int && typeId !== Type.Float) {
    if (ranges.length === 0) return [];
    throw slot.problem('dtype_mismatch', `columns read no Arrow ${String(leaf)}; cast it to Utf8, an integer or a float`);
  }
  const numbers = (dictionary ? numbersOfDictionary(slot, ranges, count) : numbersOf(ranges, count)) ?? noNumbers(leaf);
  return typeId === Type.Float && precision === 0 ? Float32Array.from(numbers as ArrayLike<number>, floatOfHalf) : numbers;
}

/** The strings of one chunk as they lie there, unless there are bytes under a null, which must have none. */
function stringsInPlace(ranges: readonly Range[]): Utf8Values | undefined {
  const [only] = ranges;
  if (!only || ranges.length > 1) return undefined;
  const { data, from, to } = only;
  const offsets = data.valueOffsets as Int32Array;
  if (data.nullCount !== 0) for (let i = from; i < to; ++i) if (!valid(data, i) && offsets[i] !== offsets[i + 1]) return undefined;
  return { bytes: data.values as Uint8Array, offsets: offsets.subarray(from, to + 1) };
}

/** Copies strings one by one: element `index` of `data`, an empty string for -1. */
function gather(count: number, elements: (visit: (data: ArrowData, index: number) => void) => void): Utf8Values {
  const offsets = new Uint32Array(count + 1);
  let size = 0;
  let k = 0;
  elements((data, index) => {
    if (index >= 0) size += Number((data.valueOffsets as Int32Array)[index + 1]) - Number((data.valueOffsets as Int32Array)[index]);
    offsets[++k] = size;
  });
  const bytes = new Uint8Array(size);
  let at = 0;
  elements((data, index) => {
    if (index < 0) return;
    const source = data.values as Uint8Array;
    const end = Number((data.valueOffsets as Int32Array)[index + 1]);
    for (let i = Number((data.valueOffsets as Int32Array)[index]); i < end; ++i) bytes[at++] = source[i] as number;
  });
  return { bytes, offsets };
}

/** Of lists that are all empty. */
function noNumbers({ typeId, precision, bitWidth = 0, isSigned }: ArrowType): NumericArray {
  if (typeId === Type.Float) return precision === 2 ? new Float64Array(0) : new Float32Array(0);
  return bitWidth === 64 || (bitWidth === 32 && !isSigned) ? new BigInt64Array(0) : new Int32Array(0);
}

function numbersOf(ranges: readonly Range[], count: number): NumericArray | undefined {
  const arrays = ranges.map(({ data, from, to }) => (data.values as Float64Array).subarray(from, to));
  const [first] = arrays;
  if (!first || arrays.length === 1) return first;
  const all = new (first.constructor as Float64ArrayConstructor)(count);
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/**
 * The entries of a dictionary of strings, and the key of each value, so that the core looks at an entry once however often it
 * stands. False, with nothing done, where that is no gain or the dictionary is in several pieces.
 */
function packDictionary(arena: Arena, slot: Slot, ranges: readonly Range[], count: number): boolean {
  const dictionary = ranges[0]?.data.dictionary;
  const [entries] = dictionary?.data ?? [];
  if (!dictionary || !entries || dictionary.data.length !== 1 || entries.length > count || !STRINGS.includes(dictionary.type.typeId)) return false;
  if (ranges.some(({ data }) => data.dictionary?.data[0] !== entries)) return false;
  // One entry more, empty: what nulls have.
  const strings = gather(entries.length + 1, (visit) => {
    for (let i = 0; i < entries.length; ++i) visit(entries, valid(entries, i) ? i : -1);
    visit(entries, -1);
  });
  packUtf8(arena, slot, strings);
  slot.count = count;
  slot.entries = entries.length + 1;
  slot.keys = arena.reserve(count * 4);
  const at = slot.keys / 4;
  eachElement(ranges, (k, data, index) => {
    const entry = locate(slot, data, index).index;
    arena.u32[at + k] = entry < 0 ? entries.length : entry;
  });
  return true;
}

function numbersOfDictionary(slot: Slot, ranges: readonly Range[], count: number): NumericArray | undefined {
  const entries = ranges[0]?.data.dictionary?.data[0]?.values as Float64Array | undefined;
  if (!entries) return undefined;
  const values = new (entries.constructor as Float64ArrayConstructor)(count);
  eachElement(ranges, (k, data, index) => {
    const entry = locate(slot, data, index);
    if (entry.index >= 0) values[k] = (entry.data.values as Float64Array)[entry.index] as number;
  });
  return values;
}

function floatOfHalf(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const magnitude = exponent === 31 ? (fraction ? NaN : Infinity) : exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

/** Marks nulls and gives each the number that stands for it. */
function packNulls(arena: Arena, slot: Slot, nulls: Uint8Array): void {
  slot.nulls = arena.reserve(nulls.length);
  arena.u8.set(nulls, slot.nulls);
  nulls.forEach((isNull, k) => {
    if (!isNull) return;
    if (slot.dtype === DType.Int32) arena.i32[slot.values / 4 + k] = -1;
    else if (slot.dtype === DType.Int64) arena.i64[slot.values / 8 + k] = -1n;
    else if (slot.dtype === DType.Float32) arena.f32[slot.values / 4 + k] = 0;
    else if (slot.dtype === DType.Float64) arena.f64[slot.values / 8 + k] = 0;
  });
}
