/** SHA-256 (FIPS 180-4) over bytes that come one after the other. */

const BLOCK = 64;

/** The first 32 bits of the fractional parts of roots of the first 64 primes, as the standard has them. */
function constants(root: (prime: number) => number): Uint32Array {
  const values = new Uint32Array(64);
  for (let n = 2, count = 0; count < 64; ++n) {
    let isPrime = true;
    for (let d = 2; d * d <= n; ++d) isPrime &&= n % d !== 0;
    if (isPrime) values[count++] = (root(n) % 1) * 2 ** 32;
  }
  return values;
}
const K = /* @__PURE__ */ constants(Math.cbrt);
const START = /* @__PURE__ */ constants(Math.sqrt).subarray(0, 8);

export class Sha256 {
  private state = START.slice();
  private readonly block = new Uint8Array(BLOCK);
  private readonly view = new DataView(this.block.buffer);
  private readonly words = new Int32Array(64);
  private length = 0;

  reset(): void {
    this.state = START.slice();
    this.length = 0;
  }

  update(bytes: Uint8Array): void {
    let at = 0;
    const used = this.length % BLOCK;
    this.length += bytes.length;
    if (used > 0) {
      this.block.set(bytes.subarray(0, BLOCK - used), used);
      at = BLOCK - used;
      if (bytes.length < at) return;
      this.fold(this.view, 0);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.fold(view, at);
    this.block.set(bytes.subarray(at));
  }

  /** The digest; the object is then to be reset. */
  hex(): string {
    const used = this.length % BLOCK;
    const bits = this.length * 8;
    const end = new Uint8Array((used < BLOCK - 8 ? BLOCK : 2 * BLOCK) - used);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits >>> 0);
    this.update(end);
    return Array.from(this.state, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  private fold(view: DataView, at: number): void {
    const { words: w, state } = this;
    for (let i = 0; i < 16; ++i) w[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; ++i) {
      const x = w[i - 15] as number;
      const y = w[i - 2] as number;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; ++i) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] as number) + value;
  }
}
