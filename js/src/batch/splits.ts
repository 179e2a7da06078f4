/** Row splits from JavaScript into the block. */
import type { Arena } from '../runtime/arena.js';
import { copyRising, isWords } from './rising.js';
import type { Slot } from './slot.js';

/** Row r has what is from splits[r] to splits[r + 1]; one entry more than there are rows. */
export type Splits = ArrayLike<number | bigint>;

/** Checks splits over `total` things and packs them: their position. `longest` becomes the size of the longest row. */
export function packSplits(arena: Arena, slot: Slot, splits: Splits, total: number, name: string): { at: number; longest: number } {
  const rows = splits.length - 1;
  const at = arena.reserve((rows + 1) * 4);
  const { u32 } = arena;
  if (isWords(splits)) {
    const longest = copyRising(splits, total, arena.i32, at / 4);
    if (longest >= 0 && u32[at / 4 + rows] === total) return { at, longest };
  }
  let last = 0;
  let longest = 0;
  for (let i = 0; i <= rows; ++i) {
    const split = Number(splits[i]);
    if (!(Number.isInteger(split) && split >= last && split <= total) || (i === 0 && split !== 0) || (i === rows && split !== total)) {
      const wanted = i === 0 ? 'be 0' : i === rows ? `be ${total}, the number of values` : `be an integer from ${last} to ${total}`;
      throw slot.problem('invalid_batch', `${name}[${i}] = ${String(splits[i])} must ${wanted}`, Math.max(0, i - 1), split);
    }
    if (split - last > longest) longest = split - last;
    u32[at / 4 + i] = last = split;
  }
  return { at, longest };
}
