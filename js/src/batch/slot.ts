/** One feature on its way into the packed batch: the words of its descriptor, and how its problems are told. */
import { FeatureColumnError, type ErrorCode } from '../errors.js';
import type { Arena } from '../runtime/arena.js';
import { DType } from './dtype.js';

/** Words of a descriptor in the packed batch. */
export const DESCRIPTOR_WORDS = 16;

/** Filled by the packers for one feature after the other; positions are those of the {@link Arena}, 0 for none. */
export class Slot {
  /** The input's key, for messages. */
  key = '';
  /** The dtype that the column parses, used where a feature has no value to tell its own by. */
  expected: DType = DType.None;
  dtype: DType = DType.None;
  flags = 0;
  rank = 1;
  count = 0;
  width = 1;
  values = 0;
  offsets = 0;
  rowSplits = 0;
  stepSplits = 0;
  positions = 0;
  nulls = 0;
  byteLength = 0;
  /** Strings with a dictionary: the entry of each value, and the number of entries. */
  keys = 0;
  entries = 0;
  /** Of a sparse tensor of rank 3 and more: the cells of a step. */
  inner = 0;
  /** Of unsigned integers: the one that means a missing id, TensorFlow's -1 cast to their dtype; else 0. */
  missing = 0;
  /** Rows of this feature. */
  rows = 0;

  begin(key: string, expected: DType): void {
    this.key = key;
    this.expected = expected;
    this.dtype = DType.None;
    this.flags = 0;
    this.rank = this.width = 1;
    this.count = this.values = this.offsets = this.rowSplits = this.stepSplits = this.positions = this.nulls = this.byteLength = this.keys = this.entries = this.inner = this.missing = this.rows = 0;
  }

  /** Writes the descriptor's words from word `at` of the block. */
  write(arena: Arena, at: number): void {
    const { u32 } = arena;
    u32[at] = this.dtype;
    u32[at + 1] = this.flags;
    u32[at + 2] = this.rank;
    u32[at + 3] = this.count;
    u32[at + 4] = this.width;
    u32[at + 5] = this.values;
    u32[at + 6] = this.offsets;
    u32[at + 7] = this.rowSplits;
    u32[at + 8] = this.stepSplits;
    u32[at + 9] = this.positions;
    u32[at + 10] = this.nulls;
    u32[at + 11] = this.byteLength;
    u32[at + 12] = this.keys;
    u32[at + 13] = this.entries;
    u32[at + 14] = this.inner;
    u32[at + 15] = this.missing;
  }

  /** The row of value `index`; requires the splits to be packed. */
  rowOf(arena: Arena, index: number): number {
    if (this.rank === 1) return index;
    const step = this.rank === 2 ? index : lastNotAfter(arena.u32, this.stepSplits / 4, index);
    return lastNotAfter(arena.u32, this.rowSplits / 4, step);
  }

  /** `feature "age", row 3: …` */
  problem(code: ErrorCode, message: string, row?: number, value?: unknown): FeatureColumnError {
    const where = row === undefined ? `feature "${this.key}"` : `feature "${this.key}", row ${row}`;
    return new FeatureColumnError(code, `${where}: ${message}`, {
      column: this.key,
      ...(row === undefined ? {} : { row }),
      ...(value === undefined ? {} : { value: describe(value) }),
    });
  }
}

/** The largest i with splits[i] <= index, where the splits begin at word `at`; index must be before the last of them. */
function lastNotAfter(splits: Uint32Array, at: number, index: number): number {
  let i = 0;
  while ((splits[at + i + 1] as number) <= index) ++i;
  return i;
}

/** A value for a message: short, and of its own kind. */
export function describe(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : typeof value === 'bigint' ? `${value}n` : Array.isArray(value) ? 'an array' : kindOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function kindOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
  return typeof value === 'function' ? 'a function' : String(value);
}
