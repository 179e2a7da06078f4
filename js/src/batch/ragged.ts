/** `{values, rowSplits}`: TensorFlow's RaggedTensor, taken as it is. */
import type { Arena } from '../runtime/arena.js';
import { Flag } from './dtype.js';
import type { Slot } from './slot.js';
import { packSplits, type Splits } from './splits.js';
import { countOf, packValues, type FlatValues, type Normalizer } from './values.js';

/** Row r has the values from rowSplits[r] to rowSplits[r + 1]. Ragged values in turn are steps, each of several values. */
export interface RaggedValues {
  readonly values: FlatValues | RaggedValues;
  readonly rowSplits: Splits;
}

export const isRagged = (feature: object): feature is RaggedValues => 'values' in feature && 'rowSplits' in feature;

export function packRagged(arena: Arena, slot: Slot, { values, rowSplits }: RaggedValues, normalizer?: Normalizer): void {
  const inner = typeof values === 'object' && values !== null && isRagged(values) ? values : undefined;
  const flat = inner ? (inner.values as FlatValues) : (values as FlatValues);
  const count = countOf(flat);
  if (count === undefined) {
    throw slot.problem('invalid_batch', 'the values of {values, rowSplits} are an array, a typed array, {bytes, offsets}, or once more {values, rowSplits}', undefined, flat);
  }
  for (const splits of inner ? [rowSplits, inner.rowSplits] : [rowSplits]) {
    if (!(Array.isArray(splits) || ArrayBuffer.isView(splits)) || splits.length === 0) {
      throw slot.problem('invalid_batch', 'rowSplits is an array of integers, one more than there are rows', undefined, splits);
    }
  }
  slot.flags |= Flag.Sparse;
  slot.rank = inner ? 3 : 2;
  slot.rows = rowSplits.length - 1;
  const rows = packSplits(arena, slot, rowSplits, inner ? inner.rowSplits.length - 1 : count, 'rowSplits');
  slot.rowSplits = rows.at;
  slot.width = rows.longest;
  if (inner) slot.stepSplits = packSplits(arena, slot, inner.rowSplits, count, 'values.rowSplits').at;
  packValues(arena, slot, flat, normalizer);
}
