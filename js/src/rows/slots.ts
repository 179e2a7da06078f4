/**
 * The rows of a table that are held: which row is in which slot, what is in use, and what has not been used for longest.
 *
 * A slot is free, or has a row that is on its way or held. While somebody uses a row it is pinned and stays; a held row that
 * nobody uses stays until its slot is needed, the least recently used first.
 */

/** What the book costs for a slot, at most: five arrays, and up to 4 places of 4 bytes in the index. */
export const SLOT_BYTES = 4 * 4 + 1 + 16;

const NONE = -1;

export class Slots {
  private readonly ids: Uint32Array;
  private readonly pins: Uint32Array;
  /** Parts of the row that have not arrived. */
  private readonly left: Uint8Array;
  /** Neighbours among the held rows that nobody uses; `next` also chains the free slots. */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private oldest = NONE;
  private newest = NONE;
  private free = NONE;
  private used = 0;
  private pinned = 0;
  private idle = 0;
  /** Slots by a hash of their id, with linear probing. */
  private readonly index: Int32Array;
  private readonly mask: number;
  private readonly shift: number;

  constructor(readonly capacity: number) {
    this.ids = new Uint32Array(capacity);
    this.pins = new Uint32Array(capacity);
    this.left = new Uint8Array(capacity);
    this.next = new Int32Array(capacity);
    this.previous = new Int32Array(capacity);
    let places = 2;
    while (places < capacity * 2) places *= 2;
    this.index = new Int32Array(places).fill(NONE);
    this.mask = places - 1;
    this.shift = Math.clz32(this.mask);
  }

  /** Bytes of the book. */
  get bytes(): number {
    return this.ids.byteLength + this.pins.byteLength + this.left.byteLength + this.next.byteLength + this.previous.byteLength + this.index.byteLength;
  }

  /** Rows that are held or on their way. */
  get count(): number {
    return this.pinned + this.idle;
  }

  /** The slot of a row, or -1. */
  find(id: number): number {
    return this.index[this.placeOf(id)] as number;
  }

  /** Whether rows can be pinned together with those that are now. */
  fits(ids: Uint32Array): boolean {
    let more = 0;
    for (const id of ids) {
      const slot = this.find(id);
      if (slot === NONE || this.pins[slot] === 0) ++more;
    }
    return this.pinned + more <= this.capacity;
  }

  isHeld(slot: number): boolean {
    return this.left[slot] === 0;
  }

  pin(slot: number): void {
    this.pins[slot] = (this.pins[slot] as number) + 1;
    if (this.pins[slot] !== 1) return;
    this.unlink(slot);
    this.idle -= 1;
    this.pinned += 1;
  }

  /** A pinned slot for a row that has none, of which `parts` have to arrive. Requires that it {@link fits}. */
  take(id: number, parts: number): number {
    let slot: number;
    if (this.free !== NONE) {
      slot = this.free;
      this.free = this.next[slot] as number;
    } else if (this.used < this.capacity) {
      slot = this.used++;
    } else {
      slot = this.oldest;
      this.unlink(slot);
      this.idle -= 1;
      this.erase(slot);
    }
    this.ids[slot] = id;
    this.left[slot] = parts;
    this.pins[slot] = 1;
    this.pinned += 1;
    this.index[this.placeOf(id)] = slot;
    return slot;
  }

  /** A part of the row in the slot is there. */
  arrived(slot: number): void {
    this.left[slot] = (this.left[slot] as number) - 1;
  }

  /** A row that is on its way will not arrive: from now on it has no slot; this one is free when its pins are gone. */
  drop(slot: number): void {
    this.erase(slot);
  }

  unpin(slot: number): void {
    this.pins[slot] = (this.pins[slot] as number) - 1;
    if (this.pins[slot] !== 0) return;
    this.pinned -= 1;
    if (this.left[slot] !== 0) {
      this.next[slot] = this.free;
      this.free = slot;
      return;
    }
    this.idle += 1;
    this.previous[slot] = this.newest;
    this.next[slot] = NONE;
    if (this.newest === NONE) this.oldest = slot;
    else this.next[this.newest] = slot;
    this.newest = slot;
  }

  private unlink(slot: number): void {
    const before = this.previous[slot] as number;
    const after = this.next[slot] as number;
    if (before === NONE) this.oldest = after;
    else this.next[before] = after;
    if (after === NONE) this.newest = before;
    else this.previous[after] = before;
  }

  private home(id: number): number {
    return Math.imul(id, 0x9e3779b1) >>> this.shift;
  }

  /** Where the row stands in the index, or the empty place where it would. */
  private placeOf(id: number): number {
    let place = this.home(id);
    for (;;) {
      const slot = this.index[place] as number;
      if (slot === NONE || this.ids[slot] === id) return place;
      place = (place + 1) & this.mask;
    }
  }

  /** Takes a row out of the index, and moves up those behind it that would not be found across the hole. */
  private erase(slot: number): void {
    let hole = this.placeOf(this.ids[slot] as number);
    if (this.index[hole] !== slot) return;
    for (let place = (hole + 1) & this.mask; this.index[place] !== NONE; place = (place + 1) & this.mask) {
      const home = this.home(this.ids[this.index[place] as number] as number);
      const distance = (place - home) & this.mask;
      if (distance < ((place - hole) & this.mask)) continue;
      this.index[hole] = this.index[place] as number;
      hole = place;
    }
    this.index[hole] = NONE;
  }
}
