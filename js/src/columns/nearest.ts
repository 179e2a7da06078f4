/** Finds what a misspelt name meant. */

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; ++i) {
    const next = [i];
    for (let j = 1; j <= b.length; ++j) {
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** ` Did you mean "numBuckets"?`, or nothing if no name is near. Case and underscores do not count. */
export function didYouMean(name: string, names: readonly string[]): string {
  if (name.length > 64) return '';
  let best: string | undefined;
  let least = Math.max(2, name.length / 3);
  for (const candidate of names) {
    const d = distance(plain(name), plain(candidate));
    if (d < least || (d === least && best === undefined)) {
      best = candidate;
      least = d;
    }
  }
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}
