/** float32 as text that reads back to the same float32, and as short as can be. */
export function floatText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return Object.is(value, -0) ? '-0' : String(value);
  if (!Number.isFinite(value)) return `"${value}"`; // JSON has no NaN or Infinity: strings that Number() reads
  // Nine digits always do, most floats need eight: fewer are looked for from there.
  let best = Number(value.toPrecision(8));
  if (Math.fround(best) !== value) return String(Number(value.toPrecision(9)));
  for (let digits = 7; digits >= 6; --digits) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) !== value) break;
    best = rounded;
  }
  return String(best);
}

/** A row of numbers as a JSON array. */
export function floatsText(values: ArrayLike<number>, from: number, count: number): string {
  let text = '[';
  for (let i = from; i < from + count; ++i) text += (i > from ? ',' : '') + floatText(values[i] as number);
  return text + ']';
}
