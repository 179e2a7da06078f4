/** Python's order of strings: by code points. JavaScript's own is by UTF-16 units, which puts 💡 before ﬁ. */
export function compareCodePoints(a: string, b: string): number {
  for (let i = 0; ; ) {
    const x = a.codePointAt(i);
    const y = b.codePointAt(i);
    if (x !== y) return (x ?? -1) - (y ?? -1);
    if (x === undefined) return 0;
    i += x > 0xffff ? 2 : 1;
  }
}
