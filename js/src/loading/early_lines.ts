/**
 * The lines of a vocabulary file, put into their table while the file arrives: a page is not held up for all of them when its last byte is
 * there. Where nothing comes of it, the vocabulary is built as if it had not been tried.
 */
import type { Address, NativeModule } from '../runtime/module.js';
import { isPrebuilt } from './prebuilt_magic.js';

/** Files that are shorter are read in one go. */
const SHORTEST = 1024 * 1024;
/** Bytes between two turns: some 2 ms of work. */
const STEP = 512 * 1024;

export class EarlyLines {
  private early: Address = 0;
  private total = 0;
  private seen = 0;

  /** `size`: lines that are wanted; negative: all. */
  constructor(
    private readonly native: NativeModule,
    private readonly size: number,
  ) {}

  /** The file comes from its beginning. */
  begin(total: number | undefined): void {
    this.end();
    this.total = total ?? 0;
    this.seen = 0;
  }

  /** So many bytes are there. */
  arrived(address: Address, bytes: number): void {
    const { native, total, size } = this;
    if (bytes - this.seen < STEP || (total < SHORTEST && (total > 0 || size < 0)) || !native.parts.has('vocabulary')) return;
    if (bytes === total) return; // it is all there: who had it in one piece is to lose nothing
    this.seen = bytes;
    if (isPrebuilt(native.HEAPU8.subarray(address, address + bytes))) this.seen = Infinity;
    else native.earlyArrived((this.early ||= native.earlyLines(total, size)), address, bytes);
  }

  /** What has been done, for `vocabularyFromText` and then `earlyEnd`; 0: nothing. */
  take(): Address {
    const { early } = this;
    this.early = 0;
    return early;
  }

  end(): void {
    const early = this.take();
    if (early) this.native.earlyEnd(early);
  }
}
