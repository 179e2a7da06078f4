/** Ragged nested arrays, and features taken from row objects, into the block. */
import type { Arena } from '../runtime/arena.js';
import { Flag, isFloating, isInteger, type DType } from './dtype.js';
import type { Slot } from './slot.js';
import { packStrings } from './utf8.js';
import { lengthOf, packArray, packFlat, packValues, type Normalizer, type NumericArray } from './values.js';

type List = readonly unknown[] | NumericArray;
type NumericArrayConstructor = { from(values: readonly unknown[]): NumericArray };

export const isList = (value: unknown): value is List => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

// Room that is kept between batches; a longer list gives its memory back.
const KEPT_VALUES = 64 * 1024;

/**
 * Flattens cells - one a row: null, a value, a list, a list of lists, or where rows are taken apart `{values: …}` - to values
 * and splits. Lists are reused, so that a small batch allocates nothing.
 */
export class NestedPacker {
  private readonly flat: unknown[] = [];
  private count = 0;
  private readonly steps: number[] = [];
  private sparse = false;
  /** What makes the lists that have values, if that is one kind of typed array: these have a dtype, and their values it. `null`: no such. */
  private typed: NumericArrayConstructor | null | undefined;

  /**
   * Packs `rows` cells. Without any list among them it is a feature of rank 1, one value a row; with a list in a list of
   * rank 3, where each value that is not in a list is a step of its own; else of rank 2.
   */
  pack(arena: Arena, slot: Slot, cells: readonly unknown[], rows: number, takesSparse: boolean, normalizer?: Normalizer): void {
    slot.rows = rows;
    // Most features are nothing but strings, or a row of them: they are packed without being looked at twice.
    const { end } = arena;
    if (!normalizer && rows > 0 && packTypedRows(arena, slot, cells, rows)) return;
    const begun = rows > 0 && typeof cells[0] === 'string';
    if (begun && packStrings(arena, slot, cells, rows) === rows) return;
    let lists = false;
    let present = false;
    this.sparse = false;
    for (let row = 0; row < rows; ++row) {
      const cell = cells[row];
      present ||= cell !== null && cell !== undefined;
      if (typeof cell !== 'object' || cell === null) continue;
      if (isList(cell)) lists = true;
      else if (takesSparse && 'values' in cell) lists = this.sparse = true;
      else throw notACell(slot, cell, row, takesSparse);
    }
    // Rows that are all null have no values at all; TensorFlow's tensor of them would be [rows, 0].
    if (!lists && (present || !takesSparse)) {
      packArray(arena, slot, cells, rows, normalizer, begun);
      return;
    }
    arena.end = end;
    if (this.sparse) slot.flags |= Flag.Sparse;
    if (!present) slot.flags |= Flag.Absent;
    if (rows === 1 && packRowOfStrings(arena, slot, cells[0])) return;
    try {
      this.flatten(arena, slot, cells, rows);
      if (this.typed && !this.sparse) packValues(arena, slot, this.typed.from(this.flat.slice(0, this.count)), normalizer);
      else packFlat(arena, slot, this.flat, this.count, normalizer);
    } finally {
      if (this.flat.length > KEPT_VALUES) this.flat.length = this.steps.length = 0;
      else forget(this.flat, this.count);
    }
  }

  private flatten(arena: Arena, slot: Slot, cells: readonly unknown[], rows: number): void {
    slot.rowSplits = arena.reserve((rows + 1) * 4);
    slot.rank = 2;
    if (!this.flattenRows(arena, slot, cells, rows)) {
      slot.rank = 3;
      this.flattenSteps(arena, slot, cells, rows);
    }
  }

  /** A row is a list of values. False, with nothing done, where a row has a list in its list. */
  private flattenRows(arena: Arena, slot: Slot, cells: readonly unknown[], rows: number): boolean {
    const { flat, sparse } = this;
    const { u32 } = arena;
    const word = slot.rowSplits / 4;
    let count = 0;
    let width = 0;
    this.typed = undefined;
    for (let row = 0; row < rows; ++row) {
      u32[word + row] = count;
      const cell = cells[row];
      if (cell === null || cell === undefined) continue;
      const list = isList(cell) ? cell : typeof cell === 'object' ? valuesOf(slot, cell, row) : undefined;
      const dense = sparse && (list === undefined || list === cell);
      const size = list === undefined ? 1 : lengthOf(list);
      for (let i = 0; i < size; ++i) {
        const value = list === undefined ? cell : list[i];
        if (typeof value === 'object' && value !== null && isList(value)) return false;
        flat[count++] = dense && isMissing(value, slot.expected) ? null : value;
      }
      if (size > 0) this.seen(list);
      if (size > width) width = size;
    }
    u32[word + rows] = this.count = count;
    slot.width = width;
    return true;
  }

