/** TensorFlow's committed answers against what this browser computes, bit for bit. */
import type { Model, SampleRow } from './model.js';

export interface Expected {
  readonly tensorflow: string;
  readonly rows: number;
  readonly input_layer: Tensor;
  readonly logits: Tensor;
}

interface Tensor {
  readonly shape: readonly [number, number];
  /** base64 of little-endian float32 */
  readonly float32: string;
}

export interface Parity {
  readonly tensorflow: string;
  /** For each row: whether all floats of its input layer have TensorFlow's bits. */
  readonly equal: readonly boolean[];
  readonly floats: number;
  /** Largest difference of a logit; sums of products are associated differently from machine to machine, also in TensorFlow. */
  readonly logitDifference: number;
}

const bytesOf = (tensor: Tensor) => Uint8Array.from(atob(tensor.float32), (letter) => letter.charCodeAt(0));

export function checkParity(model: Model, rows: readonly SampleRow[], expected: Expected): Parity {
  const { inputLayer, logits } = model.run(rows);
  const wanted = bytesOf(expected.input_layer);
  const got = new Uint8Array(inputLayer.buffer, inputLayer.byteOffset, inputLayer.byteLength);
  const stride = 4 * expected.input_layer.shape[1];
  const equal = rows.map((_, row) => {
    for (let at = row * stride; at < (row + 1) * stride; ++at) if (got[at] !== wanted[at]) return false;
    return wanted.length === got.length;
  });
  const wantedLogits = new Float32Array(bytesOf(expected.logits).buffer);
  const logitDifference = wantedLogits.reduce((largest, value, row) => Math.max(largest, Math.abs(value - logits[row]!)), 0);
  return { tensorflow: expected.tensorflow, equal, floats: inputLayer.length, logitDifference };
}
