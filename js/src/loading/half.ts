/** 16-bit floats widened to float32, exactly. */

/** The bits of a float32 that equals the IEEE 754 half of these bits. NaNs keep their payload. */
function widenHalf(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  let exponent = (bits >> 10) & 0x1f;
  let fraction = bits & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent === 0) {
    if (fraction === 0) return sign;
    // A subnormal half is a normal float32: move its first bit to where it is implied.
    exponent = 1;
    while ((fraction & 0x400) === 0) {
      fraction <<= 1;
      exponent -= 1;
    }
    fraction &= 0x3ff;
  }
  return sign | ((exponent + 112) << 23) | (fraction << 13);
}

/** Little-endian values of a dtype of safetensors, as the bits of float32. */
export const WIDEN: Readonly<Record<'F16' | 'BF16', (bits: number) => number>> = {
  F16: widenHalf,
  BF16: (bits) => bits << 16,
};
