/** `{indices, values, denseShape}`: TensorFlow's SparseTensor, taken as it is. */
import type { Arena } from '../runtime/arena.js';
import { Flag } from './dtype.js';
import type { Slot } from './slot.js';
import { countOf, packValues, permute, type FlatValues, type Normalizer } from './values.js';

/** Value k stands at indices[k]. Indices are rows of numbers, or one flat array of as many numbers as values times dimensions. */
export interface SparseValues {
  readonly indices: readonly (readonly number[])[] | ArrayLike<number | bigint>;
  readonly values: FlatValues;
  readonly denseShape: ArrayLike<number | bigint>;
}

export const isSparse = (feature: object): feature is SparseValues => 'indices' in feature && 'values' in feature && 'denseShape' in feature;

const LARGEST_SIZE = 2 ** 32 - 2;

export function packSparse(arena: Arena, slot: Slot, { indices, values, denseShape }: SparseValues, normalizer?: Normalizer): void {
  const shape = Array.from(denseShape as ArrayLike<number | bigint>, Number);
  const count = countOf(values);
  if (count === undefined) throw slot.problem('invalid_batch', 'the values of a sparse tensor are an array, a typed array or {bytes, offsets}', undefined, values);
  if (shape.length === 0 || !shape.every((size) => Number.isInteger(size) && size >= 0 && size <= LARGEST_SIZE)) {
    throw slot.problem('invalid_batch', `denseShape [${shape.join(', ')}] must be one or more sizes; the first is the number of rows`);
  }
  const flat = flatIndices(slot, indices, count, shape);
  const [rows = 0, width = 1] = shape;
  slot.flags |= Flag.Sparse;
  slot.rank = shape.length >= 3 ? 3 : 2;
  slot.rows = rows;
  slot.width = width;

  const order = orderOf(flat, count, shape.length);
  if (!order.ascending) slot.flags |= Flag.Unordered;
  const { regrouped } = order;
  if (regrouped) slot.flags |= Flag.Moved;
  const startOf = (k: number) => (regrouped ? (regrouped[k] as number) : k) * shape.length;
  const rowAt = (k: number) => flat[startOf(k)] as number;
  const columnAt = (k: number) => (shape.length === 1 ? 0 : (flat[startOf(k) + 1] as number));

  if (slot.rank === 2) {
    packRows(arena, slot, count, rowAt, columnAt);
  } else {
    const steps = packSteps(arena, slot, count, rowAt, columnAt);
    slot.inner = shape.slice(2).reduce((product, size) => product * size, 1);
    if (slot.inner > LARGEST_SIZE) throw slot.problem('invalid_batch', `denseShape [${shape.join(', ')}] has more than 2^32 cells a step`);
    // The cell of a value in its step, of all dimensions behind the second.
    const cellAt = (k: number) => {
      let cell = 0;
      for (let d = 2, at = startOf(k) + 2; d < shape.length; ++d, ++at) cell = cell * (shape[d] as number) + (flat[at] as number);
      return cell;
    };
    packPositions(arena, slot, count, cellAt, steps);
  }
  packValues(arena, slot, regrouped ? permute(values, regrouped) : values, normalizer);
}

/** One flat array of checked indices. */
function flatIndices(slot: Slot, indices: SparseValues['indices'], count: number, shape: readonly number[]): Float64Array {
  const dimensions = shape.length;
  const flat = new Float64Array(count * dimensions);
  const list = indices as ArrayLike<unknown>;
  const nested = Array.isArray(list[0]) || ArrayBuffer.isView(list[0]);
  if (list.length !== (nested ? count : count * dimensions)) {
    throw slot.problem('invalid_batch', `${count} values in ${dimensions} dimensions need ${nested ? count : count * dimensions} indices, not ${list.length}`);
  }
  for (let k = 0; k < count; ++k) {
    const index = nested ? (list[k] as ArrayLike<number>) : undefined;
    if (index && index.length !== dimensions) {
      throw slot.problem('invalid_batch', `indices[${k}] has ${index.length} dimensions, denseShape has ${dimensions}`);
    }
    for (let d = 0; d < dimensions; ++d) {
      const at = Number(index ? index[d] : list[k * dimensions + d]);
      if (!(Number.isInteger(at) && at >= 0 && at < (shape[d] as number))) {
        throw slot.problem('invalid_batch', `indices[${k}] has ${at} in dimension ${d}, out of bounds: index must be in [0, ${shape[d]})`, undefined, at);
      }
      flat[k * dimensions + d] = at;
    }
  }
  return flat;
}

