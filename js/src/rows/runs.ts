/** Which bytes of a file are asked for, to have some of its rows: neighbours in one request. */
import type { RowPart } from './row_place.js';

/** Rows of one part that one request brings. */
export interface Run {
  /** Index of the part. */
  readonly part: number;
  /** In the file, in bytes. */
  readonly offset: number;
  readonly size: number;
  /** The rows that are wanted of it: from index `from` to before `to` of the ids. */
  readonly from: number;
  readonly to: number;
}

/** `ids` ascending. Rows whose gap is at most `gap` bytes go together, while the request has at most `largest` bytes. */
export function planRuns(ids: Uint32Array, parts: readonly RowPart[], gap: number, largest: number): Run[] {
  const runs: Run[] = [];
  parts.forEach(({ offset, size }, part) => {
    for (let from = 0, to; from < ids.length; from = to) {
      const start = offset + (ids[from] as number) * size;
      let end = start + size;
      for (to = from + 1; to < ids.length; ++to) {
        const next = offset + (ids[to] as number) * size;
        if (next - end > gap || next + size - start > largest) break;
        end = next + size;
      }
      runs.push({ part, offset: start, size: end - start, from, to });
    }
  });
  return runs;
}
