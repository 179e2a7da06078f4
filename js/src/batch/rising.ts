/** Offsets and splits that come as typed arrays of 32 bits, the way Arrow and most callers have them: copied and checked quickly. */

/** An array that {@link copyRising} takes. */
export const isWords = (numbers: object): numbers is Uint32Array | Int32Array => numbers instanceof Uint32Array || numbers instanceof Int32Array;

/**
 * Copies numbers and answers the longest step between two; -1 if they do not begin with 0, fall somewhere or end beyond `most`: what
 * is wrong, and where, is then for the caller to find. The copy is what is checked: memory may be shared.
 */
export function copyRising(numbers: Uint32Array | Int32Array, most: number, target: Int32Array, at: number): number {
  const end = at + numbers.length;
  target.set(numbers, at);
  let last = 0;
  let longest = 0;
  for (let i = at; i < end; ++i) {
    const number = target[i] as number;
    const step = (number - last) | 0; // of numbers from 2^31 on it is below 0
    if (step < 0) return -1;
    if (step > longest) longest = step;
    last = number;
  }
  return target[at] === 0 && last <= most ? longest : -1;
}
