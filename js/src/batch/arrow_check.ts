/** Whether the buffers of Arrow data hold what their lengths say: they come from foreign bytes, and apache-arrow takes their word. */
import type { ArrowData } from './arrow.js';

// Arrow's Type ids.
const Type = { Int: 2, Float: 3, Binary: 4, Utf8: 5, List: 12, FixedSizeList: 16, LargeBinary: 19, LargeUtf8: 20, LargeList: 21, Dictionary: -1 } as const;

/** What is wrong with the data, or undefined. Types that no column reads are told by the layer. */
export function problemOf(data: ArrowData, checked: WeakSet<ArrowData>): string | undefined {
  const { type, length, offset, nullCount, nullBitmap, values, children } = data;
  if (checked.has(data)) return undefined;
  if (!Number.isSafeInteger(length) || length < 0 || nullCount > length) return `a length of ${length} with ${nullCount} nulls`;
  if (nullCount !== 0 && nullBitmap && nullBitmap.length * 8 < offset + length) return `a length of ${length}, but validity bits for ${nullBitmap.length * 8}`;
  const held = (values as { length: number } | undefined)?.length ?? 0;
  const [child] = children;
  let problem: string | undefined;
  switch (type.typeId) {
    case Type.Dictionary:
      for (const chunk of data.dictionary?.data ?? []) problem ??= problemOf(chunk, checked);
      problem ??= shorter(held, length);
      break;
    case Type.Int:
    case Type.Float:
      problem = shorter(held, length);
      break;
    case Type.Utf8: case Type.Binary: case Type.LargeUtf8: case Type.LargeBinary:
      problem = offsetsProblem(data, held);
      break;
    case Type.FixedSizeList:
      problem = (child && problemOf(child, checked)) ?? shorter(child?.length ?? 0, length * (type.listSize ?? 0));
      break;
    case Type.List: case Type.LargeList:
      problem = (child && problemOf(child, checked)) ?? offsetsProblem(data, child?.length ?? 0);
  }
  if (problem === undefined) checked.add(data);
  return problem;
}

const shorter = (held: number, needed: number) => (held < needed ? `${held} values where its length needs ${needed}` : undefined);

/** Offsets must be one more than the values, never fall, and end within what they point into. */
function offsetsProblem({ valueOffsets, length }: ArrowData, end: number): string | undefined {
  if (length === 0) return undefined;
  if (!valueOffsets || valueOffsets.length < length + 1) return `${valueOffsets?.length ?? 0} offsets where its length needs ${length + 1}`;
  let last: number | bigint = 0;
  for (let i = 0; i <= length; ++i) {
    const next = valueOffsets[i] as number | bigint;
    if (next < last || next > end) return `the offset ${next} where one from ${last} to ${end} belongs`;
    last = next;
  }
  return undefined;
}
