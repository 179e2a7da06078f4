// Bags over tables that no cache holds, by the core alone: in wasm, and natively in a process of its own.
import { nativeProgram, serve, wasmProgram } from './native.mjs';

/** BagCase::kBags * kEach: ids of one call. */
export const IDS = 20_000;
/** The numbers of the core's TableFormat. */
export const FORMATS = { float32: 0, float16: 1, bfloat16: 2, int8: 3, int4: 4 };

/** What the floor of a row is called: the lines of a batch's rows brought in, and nothing done with them. */
export const LINES = 'its lines alone';

/** One table in wasm: {run(), touch(), bytes}. */
export async function bagsInWasm(rows, dimension, format, zipf = false) {
  const { bagsMake, bagsRun, bagsTouch, bagsDigest, bagsBytes } = await wasmProgram('bag_wasm');
  if (!bagsMake(rows, dimension, FORMATS[format], zipf) || !bagsRun()) throw new Error(`no table of ${rows} rows`);
  return { digest: bagsDigest() >>> 0, bytes: bagsBytes(), run: bagsRun, touch: bagsTouch };
}

/** The same natively; its vectors must have the same bits. */
export async function bagsNatively(rows, dimension, format, zipf, digest) {
  const native = await serve(nativeProgram('bag_bench'), [rows, dimension, FORMATS[format], zipf ? 1 : 0].map(String));
  const own = native.ready.split(' ')[1];
  if (own !== String(digest)) throw new Error(`the vectors differ: ${digest} in wasm, ${own} natively`);
  return native;
}
