/** Things that many may ask for and that are made once: files in flight, vocabularies, checkpoints, tables. */
import { abortable, throwIfAborted } from './abort.js';

export interface Share<T> {
  readonly value: T;
  /** Gives the share back; the last one disposes of the value. Later calls do nothing. */
  release(): void;
  /** Takes the value out of the cache if this is its only share, which then must dispose of it; else undefined. */
  take(): T | undefined;
}

/** What a maker is given: the signal that fires when nobody waits any more, and a report to all who wait. */
export interface Making<R> {
  readonly signal: AbortSignal;
  report(progress: R): void;
}

/** Who hears of progress. One that throws ends its caller's own wait, as an abort does: others go on. */
interface Told<R> {
  readonly listener: (progress: R) => void;
  readonly reject: (error: unknown) => void;
}

class Entry<T, R> {
  readonly controller = new AbortController();
  readonly listeners = new Set<Told<R>>();
  users = 0;
  made: { readonly value: T } | undefined;
  promise!: Promise<T>;
}

/** A value lives from the first who asks for its key to the last who gives it back. A failure leaves nothing: the next one tries anew. */
export class SharedCache<T, R = never> {
  private readonly entries = new Map<string, Entry<T, R>>();

  constructor(private readonly dispose: (value: T) => void) {}

  /**
   * The value of `key`, from `make` if there is none. An abort ends only the caller's own wait; the making ends when
   * nobody waits.
   */
  async acquire(key: string, what: string, make: (making: Making<R>) => Promise<T>, signal?: AbortSignal, listener?: (progress: R) => void): Promise<Share<T>> {
    throwIfAborted(what, signal);
    const entry = this.entries.get(key) ?? this.begin(key, make);
    entry.users += 1;
    let told: Told<R> | undefined;
    const wait = listener
      ? new Promise<T>((resolve, reject) => {
          entry.listeners.add((told = { listener, reject }));
          entry.promise.then(resolve, reject);
        })
      : entry.promise;
    try {
      const value = await abortable(wait, what, signal);
      throwIfAborted(what, signal);
      return this.share(key, entry, value);
    } catch (error) {
      this.leave(key, entry);
      throw error;
    } finally {
      if (told) entry.listeners.delete(told);
    }
  }

  get size(): number {
    return this.entries.size;
  }

  private begin(key: string, make: (making: Making<R>) => Promise<T>): Entry<T, R> {
    const entry = new Entry<T, R>();
    this.entries.set(key, entry);
    const report = (progress: R) => {
      for (const { listener, reject } of entry.listeners) {
        try {
          listener(progress);
        } catch (error) {
          reject(error);
        }
      }
    };
    entry.promise = (async () => {
      try {
        const value = await make({ signal: entry.controller.signal, report });
        entry.made = { value };
        if (entry.users === 0) this.drop(key, entry);
        return value;
      } catch (error) {
        this.forget(key, entry);
        throw error;
      }
    })();
    entry.promise.catch(() => {}); // every caller has its own wait
    return entry;
  }

  private share(key: string, entry: Entry<T, R>, value: T): Share<T> {
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      this.leave(key, entry);
    };
    const take = () => {
      if (!held || entry.users > 1) return undefined;
      held = false;
      entry.made = undefined;
      this.forget(key, entry);
      return value;
    };
    return { value, release, take };
  }

  private leave(key: string, entry: Entry<T, R>): void {
    entry.users -= 1;
    if (entry.users === 0) this.drop(key, entry);
  }

  private drop(key: string, entry: Entry<T, R>): void {
    this.forget(key, entry);
    const { made } = entry;
    entry.made = undefined;
    if (made) this.dispose(made.value);
    else entry.controller.abort();
  }

  private forget(key: string, entry: Entry<T, R>): void {
    if (this.entries.get(key) === entry) this.entries.delete(key);
  }
}
