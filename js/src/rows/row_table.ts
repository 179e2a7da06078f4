/** A table of which only some rows are held: those that batches have needed last, within a budget. */
import { FeatureColumnError } from '../errors.js';
import { TABLE_FORMATS } from '../loading/table_format.js';
import { abortable, onAbort } from '../loading/abort.js';
import { allocate, checked, nativeError, type Address, type Handle, type NativeModule } from '../runtime/module.js';
import { Gate } from './gate.js';
import { RowFetch, type FetchTarget } from './row_fetch.js';
import type { RowFile } from './row_file.js';
import type { RowPlace } from './row_place.js';
import { planRuns, type Run } from './runs.js';
import { Slots, SLOT_BYTES } from './slots.js';

/** How rows are fetched; all of it is stated in docs/tables.md. */
export interface RowOptions {
  /** Bytes that the table may take: rows, the book of them, and answers on their way. */
  readonly budget: number;
  /** Bytes between two rows that are rather read than asked around. */
  readonly gap: number;
  /** Requests at a time. */
  readonly concurrency: number;
  /** The name of a Cache that rows are kept in; '': none. */
  readonly keep: string;
}

export const DEFAULT_ROW_OPTIONS: RowOptions = { budget: 32 * 1024 * 1024, gap: 16 * 1024, concurrency: 6, keep: '' };

/** The part of the budget that is for answers on their way. */
const ANSWERS = 1 / 4;

/** What a request for some bytes takes: so many times as many, each with so many beside. */
export interface RequestCost {
  readonly copies: number;
  readonly rounding: number;
}

/** Rows that a batch uses: they stay in their slots until it lets go of them. */
export interface RowClaim {
  readonly table: RowTable;
  /** Ascending. */
  readonly ids: Uint32Array;
  readonly slots: Uint32Array;
  /** @throws FeatureColumnError as {@link RowFile.read} */
  arrive(signal: AbortSignal): Promise<void>;
  release(): void;
}

export class RowTable {
  readonly handle: Handle;
  readonly rows: number;
  readonly dimension: number;
  private readonly slots: Slots;
  private readonly gate: Gate;
  private readonly pending = new Map<number, RowFetch>();
  private readonly largest: number;
  private readonly rowBytes: number;
  /** Where each part's slots begin in the module's memory. */
  private readonly starts: readonly Address[];
  private closed = false;

  /** @throws FeatureColumnError `invalid_definition` for a budget without room for a row, `out_of_memory` */
  constructor(
    private readonly native: NativeModule,
    private readonly file: RowFile,
    private readonly place: RowPlace,
    readonly url: string,
    private readonly options: RowOptions,
    cost: RequestCost = { copies: 1, rounding: 0 },
  ) {
    const { rows, dimension, parts, format } = place;
    const { budget, concurrency } = options;
    this.rows = rows;
    this.dimension = dimension;
    this.rowBytes = parts.reduce((sum, { size }) => sum + size, 0);
    const forAnswers = budget * ANSWERS;
    this.largest = Math.floor(forAnswers / concurrency / cost.copies) - cost.rounding;
    const widest = Math.max(...parts.map(({ size }) => size));
    const capacity = Math.min(Math.max(rows, 1), Math.floor((budget - forAnswers) / (this.rowBytes + SLOT_BYTES)));
    if (capacity < 1 || this.largest < widest) {
      const least = Math.ceil(Math.max(((widest + cost.rounding) * cost.copies * concurrency) / ANSWERS, (this.rowBytes + SLOT_BYTES) / (1 - ANSWERS)));
      throw new FeatureColumnError('invalid_definition', `${url}: a budget of ${budget} bytes has no room for ${concurrency} requests of one row of ${this.rowBytes} bytes; give table.budget at least ${least}`, { value: budget });
    }
    this.gate = new Gate(concurrency);
    this.handle = checked(native, native.partialTableMake(rows, capacity, dimension, url, TABLE_FORMATS[format]));
    let at = native.tableData(this.handle);
    this.starts = parts.map(({ size }) => {
      const start = at;
      at += size * capacity;
      return start;
    });
    try {
      this.slots = new Slots(capacity);
    } catch {
      native.release(this.handle);
      throw new FeatureColumnError('out_of_memory', `${url}: ${capacity * SLOT_BYTES} bytes for the book of ${capacity} rows are not available; give a smaller table.budget`);
    }
  }

  /** Rows that are held, or on their way into their slots. */
  get held(): { readonly count: number; readonly bytes: number } {
    return { count: this.slots.count, bytes: this.slots.count * this.rowBytes };
  }

