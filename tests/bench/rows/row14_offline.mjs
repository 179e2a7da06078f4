// Row 14: a whole offline row, tf.Example bytes to vector: a feature of 16 strings and one of one string, a vocabulary of 1 M keys,
// D = 64; one string in ten is out of vocabulary. One thread against the same job in plain JavaScript; two against TensorFlow's
// parse_example and DenseFeatures on the same cores, in batches of 1000. What two threads are to one is bounded by what else the machine
// does: so bare arithmetic takes turns with them, on one thread and on two, and the time that the processors themselves spent is told.
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { python } from '../../../scripts/python.mjs';
import { compare, difference, random, result } from '../harness.mjs';
import { floats, freshTokens, token, vocabularyBytes, zipf } from '../data.mjs';
import { batches, bytesList, encodeExample, frame } from '../peers/examples.mjs';
import { buildFolder, serve } from '../peers/native.mjs';
import { OfflineJob } from '../peers/offline_job.mjs';
import { PlainJob } from '../peers/plain_job.mjs';

const KEYS = 1_000_000;
const DIMENSION = 64;
const BATCH = 1000;
const ROWS = 20 * BATCH;
const HISTORY = 16;
const SPIN_STEPS = 2e7;
const here = path.dirname(fileURLToPath(import.meta.url));

/** Framed examples of which the keys are uniform or follow Zipf's law. */
function makeExamples(law) {
  const strings = law === 'uniform' ? freshTokens(KEYS, ROWS * (HISTORY + 1), 11) : skewedTokens(ROWS * (HISTORY + 1));
  return frame(Array.from({ length: ROWS }, (_, row) => {
    const at = row * (HISTORY + 1);
    return encodeExample({ history: bytesList(strings.slice(at, at + HISTORY)), item: bytesList([strings[at + HISTORY]]) });
  }));
}

function skewedTokens(count) {
  const ids = zipf(KEYS, count, 12);
  const next = random(13);
  return Array.from(ids, (id) => (next() < 0.1 ? `unknown${id}` : token(id)));
}

/** Two workers with a layer each; what they share are the bytes in and the floats out. */
async function startWorkers(table, count) {
  const workers = await Promise.all(Array.from({ length: count }, async () => {
    const worker = new Worker(path.join(here, '../peers/offline_worker.mjs'), { workerData: { vocabulary: vocabularyBytes(KEYS), table, batch: BATCH } });
    const answer = async () => (await once(worker, 'message'))[0]; // rejects if the worker fails
    await answer();
    return { worker, answer };
  }));
  return {
    /** Each takes a run of batches, and writes its rows into `out`. */
    run: (parts, out) => Promise.all(workers.map(({ worker, answer }, i) => {
      worker.postMessage({ framed: parts[i].framed, out: out.subarray(parts[i].from * 2 * DIMENSION, (parts[i].from + parts[i].rows) * 2 * DIMENSION) });
      return answer();
    })),
    /** Bare arithmetic on the first `count` of them. */
    spin: (count) => Promise.all(workers.slice(0, count).map(({ worker, answer }) => {
      worker.postMessage({ steps: SPIN_STEPS });
      return answer();
    })),
    end: () => Promise.all(workers.map(({ worker }) => worker.terminate())),
  };
}

/** The framed examples cut in two where a row begins. */
function halves(framed) {
  let cut = 0;
  const all = [...batches(framed, ROWS / 2)];
  for (const example of all[0]) cut += 4 + example.length;
  return [{ framed: framed.subarray(0, cut), from: 0, rows: ROWS / 2 }, { framed: framed.subarray(cut), from: ROWS / 2, rows: ROWS / 2 }];
}

/** TensorFlow in a process of its own, or why not. */
async function startTensorflow(files) {
  const { program, missing } = python();
  if (missing !== undefined) return { missing };
  if (!existsSync(program)) return { missing: `there is no ${path.basename(program)}` };
  try {
    const process_ = await serve(program, ['-W', 'ignore', path.join(here, '../peers/tensorflow_row.py'), ...files, String(DIMENSION), String(BATCH)], {
      env: { ...process.env, TF_USE_LEGACY_KERAS: '1', TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '' }, stdio: ['pipe', 'pipe', 'ignore'],
    });
    return { process: process_, version: process_.ready.split(' ')[1] };
  } catch (error) {
    return { missing: error.message };
  }
}

