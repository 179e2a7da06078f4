/** The tensors that a run leaves in the module's memory, copied out. */
import { FeatureColumnError } from '../errors.js';
import { wordAt, type MemoryViews } from '../runtime/memory_views.js';
import type { Address } from '../runtime/module.js';

/** One output tensor, in memory of its own. */
export interface Output {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

const WORDS_A_TENSOR = 6;

/** Reads the outputs that `address` (of `NativeModule.output`) tells of. `out` takes the first one's values, if given. */
export function readOutputs(memory: MemoryViews, address: Address, out?: Float32Array): Output[] {
  memory.refresh();
  const { u32 } = memory;
  const words = wordAt(address);
  const tensors = u32[words] as number;
  const outputs: Output[] = [];
  for (let i = 0, at = words + 1; i < tensors; ++i, at += WORDS_A_TENSOR) {
    const shape: number[] = [];
    let count = 1;
    for (let d = 0; d < (u32[at + 2] as number); ++d) {
      const size = u32[at + 3 + d] as number;
      shape.push(size);
      count *= size;
    }
    const from = wordAt(u32[at] as number);
    if (u32[at + 1] === 1) outputs.push({ data: memory.i32.slice(from, from + count), shape });
    else outputs.push({ data: i === 0 && out ? copyOut(memory.floats(from, count), out) : memory.floats(from, count).slice(), shape });
  }
  return outputs;
}

/** By arrays of one type, never by numbers: those would lose the bits of a signaling NaN. */
export function copyOut(values: Float32Array, out: Float32Array): Float32Array {
  const room = roomIn(out, values.length);
  room.set(values);
  return room;
}

/** The part of `out` that takes `count` floats. */
export function roomIn(out: Float32Array, count: number): Float32Array {
  if (out.length < count) throw new FeatureColumnError('shape_mismatch', `out has room for ${out.length} floats; this batch gives ${count}`);
  return out.length === count ? out : out.subarray(0, count);
}

/** An output of integers; of no rows the core does not tell that they are. */
export const asInts = ({ data }: Output): Int32Array => (data instanceof Int32Array ? data : new Int32Array(0));

/** @throws FeatureColumnError `invalid_argument` for what is no Float32Array */
export function checkOut(out: unknown): Float32Array | undefined {
  if (out === undefined || out instanceof Float32Array) return out;
  throw new FeatureColumnError('invalid_argument', 'out must be a Float32Array');
}
