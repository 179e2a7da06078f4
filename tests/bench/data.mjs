// What the rows of the benchmark measure on: vocabularies of 12-byte tokens, tables, bags of ids.
import { random } from './harness.mjs';

const DIGITS = 'abcdefghijklmnopqrstuvwxyz012345';

/** The token of a number: 12 characters, no pattern that a hash could profit from. */
export function token(i) {
  let x = (i * 2654435761) >>> 0;
  let text = '';
  for (let k = 0; k < 6; ++k) {
    text += DIGITS[x & 31];
    x = (x >>> 5) | ((x & 31) << 27);
  }
  return text + i.toString(36).padStart(6, '0');
}

const vocabularies = new Map();

/** The bytes of a vocabulary file of n lines. */
export function vocabularyBytes(n) {
  if (!vocabularies.has(n)) {
    const lines = new Array(n);
    for (let i = 0; i < n; ++i) lines[i] = token(i);
    vocabularies.set(n, new TextEncoder().encode(lines.join('\n') + '\n'));
  }
  return vocabularies.get(n);
}

/** Strings that no Map has hashed before, as they come from a file or the network; one in ten is not in the vocabulary. */
export function freshTokens(n, count, seed) {
  const next = random(seed);
  const parts = new Array(count);
  for (let i = 0; i < count; ++i) parts[i] = next() < 0.1 ? `unknown${Math.floor(next() * 1e5)}` : token(Math.floor(next() * n));
  return new TextDecoder().decode(new TextEncoder().encode(parts.join('\n'))).split('\n');
}

/** The same strings as Arrow lays them out: {bytes, offsets}. */
export function utf8Of(strings) {
  const bytes = new TextEncoder().encode(strings.join(''));
  const offsets = new Uint32Array(strings.length + 1);
  strings.forEach((text, i) => (offsets[i + 1] = offsets[i] + text.length)); // tokens are ASCII
  return { bytes, offsets };
}

const encoder = new TextEncoder();
let room = new Uint8Array(1 << 16);

/** The quickest way that JavaScript has from strings to their bytes, and nothing else: the floor of what takes strings. */
export function encodeJoined(strings) {
  let written = 0;
  for (let from = 0; from < strings.length; from += 512) {
    const to = Math.min(strings.length, from + 512);
    let joined = '';
    for (let i = from; i < to; ++i) joined += strings[i];
    if (joined.length * 3 > room.length) room = new Uint8Array(joined.length * 3);
    written += encoder.encodeInto(joined, room).written;
  }
  return written;
}

export const freshUtf8 = (n, count, seed) => utf8Of(freshTokens(n, count, seed));

/** As the native programs read them: u32 count, u32 offsets[count + 1], bytes. */
export function packUtf8({ bytes, offsets }) {
  const packed = new Uint8Array(4 + offsets.byteLength + bytes.length);
  new DataView(packed.buffer).setUint32(0, offsets.length - 1, true);
  packed.set(new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength), 4);
  packed.set(bytes, 4 + offsets.byteLength);
  return packed;
}

export function floats(count, seed) {
  const next = random(seed);
  const values = new Float32Array(count);
  for (let i = 0; i < count; ++i) values[i] = next() * 2 - 1;
  return values;
}

export function ids(rows, count, seed) {
  const next = random(seed);
  const values = new Int32Array(count);
  for (let i = 0; i < count; ++i) values[i] = Math.floor(next() * rows);
  return values;
}

/** Row splits of bags that all have `each` ids. */
export const evenSplits = (bags, each) => Uint32Array.from({ length: bags + 1 }, (_, i) => i * each);

/** Ids that follow Zipf's law with exponent 1, the way words and items do: id k has a share of about 1 / (k + 1), scattered over the rows. */
export function zipf(rows, count, seed) {
  const next = random(seed);
  const values = new Int32Array(count);
  const scale = Math.log(rows + 1);
  for (let i = 0; i < count; ++i) {
    const rank = Math.min(rows - 1, Math.floor(Math.exp(next() * scale)) - 1);
    values[i] = (rank * 2654435761) % rows;
  }
  return values;
}
