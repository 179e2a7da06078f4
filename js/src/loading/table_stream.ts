/** Tables of .npy and .safetensors files, written into the module's memory while the file arrives. One reading serves all who ask. */
import { checked, type Address, type Handle, type NativeModule } from '../runtime/module.js';
import { onAbort, throwIfAborted } from './abort.js';
import { brokenFile, type ArrayPlace, type CheckShape } from './array_file.js';
import { ArraySink } from './byte_sink.js';
import { Expected } from './expected.js';
import type { Loader, Resolved } from './loader.js';
import { npyArray, npyHeaderSize, requireNpySize } from './npy.js';
import { safetensorsHead, safetensorsPlace } from './safetensors.js';
import { SharedCache, type Making } from './shared_cache.js';
import { newTable } from './memory_table.js';
import { tableFromFile } from './table_file.js';
import { tableFileKindOf, type TableFileKind } from './table_kind.js';
import type { Receiver } from './transfer.js';
import type { LoadOptions } from './types.js';

/** One who wants a table of a file. */
interface Wish {
  readonly tensor: string | undefined;
  readonly check: CheckShape;
  settle(outcome: { readonly table: Handle } | { readonly error: unknown }): void;
  /** Nobody waits for it any more. */
  gone: boolean;
}

/** A table that is being written. */
interface Begun {
  readonly wish: Wish;
  readonly place: ArrayPlace;
  readonly table: Handle;
  readonly address: Address;
}

interface Group {
  readonly key: string;
  readonly wishes: Wish[];
}

interface Arrived {
  readonly loaded: number;
  readonly total?: number;
}

/** Enough to tell what kind of file it is, and how long its header is. */
const FIRST = 12;

export class TableStreams {
  private readonly expected = new Map<string, Expected>();
  private readonly waiting = new Map<string, Group>();
  private readonly readings = new SharedCache<void, Arrived>(() => {});
  private next = 1;

  constructor(
    private readonly native: NativeModule,
    private readonly loader: Loader,
  ) {}

  /** Tells that a table of this file will be asked for when `promise` is settled: the file is not read before. */
  expect(file: Resolved, promise: PromiseLike<unknown>): void {
    let expected = this.expected.get(file.key);
    if (!expected) this.expected.set(file.key, (expected = new Expected()));
    expected.add(promise);
  }

  /**
   * A table of a file: the handle. `kind` 'bytes': by its first ones.
   *
   * @throws FeatureColumnError those of storedTable and of reading files, those of `check`, `out_of_memory`
   */
  async load(file: Resolved, kind: TableFileKind | 'bytes', tensor: string | undefined, check: CheckShape, options: LoadOptions): Promise<Handle> {
    throwIfAborted(file.url, options.signal);
    let group = this.waiting.get(file.key);
    if (!group) this.waiting.set(file.key, (group = { key: String(this.next++), wishes: [] }));
    const { key, wishes } = group;
    let settle: Wish['settle'] = () => {};
    const table = new Promise<Handle>((resolve, reject) => (settle = (outcome) => ('table' in outcome ? resolve(outcome.table) : reject(outcome.error))));
    const wish: Wish = { tensor, check, settle, gone: false };
    wishes.push(wish);
    const listener = options.onProgress && ((arrived: Arrived) => options.onProgress?.({ phase: 'table', url: file.url, ...arrived }));
    const own = new AbortController();
    const end = options.signal && onAbort(options.signal, () => own.abort(options.signal?.reason));
    const reading = this.readings.acquire(key, file.url, (making) => this.read(file, kind, wishes, making), own.signal, listener);
    reading.then((share) => share.release(), () => {});
    try {
      // A table that cannot be had fails before the file is at its end.
      await Promise.race([reading, table]);
      return await table;
    } catch (error) {
      wish.gone = true;
      table.then((handle) => this.native.release(handle), () => {});
      throw error;
    } finally {
      end?.();
      own.abort();
    }
  }

  private async read(file: Resolved, kind: TableFileKind | 'bytes', wishes: readonly Wish[], { signal, report }: Making<Arrived>): Promise<void> {
    const expected = this.expected.get(file.key) ?? new Expected();
    await Promise.all([expected.all(), this.native.parts.told(signal)]);
    if (!expected.any) this.expected.delete(file.key);
    if (this.waiting.get(file.key)?.wishes === wishes) this.waiting.delete(file.key);
    const writer = new TableWriter(this.native, file.url, kind, wishes);
    try {
      await this.loader.transfer(file, writer, { signal, report: (loaded, total) => report(total === undefined ? { loaded } : { loaded, total }) });
      await writer.finish(signal);
    } catch (error) {
      writer.discard();
      for (const wish of wishes) wish.settle({ error });
      throw error;
    }
  }
}

