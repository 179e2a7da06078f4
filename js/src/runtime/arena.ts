/** The block of wasm memory that batches are packed into: kept from batch to batch, and grown when one needs more. */
import { unreadable } from '../batch/form.js';
import { allocate, outOfMemory, type Address, type NativeModule } from './module.js';

const FIRST_CAPACITY = 16 * 1024;
const ALIGNMENT = 8;
const LINE = 64;
/** Views from the first lines of the block on are kept: what small batches have written to is asked for again. */
const KEPT_LINES = 256;

/**
 * Positions are byte offsets from the start of the block, as in the packed batch. The views span the block; they are made
 * anew when the block or the memory under it moves, so take them from here after each {@link reserve} and keep none.
 */
export class Arena {
  u8 = new Uint8Array(0);
  i32 = new Int32Array(0);
  u32 = new Uint32Array(0);
  f32 = new Float32Array(0);
  f64 = new Float64Array(0);
  i64 = new BigInt64Array(0);
  /** Where the next {@link reserve} begins; the number of bytes in use. */
  end = 0;
  private rests: Uint8Array[] = [];
  private block: Address = 0;
  private capacity = 0;

  constructor(private readonly native: NativeModule) {}

  /** The block's address in the module's memory. Moves when the block grows. */
  get address(): Address {
    return this.block;
  }

  /** Forgets what is in the block and refreshes the views: the start of a batch. */
  begin(): void {
    this.end = 0;
    if (this.block === 0) {
      this.capacity = FIRST_CAPACITY;
      this.block = allocate(this.native, this.capacity, 'a batch');
    }
    if (this.u8.length !== this.capacity) this.refresh(); // growth of the memory has left it without a length
  }

  /** Room for `bytes` more, at a multiple of 8: its position. @throws FeatureColumnError `out_of_memory` */
  reserve(bytes: number): number {
    const at = (this.end + ALIGNMENT - 1) & -ALIGNMENT;
    if (at + bytes > this.capacity) this.grow(at + bytes);
    this.end = at + bytes;
    return at;
  }

  /** Makes sure that `bytes` can be written from {@link end} on, without taking them. */
  ensure(bytes: number): void {
    if (this.end + bytes > this.capacity) this.grow(this.end + bytes);
  }

  /** The beginning of a line: a position that few others lie beside, so that {@link restFrom} has a view from there. */
  reserveLine(): number {
    this.end = (this.end + LINE - 1) & -LINE;
    return this.reserve(0);
  }

  /** Writes a caller's bytes, for which there is room, at `at`. @throws FeatureColumnError `invalid_batch` if their memory is gone */
  write(bytes: Uint8Array, at: number): void {
    try {
      this.u8.set(bytes, at);
    } catch (error) {
      throw unreadable(error, 'bytes');
    }
  }

  /** The bytes from `start` to the end of the block. */
  restFrom(start: number): Uint8Array {
    const line = start / LINE;
    if (line >= KEPT_LINES || start % LINE !== 0) return this.u8.subarray(start);
    return (this.rests[line] ??= this.u8.subarray(start));
  }

  /** Gives the block back; a later batch takes a new one. */
  release(): void {
    if (this.block !== 0) this.native.free(this.block);
    this.block = this.capacity = this.end = 0;
    this.refresh();
  }

  get bytes(): number {
    return this.capacity;
  }

  private grow(needed: number): void {
    // Half as much again, so that a batch written piece by piece is moved few times.
    const capacity = Math.ceil(Math.max(needed, this.capacity * 1.5) / ALIGNMENT) * ALIGNMENT;
    const block = capacity < 2 ** 31 ? this.native.reallocate(this.block, capacity) : 0;
    if (block === 0) throw outOfMemory(capacity, 'a batch');
    this.block = block;
    this.capacity = capacity;
    this.refresh();
  }

  private refresh(): void {
    const { buffer } = this.native.HEAPU8;
    this.rests = [];
    this.u8 = new Uint8Array(buffer, this.block, this.capacity);
    this.i32 = new Int32Array(buffer, this.block, this.capacity / 4);
    this.u32 = new Uint32Array(buffer, this.block, this.capacity / 4);
    this.f32 = new Float32Array(buffer, this.block, this.capacity / 4);
    this.f64 = new Float64Array(buffer, this.block, this.capacity / 8);
    this.i64 = new BigInt64Array(buffer, this.block, this.capacity / 8);
  }
}
