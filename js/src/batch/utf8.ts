/** JavaScript strings to UTF-8 in the block, without an object or a call into the engine for each string. */
import type { Arena } from '../runtime/arena.js';
import { DType } from './dtype.js';
import type { Slot } from './slot.js';

// Joined, many strings cost one encodeInto (10-20 ns a string on Node 20, against 20-70 for a loop over characters), and as
// many bytes as characters prove that each string is ASCII, so that its length is its size. Longer joins fall out of the cache.
const STRINGS_A_CHUNK = 512;
// encodeInto costs as much as a loop over some 100 characters, whatever it encodes: a feature of one row is rarely longer.
const FEW_CHARACTERS = 96;
const MOST_BYTES_A_CHARACTER = 3;
const LONGEST_PAUSE = 31; // chunks

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * Packs the strings among `count` values, and an empty string for everything else; answers how many strings there were.
 * What is no Unicode text (a lone surrogate) becomes U+FFFD, as everywhere on the web.
 */
export function packStrings(arena: Arena, slot: Slot, strings: ArrayLike<unknown>, count: number): number {
  slot.dtype = DType.String;
  slot.count = count;
  slot.offsets = arena.reserve((count + 1) * 4);
  slot.values = arena.reserveLine();
  const word = slot.offsets / 4;
  const few = areFew(strings, count);
  // After a chunk with other characters than ASCII the next is not joined, then the next three, seven, …, which cost twice otherwise.
  let waiting = 0;
  let pause = 0;
  let found = 0;
  for (let from = 0; from < count; from += STRINGS_A_CHUNK) {
    const to = Math.min(count, from + STRINGS_A_CHUNK);
    const chunkStart = arena.end;
    let size = chunkStart - slot.values;
    let joined = '';
    const foundBefore = found;
    let ascii = !few && waiting-- <= 0;
    if (ascii) {
      const { u32 } = arena;
      for (let i = from; i < to; ++i) {
        u32[word + i] = size;
        const text = strings[i];
        if (typeof text === 'string') {
          joined += text;
          size += text.length;
          ++found;
        }
      }
      arena.ensure(joined.length);
      const { read, written } = encoder.encodeInto(joined, arena.restFrom(chunkStart));
      // All characters read into as many bytes: each of them was one byte.
      ascii = read === joined.length && written === joined.length;
      pause = ascii ? 0 : Math.min(2 * pause + 1, LONGEST_PAUSE);
      waiting = pause - 1;
    }
    if (ascii) arena.end = chunkStart + joined.length;
    else found = foundBefore + encodeEach(arena, slot, strings, from, to);
  }
  arena.u32[word + count] = slot.byteLength = arena.end - slot.values;
  return found;
}

/** Whether the strings have few characters together, so that it is quicker to {@link encodeEach}. */
function areFew(strings: ArrayLike<unknown>, count: number): boolean {
  let characters = 0;
  for (let i = 0; i < count; ++i) {
    const text = strings[i];
    if (typeof text === 'string' && (characters += text.length) > FEW_CHARACTERS) return false;
  }
  return true;
}

function encodeEach(arena: Arena, slot: Slot, strings: ArrayLike<unknown>, from: number, to: number): number {
  let characters = 0;
  let found = 0;
  for (let i = from; i < to; ++i) {
    const text = strings[i];
    if (typeof text !== 'string') continue;
    characters += text.length;
    ++found;
  }
  arena.ensure(characters * MOST_BYTES_A_CHARACTER);
  const { u8, u32 } = arena;
  const word = slot.offsets / 4;
  let at = arena.end;
  for (let i = from; i < to; ++i) {
    const text = strings[i];
    u32[word + i] = at - slot.values;
    if (typeof text === 'string') at = encode(u8, at, text);
  }
  arena.end = at;
  return found;
}

/** Writes one string at `at`; answers the position behind it. */
function encode(u8: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; ++i) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      u8[at++] = code;
      continue;
    }
    if (code < 0x800) {
      u8[at++] = 0xc0 | (code >> 6);
      u8[at++] = 0x80 | (code & 0x3f);
      continue;
    }
    if ((code & 0xf800) === 0xd800) {
      const next = code < 0xdc00 && i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if ((next & 0xfc00) === 0xdc00) {
        ++i;
        code = 0x10000 + ((code & 0x3ff) << 10) + (next & 0x3ff);
        u8[at++] = 0xf0 | (code >> 18);
        u8[at++] = 0x80 | ((code >> 12) & 0x3f);
        u8[at++] = 0x80 | ((code >> 6) & 0x3f);
        u8[at++] = 0x80 | (code & 0x3f);
        continue;
      }
      code = 0xfffd;
    }
    u8[at++] = 0xe0 | (code >> 12);
    u8[at++] = 0x80 | ((code >> 6) & 0x3f);
    u8[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}
