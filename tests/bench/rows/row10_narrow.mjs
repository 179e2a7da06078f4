// Row 10: bags of 20 ids out of tables of fewer bits, 1 M rows of 64 numbers, by the core alone: against the same source natively,
// and against the float32 table in wasm, of which no cache holds much. Its floor: the lines of the rows, and of their scales, brought in.
import { compare, result } from '../harness.mjs';
import { bagsInWasm, bagsNatively, IDS, LINES } from '../peers/bags.mjs';
import { compilerVersion } from '../peers/native.mjs';

const ROWS = 1_000_000;
const DIMENSION = 64;
const NATIVE = 'own source, native';
const FLOAT = 'own float32';

export async function run(fc, { rounds }) {
  const results = [];
  const wide = await bagsInWasm(ROWS, DIMENSION, 'float32');
  for (const format of ['float16', 'bfloat16', 'int8', 'int4']) {
    const core = await bagsInWasm(ROWS, DIMENSION, format);
    const native = await bagsNatively(ROWS, DIMENSION, format, false, core.digest);
    const times = await compare([
      { name: 'feature-columns', work: () => core.run(), repeat: 10 },
      { name: NATIVE, work: () => native.ask('run'), repeat: 10 },
      { name: FLOAT, work: () => wide.run(), repeat: 10 },
      { name: LINES, work: () => core.touch(), repeat: 10 },
    ], { rounds });
    native.end();
    results.push(result(10, `bag of 20 ids from DRAM, ${format}, the core alone, D = ${DIMENSION}`, times, {
      unit: 'ns/id', scale: 1e6 / IDS, targets: { [NATIVE]: 0.8, ...(format === 'int8' && { [FLOAT]: 1.25 }) },
      note: `${(wide.bytes / core.bytes).toFixed(2)}× less memory than float32; ${compilerVersion()}`,
    }));
  }
  return results;
}
