/** Where arriving bytes are put: a block of the module's memory, or of JavaScript's. */
import { allocate, outOfMemory, type Address, type NativeModule } from '../runtime/module.js';

/** A server's word on a length is a hint, not an order: no more than this is taken at once on it. */
const FIRST_SIZE_LIMIT = 64 * 1024 * 1024;
const FIRST_SIZE = 64 * 1024;

const firstSize = (expected: number | undefined): number => Math.min(expected ?? FIRST_SIZE, FIRST_SIZE_LIMIT);

export interface ByteSink<T> {
  write(chunk: Uint8Array): void;
  /** The bytes so far. Valid until the next write. */
  view(): Uint8Array<ArrayBuffer>;
  finish(): T;
  /** Gives everything back. */
  discard(): void;
}

/** A file in the module's memory, from `allocate`: its owner frees it or gives it to a call that takes it over. */
export interface NativeFile {
  readonly address: Address;
  readonly bytes: number;
}

export class NativeSink implements ByteSink<NativeFile> {
  private address: Address;
  private capacity: number;
  private length = 0;

  /** @throws FeatureColumnError `out_of_memory` */
  constructor(
    private readonly native: NativeModule,
    private readonly what: string,
    expected?: number,
  ) {
    this.capacity = firstSize(expected);
    this.address = allocate(native, this.capacity, what);
  }

  write(chunk: Uint8Array): void {
    const end = this.length + chunk.length;
    if (end > this.capacity) this.resize(Math.max(end, Math.min(this.capacity * 2, end + 256 * 1024 * 1024)));
    this.native.HEAPU8.set(chunk, this.address + this.length);
    this.length = end;
  }

  view(): Uint8Array<ArrayBuffer> {
    return this.native.HEAPU8.subarray(this.address, this.address + this.length);
  }

  finish(): NativeFile {
    if (this.capacity > this.length) this.resize(this.length);
    return { address: this.address, bytes: this.length };
  }

  discard(): void {
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
  private block: Uint8Array<ArrayBuffer>;
  private length = 0;

  constructor(expected?: number) {
    this.block = new Uint8Array(firstSize(expected));
  }

  write(chunk: Uint8Array): void {
    const end = this.length + chunk.length;
    if (end > this.block.length) {
      const larger = new Uint8Array(Math.max(end, Math.min(this.block.length * 2, end + 256 * 1024 * 1024)));
      larger.set(this.view());
      this.block = larger;
    }
    this.block.set(chunk, this.length);
    this.length = end;
  }

  view(): Uint8Array<ArrayBuffer> {
    return this.block.subarray(0, this.length);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.view();
  }

  discard(): void {
    this.block = new Uint8Array(0);
    this.length = 0;
  }
}
