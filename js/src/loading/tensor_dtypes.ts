/** Which tensors of a checkpoint can be a table, by their dtypes as its index calls them. */
import { FeatureColumnError } from '../errors.js';
import type { TensorInfo } from './types.js';

const EXACT = /^(float|half|bfloat16)$/;
const REAL = /^(float|half|bfloat16|double|u?int(8|16|32|64)|bool)$/;

/** `cast`: those too that float32 cannot hold exactly. What the core takes: src/checkpoint/tensor_reader.cpp. */
export const canBeTable = (dtype: string, cast: boolean): boolean => (cast ? REAL : EXACT).test(dtype);

/** The tensor that is meant where none is named: the only matrix of float, or else of what can be a table. @throws FeatureColumnError `tensor_not_found` */
export function onlyTable(tensors: Iterable<readonly [string, TensorInfo]>, url: string, cast: boolean): string {
  const matrices = [...tensors].filter(([, { shape }]) => shape.length === 2);
  for (const kind of [/^float$/, EXACT, cast ? REAL : EXACT]) {
    const found = matrices.filter(([, { dtype }]) => kind.test(dtype));
    if (found.length === 1) return (found[0] as (typeof matrices)[0])[0];
  }
  throw new FeatureColumnError('tensor_not_found', `${url} has ${matrices.length} matrices; say which in table.tensor: ${matrices.slice(0, 20).map(([name, { dtype }]) => `${name} (${dtype})`).join(', ')}`);
}
