/** The tensors that a run leaves in the module's memory, copied out. */
import { FeatureColumnError } from '../errors.js';
import type { Engine } from '../runtime/engine.js';

/** One output tensor, in memory of its own. */
export interface Output {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

const WORDS_A_TENSOR = 6;

/** Reads the outputs of the last run. `out` takes the first one's values, if given. */
export function readOutputs({ native }: Engine, out?: Float32Array): Output[] {
  const address = native.output();
  const { buffer } = native.HEAPU8; // after the call: it may have moved
  const words = new Uint32Array(buffer, address);
  const outputs: Output[] = [];
  for (let i = 0, at = 1; i < (words[0] as number); ++i, at += WORDS_A_TENSOR) {
    const shape: number[] = [];
    let count = 1;
    for (let d = 0; d < (words[at + 2] as number); ++d) {
      const size = words[at + 3 + d] as number;
      shape.push(size);
      count *= size;
    }
    const pointer = count === 0 ? 0 : (words[at] as number);
    if (words[at + 1] === 1) outputs.push({ data: new Int32Array(buffer, pointer, count).slice(), shape });
    else outputs.push({ data: copy(new Float32Array(buffer, pointer, count), i === 0 ? out : undefined), shape });
  }
  return outputs;
}

function copy(values: Float32Array, out: Float32Array | undefined): Float32Array {
  if (!out) return values.slice();
  if (out.length < values.length) {
    throw new FeatureColumnError('shape_mismatch', `out has room for ${out.length} floats; this batch gives ${values.length}`);
  }
  out.set(values);
  return out.length === values.length ? out : out.subarray(0, values.length);
}

/** An output of integers; of no rows the core does not tell that they are. */
export const asInts = ({ data }: Output): Int32Array => (data instanceof Int32Array ? data : new Int32Array(0));

/** @throws FeatureColumnError `invalid_argument` for what is no Float32Array */
export function checkOut(out: unknown): Float32Array | undefined {
  if (out === undefined || out instanceof Float32Array) return out;
  throw new FeatureColumnError('invalid_argument', 'out must be a Float32Array');
}
