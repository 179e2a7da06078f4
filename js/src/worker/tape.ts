/**
 * Values on their way to the worker: a tape of tags, with strings as UTF-8 and numbers in typed arrays, whose memory is moved
 * and not copied. To clone a million strings one by one would block the page for a tenth of a second; this is written piece by
 * piece, and the page goes on in between. What comes out at the other end is what went in; what no batch may hold is only named,
 * so that it is refused there as it would be here.
 */
export const Tag = { Undefined: 0, Null: 1, False: 2, True: 3, String: 4, Number: 5, Int64: 6, BigInt: 7, Array: 8, Object: 9, Foreign: 10, Function: 11, Symbol: 12, Named: 13 } as const;

/** A stretch of tape: a tag and what belongs to it are in one. All arrays have memory of their own. */
export interface Stretch {
  readonly tags: Uint8Array<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly integers: BigInt64Array<ArrayBuffer>;
  /** Sizes of arrays; of objects the number of members, then the number of each key; of foreign values their number. */
  readonly sizes: Uint32Array<ArrayBuffer>;
  /** All strings one behind the other, in UTF-8; how many characters (UTF-16) each has; and runs that are decoded as one. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly runs: Uint32Array<ArrayBuffer>;
}

/** A value as it travels. */
export interface Tape {
  readonly stretches: readonly Stretch[];
  readonly keys: readonly string[];
  /** Typed arrays, blobs and the like, which structured cloning knows. */
  readonly foreign: readonly unknown[];
}
