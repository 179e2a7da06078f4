// Row 12: bytes to download (JavaScript and wasm, brotli 11) and the time from a fresh process to the first vector.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { Modules } from '../../../scripts/sizes.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../..');
const brotli = (files) => files.reduce((total, file) => total + brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length, 0);
const starts = path.join(here, '../starts');
// Some packages do not export their package.json.
const folderOf = (name) => path.join(here, '../node_modules', name);

/** Of a table in a file, as that of the programs below. */
function ours() {
  const modules = new Modules(path.join(root, 'dist'));
  return [...['external.js'].flatMap((file) => [...modules.closure(file)]), 'feature-columns.wasm'].map((file) => path.join(root, 'dist', file));
}

const DOWNLOADS = {
  'feature-columns': () => [...new Set(ours())],
  'TF.js wasm': () => [path.join(root, 'build/bench/tfjs-start.mjs'), path.join(folderOf('@tensorflow/tfjs-backend-wasm'), 'dist/tfjs-backend-wasm-simd.wasm')],
  'ONNX Runtime Web': () => {
    const dist = path.join(folderOf('onnxruntime-web'), 'dist');
    return ['ort.wasm.min.mjs', readdirSync(dist).find((file) => /^ort-wasm-simd-threaded\.mjs$/.test(file)), 'ort-wasm-simd-threaded.wasm'].filter(Boolean).map((file) => path.join(dist, file));
  },
};

/** Milliseconds from a process's first line to its first vector: what each process measures itself, minimum and median of runs. */
function start(rounds, ...program) {
  const samples = [];
  for (let i = 0; i < rounds; ++i) {
    const done = spawnSync('node', [path.join(here, '../starts/node.mjs'), ...program], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    samples.push(Number(done.stdout));
  }
  samples.sort((a, b) => a - b);
  return { min: samples[0], median: samples[samples.length >> 1] };
}

export async function run(fc, { rounds }) {
  const { build } = await import('esbuild');
  await build({ entryPoints: [path.join(starts, 'tfjs.mjs')], bundle: true, minify: true, platform: 'node', format: 'esm', banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = '.';" }, outfile: path.join(root, 'build/bench/tfjs-start.mjs'), logLevel: 'error' });
  const sizes = Object.fromEntries(Object.entries(DOWNLOADS).map(([name, files]) => [name, brotli(files()) / 1024]));
  const own = sizes['feature-columns'];
  const download = {
    row: 12, what: 'download, brotli', unit: 'KB', targets: {},
    figures: Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, { min: size, median: size }])),
    ratios: Object.fromEntries(Object.entries(sizes).filter(([name]) => name !== 'feature-columns').map(([name, size]) => [name, size / own])),
  };
  const times = {
    'feature-columns': start(rounds, path.join(starts, 'feature_columns.mjs')),
    'TF.js wasm': start(rounds, path.join(root, 'build/bench/tfjs-start.mjs'), path.join(folderOf('@tensorflow/tfjs-backend-wasm'), 'dist/')),
    'ONNX Runtime Web': start(rounds, path.join(starts, 'onnx.mjs')),
  };
  const startUp = {
    row: 12, what: 'start to first vector (Node, files local)', unit: 'ms', figures: times,
    ratios: Object.fromEntries(Object.entries(times).filter(([name]) => name !== 'feature-columns').map(([name, { median }]) => [name, median / times['feature-columns'].median])),
    targets: { 'TF.js wasm': 30, 'ONNX Runtime Web': 200 },
  };
  return [download, startUp];
}
