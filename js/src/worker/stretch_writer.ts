/** One stretch of tape, as it is written. */
import type { Stretch } from './tape.js';

type Typed = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

const FIRST = 64;
// A stretch is full after so many tags, or bytes of text: its arrays are copied when they grow, and nothing larger ever is.
const MOST_TAGS = 1 << 15;
const MOST_TEXT = 1 << 19;
// Joined, strings cost one call of the encoder; see batch/utf8.ts.
const STRINGS_A_RUN = 512;
const CHARACTERS_A_RUN = 1 << 15;

const encoder = /* @__PURE__ */ new TextEncoder();

function grown<T extends Typed>(array: T, needed: number): T {
  const larger = new (array.constructor as new (size: number) => T)(Math.max(needed, 2 * array.length, FIRST));
  (larger as Uint8Array).set(array as Uint8Array);
  return larger;
}

export class StretchWriter {
  private tags = new Uint8Array(FIRST);
  private numbers = new Float64Array(0);
  private integers = new BigInt64Array(0);
  private sizes = new Uint32Array(FIRST);
  private utf8 = new Uint8Array(0);
  private lengths = new Uint32Array(0);
  private runs = new Uint32Array(0);
  private tagCount = 0;
  private numberCount = 0;
  private integerCount = 0;
  private sizeCount = 0;
  private textSize = 0;
  private stringCount = 0;
  private runCount = 0;
  private joined = '';
  private joinedStrings = 0;

  get isFull(): boolean {
    return this.tagCount >= MOST_TAGS || this.textSize >= MOST_TEXT;
  }

  tag(tag: number): void {
    if (this.tagCount === this.tags.length) this.tags = grown(this.tags, 0);
    this.tags[this.tagCount++] = tag;
  }

  size(value: number): void {
    if (this.sizeCount === this.sizes.length) this.sizes = grown(this.sizes, 0);
    this.sizes[this.sizeCount++] = value;
  }

  number(value: number): void {
    if (this.numberCount === this.numbers.length) this.numbers = grown(this.numbers, 0);
    this.numbers[this.numberCount++] = value;
  }

  integer(value: bigint): void {
    if (this.integerCount === this.integers.length) this.integers = grown(this.integers, 0);
    this.integers[this.integerCount++] = value;
  }

  text(value: string): void {
    if (this.stringCount === this.lengths.length) this.lengths = grown(this.lengths, 0);
    this.lengths[this.stringCount++] = value.length;
    this.joined += value;
    if (++this.joinedStrings === STRINGS_A_RUN || this.joined.length > CHARACTERS_A_RUN) this.endRun();
  }

  finish(): Stretch {
    this.endRun();
    return {
      tags: this.tags.subarray(0, this.tagCount), numbers: this.numbers.subarray(0, this.numberCount), integers: this.integers.subarray(0, this.integerCount),
      sizes: this.sizes.subarray(0, this.sizeCount), text: this.utf8.subarray(0, this.textSize), lengths: this.lengths.subarray(0, this.stringCount),
      runs: this.runs.subarray(0, this.runCount),
    };
  }

  private endRun(): void {
    if (this.joinedStrings === 0) return;
    const most = this.joined.length * 3;
    if (this.textSize + most > this.utf8.length) this.utf8 = grown(this.utf8, this.textSize + most);
    const { written } = encoder.encodeInto(this.joined, this.utf8.subarray(this.textSize));
    if (this.runCount + 2 > this.runs.length) this.runs = grown(this.runs, 0);
    this.runs[this.runCount++] = this.joinedStrings;
    this.runs[this.runCount++] = written;
    this.textSize += written;
    this.joined = '';
    this.joinedStrings = 0;
  }
}
