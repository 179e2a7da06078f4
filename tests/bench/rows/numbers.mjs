// Columns of numbers, through the whole API, against the loops that one would write in their place. There is little to do, so that
// what a loop cannot be is much faster than another: what is told is what the way into the module and back costs a value.
import { compare, random, result, verify } from '../harness.mjs';
import { floats } from '../data.mjs';

const ROWS = 20_000;
const MANY = 20;
const WIDTH = 64;
const DIMENSION = 16;
const BOUNDARIES = Float32Array.from({ length: 50 }, (_, i) => 2 * i);

function bucketOf(value) {
  let low = 0;
  let high = BOUNDARIES.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (BOUNDARIES[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export async function run(fc, { rounds }) {
  const runtime = await fc.createRuntime();
  const next = random(7);
  const values = Float32Array.from({ length: ROWS }, () => next() * 110 - 5);
  const list = Array.from(values);
  const typed = Array.from({ length: ROWS / WIDTH }, (_, i) => values.slice(i * WIDTH, (i + 1) * WIDTH));
  const table = floats((BOUNDARIES.length + 1) * DIMENSION, 8);
  const numeric = fc.numericColumn('a');
  const bucketized = fc.bucketizedColumn(numeric, { boundaries: [...BOUNDARIES] });
  const keys = Array.from({ length: MANY }, (_, i) => `n${String(i).padStart(2, '0')}`);
  const columnsOf = Object.fromEntries(keys.map((key, i) => [key, values.subarray(i * (ROWS / MANY), (i + 1) * (ROWS / MANY))]));
  const cases = [
    ['numeric, a Float32Array', numeric, { a: values }, () => Float32Array.from(values)],
    ['numeric, an array', numeric, { a: list }, () => {
      const out = new Float32Array(ROWS);
      for (let row = 0; row < ROWS; ++row) out[row] = list[row];
      return out;
    }],
    [`${MANY} numeric columns, Float32Arrays`, keys.map((key) => fc.numericColumn(key)), columnsOf, () => {
      const rows = ROWS / MANY;
      const out = new Float32Array(ROWS);
      for (let k = 0; k < MANY; ++k) {
        const column = columnsOf[keys[k]];
        for (let row = 0; row < rows; ++row) out[row * MANY + k] = column[row];
      }
      return out;
    }],
    [`numeric of shape ${WIDTH}, a Float32Array a row`, fc.numericColumn('a', { shape: WIDTH }), { a: typed }, () => {
      const out = new Float32Array(typed.length * WIDTH);
      for (let row = 0; row < typed.length; ++row) out.set(typed[row], row * WIDTH);
      return out;
    }],
    [`bucketized by ${BOUNDARIES.length}, embedded in ${DIMENSION}`, fc.embeddingColumn(bucketized, { dimension: DIMENSION, table: { data: table } }), { a: values }, () => {
      const out = new Float32Array(ROWS * DIMENSION);
      for (let row = 0; row < ROWS; ++row) {
        const from = bucketOf(values[row]) * DIMENSION;
        for (let i = 0; i < DIMENSION; ++i) out[row * DIMENSION + i] = table[from + i];
      }
      return out;
    }],
    [`bucketized by ${BOUNDARIES.length}`, bucketized, { a: values }, () => {
      const out = new Float32Array(ROWS * (BOUNDARIES.length + 1));
      for (let row = 0; row < ROWS; ++row) out[row * (BOUNDARIES.length + 1) + bucketOf(values[row])] = 1;
      return out;
    }],
  ];
  const results = [];
  for (const [what, columns, batch, plain] of cases) {
    const layer = await runtime.denseFeatures(columns);
    verify(what, layer.transform(batch).data, plain(), 0);
    const count = what.includes('shape') ? typed.length * WIDTH : ROWS;
    const times = await compare([{ name: 'feature-columns', work: () => layer.transform(batch), repeat: 10 }, { name: 'plain JavaScript', work: plain, repeat: 10 }], { rounds });
    results.push(result('numbers', what, times, { unit: 'ns/value', scale: 1e6 / count }));
    layer.dispose();
  }
  runtime.dispose();
  return results;
}
