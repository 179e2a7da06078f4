// The page of blocks.mjs: a layer in this thread and the same in a worker, and large batches for them.
import * as fc from '/dist/index.js';
import { createWorkerRuntime } from '/dist/worker.js';
import { floats, ids, token } from '../data.mjs';

const KEYS = 10_000;
const DIMENSION = 8;
const word = fc.categoricalColumnWithHashBucket('word', { hashBucketSize: KEYS });
const id = fc.categoricalColumnWithIdentity('id', { numBuckets: KEYS });
const table = { data: floats(KEYS * DIMENSION, 1) };
const ofWords = [fc.embeddingColumn(word, { dimension: DIMENSION, table })];
const ofIds = [fc.embeddingColumn(id, { dimension: DIMENSION, table })];
const ofRows = [fc.numericColumn('x'), ...ofWords, ...ofIds];

const COUNT = 200_000;
const EACH = 10;
const numbers = ids(KEYS, COUNT, 2);
const words = Array.from(numbers, (number) => token(number));
const nested = (values) => Array.from({ length: COUNT / EACH }, (_, row) => Array.from(values.slice(row * EACH, (row + 1) * EACH)));

const CASES = {
  'string[] of 200,000': { columns: ofWords, method: 'transform', batch: { word: words } },
  'nested arrays, 20,000 rows of 10 strings': { columns: ofWords, method: 'transform', batch: { word: nested(words) } },
  'nested arrays, 20,000 rows of 10 numbers': { columns: ofIds, method: 'transform', batch: { id: nested(numbers) } },
  'one array of 200,000 strings in one row': { columns: ofWords, method: 'transform', batch: { word: [words] } },
  'bigint[] of 200,000': { columns: ofIds, method: 'transform', batch: { id: Array.from(numbers, BigInt) } },
  '50,000 rows of 3 features': {
    columns: ofRows, method: 'transformRows',
    batch: Array.from({ length: 50_000 }, (_, row) => ({ x: row / 7, word: [words[row], words[row + 1]], id: numbers[row] })),
  },
  'typed array of 2,000,000 numbers': { columns: [fc.numericColumn('x')], method: 'transform', batch: { x: floats(2_000_000, 4) } },
  'the same into out': { columns: [fc.numericColumn('x')], method: 'transform', batch: { x: floats(2_000_000, 4) }, options: { out: new Float32Array(2_000_000) } },
};

const here = await fc.createRuntime();
const there = await createWorkerRuntime();
const layers = {};
for (const [name, { columns }] of Object.entries(CASES)) layers[name] = { page: await here.denseFeatures(columns), worker: await there.denseFeatures(columns) };

globalThis.cases = Object.keys(CASES);
/** Runs one case where it is told to, and answers some of its result. */
globalThis.runCase = async (name, where) => {
  const { method, batch, options } = CASES[name];
  await new Promise((resolve) => setTimeout(resolve)); // the task that asks for it is not one of the trace's
  const { data } = await layers[name][where][method](batch, options);
  return [data.length, ...data.subarray(-16)];
};