interface Order {
  /** Strictly: TensorFlow's own order, each cell at most once. */
  readonly ascending: boolean;
  /** Where it is not even by rows (and, with steps, by steps): the values in that order, each group in the order given. */
  readonly regrouped?: readonly number[];
}

function orderOf(flat: Float64Array, count: number, dimensions: number): Order {
  const compare = (a: number, b: number, depth: number) => {
    for (let d = 0; d < depth; ++d) {
      const difference = (flat[a * dimensions + d] as number) - (flat[b * dimensions + d] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const grouping = dimensions >= 3 ? 2 : 1;
  let ascending = true;
  let grouped = true;
  for (let k = 1; k < count; ++k) {
    if (compare(k - 1, k, dimensions) >= 0) ascending = false;
    if (compare(k - 1, k, grouping) > 0) grouped = false;
  }
  if (grouped) return { ascending };
  return { ascending, regrouped: Array.from({ length: count }, (_, k) => k).sort((a, b) => compare(a, b, grouping) || a - b) };
}

function packRows(arena: Arena, slot: Slot, count: number, rowAt: (k: number) => number, columnAt: (k: number) => number): void {
  const { rows } = slot;
  slot.rowSplits = arena.reserve((rows + 1) * 4);
  let k = 0;
  for (let row = 0; row <= rows; ++row) {
    arena.u32[slot.rowSplits / 4 + row] = k;
    while (k < count && rowAt(k) === row) ++k;
  }
  packPositions(arena, slot, count, columnAt, slot.rowSplits / 4);
}

/** The cell of each value in its row or step, unless they are 0, 1, 2, …: `splits` is the word at which the rows' or steps' splits begin. */
function packPositions(arena: Arena, slot: Slot, count: number, cellAt: (k: number) => number, splits: number): void {
  let gaps = false;
  for (let k = 0, group = 0, first = 0; k < count && !gaps; ++k) {
    while ((arena.u32[splits + group + 1] as number) <= k) first = arena.u32[splits + ++group] as number;
    gaps = cellAt(k) !== k - first;
  }
  if (!gaps) return;
  slot.positions = arena.reserve(count * 4);
  for (let k = 0; k < count; ++k) arena.u32[slot.positions / 4 + k] = cellAt(k);
}

/** Steps up to the last one of a row that has a value; those without are empty. Answers the word at which their splits begin. */
function packSteps(arena: Arena, slot: Slot, count: number, rowAt: (k: number) => number, stepAt: (k: number) => number): number {
  const { rows } = slot;
  slot.rowSplits = arena.reserve((rows + 1) * 4);
  let total = 0;
  let k = 0;
  for (let row = 0; row <= rows; ++row) {
    arena.u32[slot.rowSplits / 4 + row] = total;
    while (k < count && rowAt(k) === row) ++k;
    if (k > 0 && rowAt(k - 1) === row) total += stepAt(k - 1) + 1;
  }
  slot.stepSplits = arena.reserve((total + 1) * 4);
  const { u32 } = arena;
  let step = 0;
  for (k = 0; k < count; ++k) {
    const target = (u32[slot.rowSplits / 4 + rowAt(k)] as number) + stepAt(k);
    while (step <= target) u32[slot.stepSplits / 4 + step++] = k;
  }
  while (step <= total) u32[slot.stepSplits / 4 + step++] = count;
  return slot.stepSplits / 4;
}
