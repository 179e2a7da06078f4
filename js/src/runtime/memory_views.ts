/** The module's memory as numbers. A view costs more to make than a small batch to run, so these are kept while the memory stands. */
import type { Address, NativeModule } from './module.js';

export class MemoryViews {
  private readonly native: NativeModule;
  u32 = new Uint32Array(0);
  i32 = new Int32Array(0);
  private f32 = new Float32Array(0);
  private part = this.f32;
  private partBefore = this.f32;

  constructor(native: NativeModule) {
    this.native = native;
  }

  /**
   * Makes the views anew if memory has grown: after each call into the module that may allocate. Views of before have no length then, which
   * is known at once; to ask two views for their buffers takes the engine 100 ns.
   */
  refresh(): void {
    if (this.u32.length > 0) return;
    const { buffer } = this.native.HEAPU8;
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.part = this.partBefore = this.f32;
  }

  /** `count` floats from the `from`-th on. The last two views are kept: batches of one kind leave their outputs in two places by turns. */
  floats(from: number, count: number): Float32Array {
    const { part, partBefore } = this;
    const start = from * 4;
    if (part.byteOffset === start && part.length === count) return part;
    this.partBefore = part;
    this.part = partBefore.byteOffset === start && partBefore.length === count ? partBefore : this.f32.subarray(from, from + count);
    return this.part;
  }
}

/** The index of a 32-bit number, from an address that a plain export gave as a signed one. */
export const wordAt = (address: Address): number => address >>> 2;
