// demo/ -> build/demo/: a static folder that works under any base path and asks no other host for anything.
import { build as bundle } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotli, Modules } from './sizes.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const SERVED = [
  'videos.txt', 'spec.json', 'sessions.ndjson', 'expected.json', 'checkpoint', 'model.ckpt.index', 'model.ckpt.data-00000-of-00001',
];

/** What the page says about the library's size: measured here, on the files that it is made of. */
function sizes(dist) {
  const modules = new Modules(dist);
  // As a page that a bundler made, it has the parts that calls may ask for at once, too.
  const files = ['', '.vocabulary', '.checkpoint', '.models', '.explain', '.rows'].map((part) => readFileSync(path.join(dist, `feature-columns${part}.wasm`)));
  // The same code without the wasm inside, and what the page asks for: an estimator, from its checkpoint.
  const script = [...new Set(['external.js', ...['checkpoint', 'load_model'].map((part) => modules.part(part))].flatMap((file) => [...modules.closure(file)]))];
  const bytes = script.reduce((total, file) => total + readFileSync(path.join(dist, file)).length, 0);
  const total = (size) => files.reduce((sum, file) => sum + size(file), 0);
  return { wasm: total((file) => file.length), wasmBrotli: total(brotli), script: bytes, scriptBrotli: modules.size(script) };
}

/** Builds the page with the package built in `dist`; answers its folder. */
export async function buildDemo({ dist = at('dist'), out = at('build/demo'), minify = true } = {}) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(path.join(out, 'model'), { recursive: true });
  await bundle({
    entryPoints: { main: at('demo/src/main.ts'), style: at('demo/style.css') }, outdir: out, bundle: true, splitting: true, chunkNames: 'chunks/[name]-[hash]', format: 'esm', target: 'es2022',
    minify, sourcemap: false, logLevel: 'error', legalComments: 'none', external: ['node:*'],
    alias: { 'feature-columns': path.join(dist, 'index.js') }, define: { SIZES: JSON.stringify(sizes(dist)) },
  });
  for (const file of ['index.html', 'icon.svg']) cpSync(at('demo', file), path.join(out, file));
  for (const file of SERVED) cpSync(at('demo/model', file), path.join(out, 'model', file));
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.error(path.relative(root, await buildDemo()));