class TableWriter implements Receiver {
  private head = new Uint8Array(0);
  private headSize = FIRST;
  private total: number | undefined;
  private at = 0;
  private begun: Begun[] | undefined;
  /** Of kinds that cannot be read in pieces. */
  private whole: ArraySink | undefined;
  private kind: TableFileKind | undefined;

  constructor(
    private readonly native: NativeModule,
    private readonly url: string,
    private readonly given: TableFileKind | 'bytes',
    private readonly wishes: readonly Wish[],
  ) {}

  begin(_offset: number, total: number | undefined): void {
    this.discard();
    this.head = new Uint8Array(0);
    this.headSize = FIRST;
    this.total = total;
    this.at = 0;
    this.kind = undefined;
    this.whole = undefined;
  }

  write(chunk: Uint8Array): void {
    if (this.whole) return this.whole.write(chunk);
    if (this.begun) return this.store(chunk);
    // Headers of models with many tensors come in many chunks: grown by doubling, not by each.
    const { head, at } = this;
    const end = at + chunk.length;
    if (end > head.length) {
      this.head = new Uint8Array(Math.max(end, Math.min(2 * head.length, this.headSize)));
      this.head.set(head.subarray(0, at));
    }
    this.head.set(chunk, at);
    this.at = end;
    if (end >= this.headSize) this.readHead(this.head.subarray(0, end));
  }

  /** The file has come to its end. */
  async finish(signal: AbortSignal): Promise<void> {
    if (!this.whole && !this.begun) this.readHead(this.head.subarray(0, this.at), true);
    if (this.whole) {
      const bytes = (this.whole as ArraySink).finish();
      for (const wish of this.open()) {
        await tableFromFile(this.native, bytes, this.kind as TableFileKind, wish.tensor, this.url, wish.check, signal).then(
          (table) => this.give(wish, table),
          (error: unknown) => wish.settle({ error }),
        );
      }
      return;
    }
    for (const { wish, place, table } of this.begun ?? []) {
      try {
        this.requireSize(place, this.at);
        this.give(wish, table);
      } catch (error) {
        this.native.release(table);
        wish.settle({ error });
      }
    }
    this.begun = undefined;
  }

  /** Lets go of tables that are not whole. */
  discard(): void {
    for (const { table } of this.begun ?? []) this.native.release(table);
    this.begun = undefined;
  }

  private give(wish: Wish, table: Handle): void {
    if (wish.gone) this.native.release(table);
    else wish.settle({ table });
  }

  private open(): readonly Wish[] {
    return this.wishes.filter(({ gone }) => !gone);
  }

  private readHead(bytes: Uint8Array<ArrayBuffer>, atEnd = false): void {
    const { url, total } = this;
    this.kind ??= this.given === 'bytes' ? tableFileKindOf(bytes) : this.given;
    if (this.kind === 'npy' || this.kind === 'safetensors') {
      const size = atEnd ? bytes.length : total;
      this.headSize = this.kind === 'npy' ? npyHeaderSize(bytes, url) : safetensorsHead(bytes, url, size ?? Infinity);
      if (bytes.length < this.headSize && !atEnd) return;
      this.begun = [];
      for (const wish of this.open()) this.beginTable(wish, bytes, size);
      if (this.begun.length === 0 && this.wishes.length > 0) throw brokenFile(`${url} has none of the tables that were asked for`); // each was told why
      this.at = 0;
      this.store(bytes);
    } else {
      this.whole = new ArraySink();
      this.whole.begin(0, total);
      this.whole.write(bytes);
    }
    this.head = new Uint8Array(0);
  }

  private beginTable(wish: Wish, head: Uint8Array, size: number | undefined): void {
    const { native, url } = this;
    try {
      const place = this.kind === 'npy' ? npyArray(head, url) : safetensorsPlace(head, wish.tensor, url, size ?? Number.MAX_SAFE_INTEGER);
      if (size !== undefined) this.requireSize(place, size);
      wish.check(place.shape, wish.tensor ?? url);
      const table = newTable(native, place.shape, url, place.format);
      this.begun?.push({ wish, place, table, address: checked(native, native.tableData(table)) });
    } catch (error) {
      wish.settle({ error });
      wish.gone = true;
    }
  }

  private requireSize(place: ArrayPlace, size: number): void {
    if (this.kind === 'npy') return requireNpySize(place, this.url, size);
    const end = Math.max(...place.parts.map((part) => part.offset + part.size));
    if (size < end) throw brokenFile(`${this.url} is cut off: a tensor ends at byte ${end} of ${size}`);
  }

  private store(chunk: Uint8Array): void {
    const from = this.at;
    const to = (this.at += chunk.length);
    for (const { wish, place, address } of this.begun ?? []) {
      if (wish.gone) continue;
      let part = address;
      for (const { offset, size } of place.parts) {
        const [begin, end] = [Math.max(from, offset), Math.min(to, offset + size)];
        if (begin < end) this.native.HEAPU8.set(chunk.subarray(begin - from, end - from), part + begin - offset);
        part += size;
      }
    }
  }
}