  /** The rows that the run just now has missed: each once, ascending. */
  missing(): Uint32Array {
    const words = this.native.tableMissing(this.handle);
    if (words === 0) throw nativeError(this.native);
    const { buffer } = this.native.HEAPU8;
    const [pointer, count] = new Uint32Array(buffer, words, 2) as unknown as [number, number];
    if (count === 0) return new Uint32Array(0);
    const ids = new Uint32Array(buffer, pointer, count).slice().sort();
    let distinct = 0;
    for (const id of ids) if (distinct === 0 || ids[distinct - 1] !== id) ids[distinct++] = id;
    return ids.slice(0, distinct);
  }

  /** @throws FeatureColumnError `out_of_memory` for a batch that needs more rows than the budget has room for */
  requireRoom(ids: Uint32Array): void {
    const { capacity } = this.slots;
    if (ids.length <= capacity) return;
    const least = Math.ceil((ids.length * (this.rowBytes + SLOT_BYTES)) / (1 - ANSWERS));
    throw new FeatureColumnError(
      'out_of_memory',
      `${this.url}: this batch needs ${ids.length} rows of ${this.rowBytes} bytes, and a budget of ${this.options.budget} bytes has room for ${capacity}; give fewer rows at a time, or table.budget at least ${least}`,
      { value: ids.length },
    );
  }

  /** Whether the rows find room beside those that are in use now. */
  fits(ids: Uint32Array): boolean {
    return this.slots.fits(ids);
  }

  /** Takes rows into use, and begins to fetch those that are not held. Requires that they fit. */
  claim(ids: Uint32Array): RowClaim {
    const { slots, pending } = this;
    const places = new Uint32Array(ids.length);
    const fetches = new Set<RowFetch>();
    const absent: number[] = [];
    // First those that are there, so that they are not given up for the others.
    ids.forEach((id, i) => {
      const slot = slots.find(id);
      if (slot < 0) return void absent.push(i);
      slots.pin(slot);
      places[i] = slot;
      const fetch = pending.get(slot);
      if (fetch) fetches.add(fetch);
    });
    for (const i of absent) {
      places[i] = slots.take(ids[i] as number, this.place.parts.length); // pinned by the fetch, which may go on for others
      slots.pin(places[i] as number);
    }
    if (absent.length > 0) fetches.add(this.fetch(Uint32Array.from(absent, (i) => ids[i] as number), Uint32Array.from(absent, (i) => places[i] as number)));
    for (const fetch of fetches) fetch.join();
    let released = false;
    return {
      table: this,
      ids,
      slots: places,
      arrive: async (signal) => {
        await abortable(Promise.all(Array.from(fetches, ({ arrived }) => arrived)), this.url, signal);
      },
      release: () => {
        if (released) return;
        released = true;
        for (const fetch of fetches) fetch.leave();
        for (const slot of places) slots.unpin(slot);
      },
    };
  }

  /** Runs `use` while the core finds the rows of `claim`, or none. */
  with<T>(claim: RowClaim | undefined, use: () => T): T {
    const { native, handle } = this;
    const count = claim?.ids.length ?? 0;
    const words = count === 0 ? 0 : allocate(native, count * 8, this.url);
    try {
      if (claim && count > 0) {
        const view = new Uint32Array(native.HEAPU8.buffer, words, count * 2);
        view.set(claim.ids);
        view.set(claim.slots, count);
      }
      if (!native.tableHold(handle, words, count)) throw nativeError(native);
      return use();
    } finally {
      native.tableHold(handle, 0, 0);
      if (words !== 0) native.free(words);
    }
  }

  close(): void {
    this.closed = true;
    this.native.release(this.handle);
  }

  private fetch(ids: Uint32Array, places: Uint32Array): RowFetch {
    const { slots, pending, place, native, options, url } = this;
    const target: FetchTarget = {
      read: ({ offset, size }, signal) => this.gate.pass(url, signal, () => withOwnSignal(signal, (own) => this.file.read(offset, size, own))),
      place: ({ part, offset, from, to }: Run, bytes) => {
        if (this.closed) return;
        const { offset: first, size } = place.parts[part] as { offset: number; size: number };
        const memory = native.HEAPU8;
        for (let i = from; i < to; ++i) {
          const at = first + (ids[i] as number) * size - offset;
          const slot = places[i] as number;
          memory.set(bytes.subarray(at, at + size), (this.starts[part] as number) + slot * size);
          slots.arrived(slot);
        }
      },
      ended: () => {
        for (const slot of places) {
          pending.delete(slot);
          if (!slots.isHeld(slot)) slots.drop(slot);
          slots.unpin(slot);
        }
      },
    };
    const fetch = new RowFetch(target, planRuns(ids, place.parts, options.gap, this.largest));
    for (const slot of places) pending.set(slot, fetch);
    return fetch;
  }
}

/** Each request listens on a signal of its own: Node warns of many listeners on one. */
async function withOwnSignal<T>(signal: AbortSignal, use: (own: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const end = onAbort(signal, () => controller.abort(signal.reason));
  try {
    return await use(controller.signal);
  } finally {
    end();
  }
}
