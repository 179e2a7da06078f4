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
  const first = outputAt(memory, words + 1, out);
  if (tensors === 1) return [first];
  const outputs = [first];
  for (let i = 1; i < tensors; ++i) outputs.push(outputAt(memory, words + 1 + i * WORDS_A_TENSOR));
  return outputs;
}

function outputAt(memory: MemoryViews, at: number, out?: Float32Array): Output {
  const { u32 } = memory;
  const rank = u32[at + 2] as number;
  const first = u32[at + 3] as number;
  const second = u32[at + 4] as number; // those beyond the rank are 1
  const third = u32[at + 5] as number;
  const shape = rank === 1 ? [first] : rank === 2 ? [first, second] : [first, second, third];
  const count = first * second * third;
  const from = wordAt(u32[at] as number);
  if (u32[at + 1] === 1) return { data: memory.i32.slice(from, from + count), shape };
  return { data: out ? copyOut(memory.floats(from, count), out) : memory.floats(from, count).slice(), shape };
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
