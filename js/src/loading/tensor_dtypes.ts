/** Which tensors of a checkpoint can be a table, by their dtypes as its index calls them. */

const EXACT = /^(float|half|bfloat16)$/;
const REAL = /^(float|half|bfloat16|double|u?int(8|16|32|64)|bool)$/;

/** `cast`: those too that float32 cannot hold exactly. What the core takes: src/checkpoint/tensor_reader.cpp. */
export const canBeTable = (dtype: string, cast: boolean): boolean => (cast ? REAL : EXACT).test(dtype);
