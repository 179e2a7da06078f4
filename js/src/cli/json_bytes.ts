/** JSON as bytes, written piece by piece. */
const HEX = '0123456789abcdef';
const SHORT: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r' };

/** How a byte is written inside a string, where it is not written as it is. */
const ESCAPES: readonly (Uint8Array | undefined)[] = Array.from({ length: 93 }, (_, byte) => {
  const text =
    byte === 34 || byte === 92 ? `\\${String.fromCharCode(byte)}`
    : byte >= 32 ? ''
    : byte in SHORT ? `\\${SHORT[byte]}`
    : `\\u00${HEX[byte >> 4]}${HEX[byte & 15]}`;
  return text === '' ? undefined : new TextEncoder().encode(text);
});
const LONGEST_ESCAPE = 6;

export class JsonBytes {
  private bytes: Uint8Array<ArrayBuffer>;
  private size = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Where the next byte goes; {@link rewind} goes back to it. */
  get end(): number {
    return this.size;
  }

  rewind(end: number): void {
    this.size = end;
  }

  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.size);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.size++] = value;
  }

  append(source: Uint8Array, from = 0, to = source.length): void {
    this.reserve(to - from);
    for (let i = from; i < to; ++i) this.bytes[this.size++] = source[i] as number;
  }

  /** `source` from `from` to `to`, quoted and escaped. */
  string(source: Uint8Array, from: number, to: number): void {
    this.reserve((to - from) * LONGEST_ESCAPE + 2);
    const { bytes } = this;
    let at = this.size;
    bytes[at++] = 34;
    for (let i = from; i < to; ++i) {
      const byte = source[i] as number;
      const escape = ESCAPES[byte];
      if (escape === undefined) bytes[at++] = byte;
      else for (let k = 0; k < escape.length; ++k) bytes[at++] = escape[k] as number;
    }
    bytes[at++] = 34;
    this.size = at;
  }

  private reserve(more: number): void {
    if (this.size + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.size + more));
    larger.set(this.written());
    this.bytes = larger;
  }
}
