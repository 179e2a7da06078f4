// Data segments of a module as text: their bytes and their words.

/** The aligned words of a segment. Zeros at either end are no bytes of it: the first and the last word may lie in it in part. */
export function wordsOf({ address, bytes }) {
  const before = address % 4;
  const words = new Uint8Array(Math.ceil((before + bytes.length) / 4) * 4);
  words.set(bytes, before);
  return new Uint32Array(words.buffer);
}

export function bytesOfLiteral(text) {
  const bytes = [];
  const escapes = { t: 9, n: 10, r: 13, '"': 34, "'": 39, '\\': 92 };
  for (let i = 0; i < text.length; ++i) {
    if (text[i] !== '\\') bytes.push(...Buffer.from(text[i]));
    else if (text[i + 1] in escapes) bytes.push(escapes[text[++i]]);
    else bytes.push(parseInt(text.slice(i + 1, (i += 2) + 1), 16));
  }
  return Uint8Array.from(bytes);
}

export const literalOfBytes = (bytes) => [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f && byte !== 34 && byte !== 92 ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`)).join('');
