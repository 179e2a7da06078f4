/** float32 as text that reads back to the same float32, and as short as can be. */
export function floatText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return Object.is(value, -0) ? '-0' : String(value);
  if (!Number.isFinite(value)) return `"${value}"`; // JSON has no NaN or Infinity: strings that Number() reads
  const size = Math.abs(value);
  const found = size >= 1e-6 && size < 1e7 ? quickly(size) : 0;
  return String(found === 0 ? slowly(value) : value < 0 ? -found : found);
}

/** Nine digits always do, most floats need eight: fewer are looked for from there. */
function slowly(value: number): number {
  let best = Number(value.toPrecision(8));
  if (Math.fround(best) !== value) return Number(value.toPrecision(9));
  for (let digits = 7; digits >= 6; --digits) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) !== value) break;
    best = rounded;
  }
  return best;
}

/** The same of [1e-6, 1e7) without text: whole digits over a power of ten, both exact, so that the quotient is the nearest double. 0 where a tie is near. */
function quickly(size: number): number {
  let scale = 1e7; // makes eight digits of it
  while (size * scale >= 1e8) scale /= 10;
  while (size * scale < 1e7) scale *= 10;
  let best = rounded(size, scale);
  if (best === 0) return 0;
  if (Math.fround(best) !== size) return rounded(size, scale * 10);
  for (const step of [10, 100]) {
    const shorter = rounded(size, scale / step);
    if (shorter === 0) return 0;
    if (Math.fround(shorter) !== size) break;
    best = shorter;
  }
  return best;
}

/** The product is wrong by less than 1e-6, so it says on which side of a half the value lies where it lies not as near to it. */
function rounded(size: number, scale: number): number {
  const scaled = size * scale;
  const whole = Math.floor(scaled);
  const rest = scaled - whole - 0.5;
  if (Math.abs(rest) < 1e-6) return 0;
  return (rest > 0 ? whole + 1 : whole) / scale;
}

/** A row of numbers as a JSON array. */
export function floatsText(values: ArrayLike<number>, from: number, count: number): string {
  let text = '[';
  for (let i = from; i < from + count; ++i) text += (i > from ? ',' : '') + floatText(values[i] as number);
  return text + ']';
}
