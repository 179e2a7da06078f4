/** A tape back into JavaScript values. */
import { Tag, type Stretch, type Tape } from './tape.js';

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });

/** The list of arguments that a tape holds. */
export function readTape(tape: Tape): unknown[] {
  return new TapeReader(tape).read() as unknown[];
}

class TapeReader {
  private stretch: Stretch;
  private stretchNumber = 0;
  private tag = 0;
  private number = 0;
  private integer = 0;
  private size = 0;
  private string = 0;
  private run = 0;
  private left = 0;
  private at = 0;
  private textAt = 0;
  private decoded = '';

  constructor(private readonly tape: Tape) {
    this.stretch = tape.stretches[0] as Stretch;
  }

  read(): unknown {
    if (this.tag === this.stretch.tags.length) this.turn();
    const { tags, numbers, integers, sizes } = this.stretch;
    switch (tags[this.tag++]) {
      case Tag.Undefined: return undefined;
      case Tag.Null: return null;
      case Tag.False: return false;
      case Tag.True: return true;
      case Tag.String: return this.text();
      case Tag.Number: return numbers[this.number++];
      case Tag.Int64: return integers[this.integer++];
      case Tag.BigInt: return BigInt(this.text());
      case Tag.Function: return () => {};
      case Tag.Symbol: return Symbol(this.text());
      case Tag.Named: {
        const kind = this.text(); // the object itself comes next
        return Object.assign(this.read() as object, { [Symbol.toStringTag]: kind });
      }
      case Tag.Foreign: return this.tape.foreign[sizes[this.size++] as number];
      case Tag.Array: {
        const values = new Array<unknown>(sizes[this.size++] as number);
        for (let i = 0; i < values.length; ++i) values[i] = this.read();
        return values;
      }
      default: {
        const count = sizes[this.size++] as number;
        const first = this.size;
        this.size += count;
        // A key such as "__proto__" is a member like any other.
        const members = Array.from({ length: count }, (_, i): [string, unknown] => [this.tape.keys[sizes[first + i] as number] as string, this.read()]);
        return Object.fromEntries(members);
      }
    }
  }

  /** To the next stretch; runs of strings end with their own. */
  private turn(): void {
    this.stretch = this.tape.stretches[++this.stretchNumber] as Stretch;
    this.tag = this.number = this.integer = this.size = this.string = this.run = this.textAt = 0;
  }

  private text(): string {
    const { text, lengths, runs } = this.stretch;
    if (this.left === 0) {
      this.left = runs[this.run++] as number;
      const size = runs[this.run++] as number;
      this.decoded = decoder.decode(text.subarray(this.textAt, this.textAt + size));
      this.textAt += size;
      this.at = 0;
    }
    --this.left;
    const length = lengths[this.string++] as number;
    this.at += length;
    return this.decoded.slice(this.at - length, this.at);
  }
}
