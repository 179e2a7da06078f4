/** Where arriving bytes are put: a block of the module's memory, or of JavaScript's. */
import { allocate, outOfMemory, type Address, type NativeModule } from '../runtime/module.js';
import type { EarlyLines } from './early_lines.js';
import type { Receiver } from './transfer.js';

/** A server's word on a length is a hint, not an order: no more than this is taken at once on it. */
const FIRST_SIZE_LIMIT = 64 * 1024 * 1024;
/** Of the module's memory, which takes none of the machine's before it is written to. */
const NATIVE_SIZE_LIMIT = 1024 * 1024 * 1024;
const FIRST_SIZE = 64 * 1024;

const firstSize = (expected: number | undefined, limit: number): number => Math.min(expected ?? FIRST_SIZE, limit);

/** Takes a whole file; `begin` as of {@link Receiver}, whose offset is 0. */
export interface ByteSink<T> extends Receiver {
  write(chunk: Uint8Array): void;
  /** All bytes have come. */
  finish(): T;
  /** Gives everything back. */
  discard(): void;
}

/** A file in the module's memory, from `allocate`: its owner frees it or gives it to a call that takes it over. */
export interface NativeFile {
  readonly address: Address;
  readonly bytes: number;
  /** What has been done of its lines, if any; `earlyEnd` lets go of it. */
  readonly early?: Address;
}

export class NativeSink implements ByteSink<NativeFile> {
  private address: Address = 0;
  private capacity = 0;
  private length = 0;

  constructor(
    private readonly native: NativeModule,
    private readonly what: string,
    private readonly lines?: EarlyLines,
  ) {}

  /** @throws FeatureColumnError `out_of_memory` */
  begin(_offset: number, total: number | undefined): void {
    this.length = 0;
    this.lines?.begin(total);
    // Memory grows once, before the first byte: growing block by block would hold the file twice at the last step.
    if (this.address !== 0 && firstSize(total, NATIVE_SIZE_LIMIT) <= this.capacity) return;
    this.discard();
    this.capacity = firstSize(total, NATIVE_SIZE_LIMIT);
    this.address = this.native.allocate(this.capacity);
    if (this.address !== 0) return;
    // Perhaps the server's word was too large.
    this.capacity = firstSize(total, FIRST_SIZE_LIMIT);
    this.address = allocate(this.native, this.capacity, this.what);
  }

  write(chunk: Uint8Array): void {
    const end = this.length + chunk.length;
    if (end > this.capacity) this.resize(Math.max(end, Math.min(this.capacity * 2, end + 256 * 1024 * 1024)));
    this.native.HEAPU8.set(chunk, this.address + this.length);
    this.length = end;
    this.lines?.arrived(this.address, end);
  }

  finish(): NativeFile {
    if (this.capacity > this.length) this.resize(this.length);
    return { address: this.address, bytes: this.length, early: this.lines?.take() ?? 0 };
  }

  discard(): void {
    this.lines?.end();
    if (this.address !== 0) this.native.free(this.address);
    this.address = 0;
  }

  private resize(capacity: number): void {
    const address = capacity < 2 ** 32 ? this.native.reallocate(this.address, capacity) : 0;
    if (address === 0) throw outOfMemory(capacity, this.what);
    this.address = address;
    this.capacity = capacity;
  }
}

export class ArraySink implements ByteSink<Uint8Array<ArrayBuffer>> {
  private block = new Uint8Array(0);
  private length = 0;

  begin(_offset: number, total: number | undefined): void {
    this.length = 0;
    const size = firstSize(total, FIRST_SIZE_LIMIT);
    if (size > this.block.length) this.block = new Uint8Array(size);
  }

  write(chunk: Uint8Array): void {
    const end = this.length + chunk.length;
    if (end > this.block.length) {
      const larger = new Uint8Array(Math.max(end, Math.min(this.block.length * 2, end + 256 * 1024 * 1024)));
      larger.set(this.finish());
      this.block = larger;
    }
    this.block.set(chunk, this.length);
    this.length = end;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.block.subarray(0, this.length);
  }

  discard(): void {
    this.block = new Uint8Array(0);
    this.length = 0;
  }
}