  /** A row is a list of steps, a step a list of values; deeper lists are folded into their step. */
  private flattenSteps(arena: Arena, slot: Slot, cells: readonly unknown[], rows: number): void {
    const { steps, sparse } = this;
    const word = slot.rowSplits / 4;
    let width = 0;
    this.count = steps.length = 0;
    this.typed = undefined;
    for (let row = 0; row < rows; ++row) {
      arena.u32[word + row] = steps.length;
      const cell = cells[row];
      if (cell === null || cell === undefined) continue;
      const list = isList(cell) ? cell : typeof cell === 'object' ? valuesOf(slot, cell, row) : [cell];
      const dense = sparse && (list === cell || typeof cell !== 'object');
      const size = lengthOf(list);
      for (let i = 0; i < size; ++i) {
        steps.push(this.count);
        this.fold(list[i], undefined, dense, slot.expected);
      }
      if (size > width) width = size;
    }
    arena.u32[word + rows] = steps.length;
    slot.width = width;
    slot.stepSplits = arena.reserve((steps.length + 1) * 4);
    arena.u32.set(steps, slot.stepSplits / 4);
    arena.u32[slot.stepSplits / 4 + steps.length] = this.count;
  }

  /** `list`: the step, or the list in it, that the value stands in. */
  private fold(value: unknown, list: List | undefined, dense: boolean, expected: DType): void {
    if (isList(value)) {
      for (let i = 0, size = lengthOf(value); i < size; ++i) this.fold(value[i], value, dense, expected);
    } else {
      this.seen(list);
      this.flat[this.count++] = dense && isMissing(value, expected) ? null : value;
    }
  }

  /** A list with values, or none: a value by itself. */
  private seen(list: List | undefined): void {
    const made = list === undefined || Array.isArray(list) ? null : (list.constructor as unknown as NumericArrayConstructor);
    this.typed = this.typed === undefined || this.typed === made ? made : null;
  }
}

/** Rows that are typed arrays of one kind, a copy each. False, with nothing done, if they are not. */
function packTypedRows(arena: Arena, slot: Slot, cells: readonly unknown[], rows: number): boolean {
  const first = cells[0];
  if (!ArrayBuffer.isView(first) || first instanceof DataView) return false;
  const made = first.constructor as { new (length: number): NumericArray };
  let count = 0;
  let width = 0;
  for (let row = 0; row < rows; ++row) {
    const cell = cells[row] as NumericArray | null | undefined;
    if (cell?.constructor !== made) return false;
    const size = lengthOf(cell);
    count += size;
    if (size > width) width = size;
  }
  slot.rank = 2;
  slot.width = width;
  slot.rowSplits = arena.reserve((rows + 1) * 4);
  const { u32 } = arena;
  const word = slot.rowSplits / 4;
  const all = new made(count) as Float64Array; // any of them: all are of one kind
  let at = 0;
  for (let row = 0; row < rows; ++row) {
    u32[word + row] = at;
    const cell = cells[row] as Float64Array;
    all.set(cell, at);
    at += cell.length;
  }
  u32[word + rows] = at;
  packValues(arena, slot, all);
  return true;
}

/** A row that is a list of strings, as most single examples have it: packed from where it stands. False, with nothing done, if it is not. */
function packRowOfStrings(arena: Arena, slot: Slot, cell: unknown): boolean {
  if (!Array.isArray(cell) || typeof cell[0] !== 'string') return false;
  const { end } = arena;
  const { length } = cell;
  const rowSplits = arena.reserve(8);
  if (packStrings(arena, slot, cell, length) < length) {
    arena.end = end;
    return false;
  }
  slot.rank = 2;
  slot.width = length;
  slot.rowSplits = rowSplits;
  arena.u32[rowSplits / 4] = 0;
  arena.u32[rowSplits / 4 + 1] = length;
  return true;
}

/** Lets go of the first `count` values. For a few, Array.prototype.fill takes three times as long. */
export function forget(values: unknown[], count: number): void {
  for (let i = 0; i < count; ++i) values[i] = undefined;
}

/** What TensorFlow drops from a dense tensor, of ids or of weights. Among sparse rows it has to be said of each value. */
const isMissing = (value: unknown, expected: DType): boolean =>
  value === '' || (isInteger(expected) ? value === -1 || value === -1n : isFloating(expected) && value === 0);

function valuesOf(slot: Slot, cell: object, row: number): List {
  const { values } = cell as { values: unknown };
  if (!isList(values)) throw slot.problem('invalid_row', 'a sparse feature is {"values": […]}, an array of values or of arrays', row, values);
  return values;
}

function notACell(slot: Slot, cell: unknown, row: number, takesSparse: boolean) {
  const forms = takesSparse ? 'a value, an array, an array of arrays, or {"values": […]}' : 'a value, an array, or an array of arrays';
  return slot.problem(takesSparse ? 'invalid_row' : 'invalid_batch', `a row of a feature is ${forms}`, row, cell);
}
