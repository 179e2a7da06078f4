// demo/ -> build/demo/: a static folder that works under any base path and asks no other host for anything.
import { build as bundle } from 'esbuild';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Modules } from './sizes.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const SERVED = [
  'videos.txt', 'spec.json', 'sessions.ndjson', 'expected.json', 'checkpoint', 'model.ckpt.index', 'model.ckpt.data-00000-of-00001',
];

/**
 * What the page loads of the library beside what it starts with: an estimator, from its checkpoint. Of the wasm, which is text in these scripts,
 * also the parts that calls may ask for at once, as any page that a bundler made. The browser's tests compare with what a page did load.
 */
const PARTS = ['file_resources', 'checkpoint', 'load_model', ...['checkpoint', 'explain', 'messages', 'models', 'rows', 'vocabulary'].map((part) => `wasm_${part}`)];

/** What the page says of its size: the Brotli bytes of all scripts that it has loaded when it is ready. */
function scriptBytes(out) {
  const modules = new Modules(out);
  const chunks = readdirSync(path.join(out, 'chunks'));
  const parts = PARTS.map((part) => {
    const found = chunks.filter((file) => file.startsWith(`${part}-`));
    if (found.length !== 1) throw new Error(`the page has ${found.length} scripts ${part}`);
    return `chunks/${found[0]}`;
  });
  // A part comes with what it shares with others: each of these is a script of its own here, asked for in the same breath.
  const texts = [...modules.closure('main.js')].map((file) => [path.dirname(file), readFileSync(path.join(out, file), 'utf8')]);
  const beside = parts.flatMap((part) => texts.flatMap(([folder, text]) => {
    const [, others = ''] = text.match(new RegExp(`import\\("\\./${path.relative(folder, part)}"\\)((?:,import\\("[^"]+"\\))*)`)) ?? [];
    return [...others.matchAll(/"([^"]+)"/g)].map(([, file]) => path.join(folder, file));
  }));
  return modules.size(new Set(['main.js', ...parts, ...beside].flatMap((file) => [...modules.closure(file)])));
}

/** Builds the page with the package built in `dist`; answers its folder. */
export async function buildDemo({ dist = at('dist'), out = at('build/demo'), minify = true } = {}) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(path.join(out, 'model'), { recursive: true });
  await bundle({
    entryPoints: { main: at('demo/src/main.ts'), style: at('demo/style.css') }, outdir: out, bundle: true, splitting: true, chunkNames: 'chunks/[name]-[hash]', format: 'esm', target: 'es2022',
    minify, sourcemap: false, logLevel: 'error', legalComments: 'none', external: ['node:*'],
    alias: { 'feature-columns': path.join(dist, 'index.js') },
  });
  const page = readFileSync(at('demo/index.html'), 'utf8');
  writeFileSync(path.join(out, 'index.html'), page.replace('{{scripts}}', `${(scriptBytes(out) / 1024).toFixed(0)} KB`));
  cpSync(at('demo/icon.svg'), path.join(out, 'icon.svg'));
  for (const file of SERVED) cpSync(at('demo/model', file), path.join(out, 'model', file));
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.error(path.relative(root, await buildDemo()));
