/** float32 to 16-bit floats: to the nearest, ties to even. The other way is loading/half.ts. */

const word = new Uint32Array(1);
const real = new Float32Array(word.buffer);

function bitsOf(value: number): number {
  real[0] = value;
  return word[0] as number;
}

/** `bits` shifted right, rounded to the nearest, ties to even. */
function shifted(bits: number, by: number): number {
  const kept = bits >>> by;
  const rest = bits & (2 ** by - 1);
  const half = 2 ** (by - 1);
  return rest > half || (rest === half && kept & 1) ? kept + 1 : kept;
}

/** The bits of the IEEE 754 half. Too large numbers become infinite; NaN stays NaN. */
export function toHalf(value: number): number {
  const bits = bitsOf(value);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200 | (fraction >>> 13));
  if (exponent > 142) return sign | 0x7c00;
  if (exponent >= 113) return sign | shifted(((exponent - 112) << 23) | fraction, 13); // a carry goes into the exponent, up to infinity
  const below = 126 - exponent; // a subnormal half: its last bit is 2^-24
  return below > 24 ? sign : sign | shifted(fraction | 0x800000, below);
}

/** The bits of the bfloat16. */
export function toBfloat16(value: number): number {
  const bits = bitsOf(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40; // NaN must not round to infinity
  return shifted(bits, 16) & 0xffff;
}