function floatsOf(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

export async function run(fc, { rounds, full }) {
  const table = new Float32Array(new SharedArrayBuffer(KEYS * DIMENSION * 4));
  table.set(floats(KEYS * DIMENSION, 21));
  const ours = await OfflineJob.start(fc, { vocabulary: vocabularyBytes(KEYS), table, batch: BATCH });
  const plain = new PlainJob(Array.from({ length: KEYS }, (_, i) => token(i)), table, DIMENSION);
  const workers = await startWorkers(table, 2);
  const out = new Float32Array(new SharedArrayBuffer(ROWS * 2 * DIMENSION * 4));
  const theirs = new Float32Array(ROWS * 2 * DIMENSION);
  const files = ['vocabulary.txt', 'table.bin', 'examples.bin'].map((name) => path.join(buildFolder, name));
  const results = [];
  try {
    for (const law of full ? ['uniform', 'Zipf'] : ['uniform']) {
      const framed = makeExamples(law);
      const parts = halves(framed);
      writeFileSync(files[0], vocabularyBytes(KEYS));
      writeFileSync(files[1], table);
      writeFileSync(files[2], framed);
      const tensorflow = await startTensorflow(files);
      const check = (name, wanted, tolerance) => {
        const off = difference(out, wanted);
        if (!(off <= tolerance)) throw new Error(`${name}: the results differ by ${off} (relative): nothing is timed`);
      };
      plain.run(framed, theirs);
      ours.run(framed, out);
      check('plain JavaScript', theirs, 1e-5);
      const one = out.slice();
      out.fill(NaN);
      await workers.run(parts, out);
      check('two threads', one, 0);
      if (tensorflow.process) check('TensorFlow', floatsOf(`${files[2]}.out`), 0);

      const units = { unit: 'µs/row', scale: 1000 / ROWS };
      const what = `offline row, ${law} keys`;
      const spent = { 'one thread': Infinity, 'two threads': Infinity }; // by all processors, of which other programs take none
      const counted = (name, work) => ({ name, work: async () => {
        const before = process.cpuUsage();
        await work();
        const { user, system } = process.cpuUsage(before);
        spent[name] = Math.min(spent[name], (user + system) / ROWS);
      } });
      const times = await compare([
        counted('one thread', () => ours.run(framed, out)),
        counted('two threads', () => workers.run(parts, out)),
        { name: 'one spins', work: () => workers.spin(1) },
        { name: 'two spin', work: () => workers.spin(2) },
        { name: 'plain JavaScript', work: () => plain.run(framed, theirs) },
        ...(tensorflow.process ? [{ name: 'TensorFlow', work: () => tensorflow.process.ask('run') }] : []),
      ], { rounds });
      tensorflow.process?.end();
      const only = (own, ...names) => ({ 'feature-columns': times[own], ...Object.fromEntries(names.filter((name) => times[name]).map((name) => [name, times[name]])) });
      const scaling = (one, two, work) => `${(work * times[one].min / times[two].min).toFixed(2)}`;
      const limit = `two threads ${scaling('one thread', 'two threads', 1)}× one, of bare arithmetic ${scaling('one spins', 'two spin', 2)}×; the processors spend ${spent['one thread'].toFixed(2)} µs a row on one thread, ${spent['two threads'].toFixed(2)} on two`;
      const note = tensorflow.process ? `TensorFlow ${tensorflow.version}` : `skipped: TensorFlow, ${tensorflow.missing}`;
      results.push(result(14, `${what}, one thread`, only('one thread', 'plain JavaScript'), { ...units, targets: { 'plain JavaScript': 15 } }));
      results.push(result(14, `${what}, two threads`, only('two threads', 'plain JavaScript', 'TensorFlow'), { ...units, targets: { 'plain JavaScript': 28, TensorFlow: 4 }, note: `${limit}; ${note}` }));
    }
  } finally {
    ours.end();
    await workers.end();
    for (const file of [...files, `${files[2]}.out`]) rmSync(file, { force: true });
  }
  return results;
}
