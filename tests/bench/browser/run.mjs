// The rows of the benchmark in headless Chromium: the same modules as in Node, bundled for a page; the time of a cold start; and how
// long a page is blocked while a worker has a large batch.
import { build } from 'esbuild';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { serve } from '../../../scripts/serve.mjs';
import { root } from '../../../scripts/toolchain.mjs';
import { launchChromium } from '../../browser/drivers/chromium.mjs';
import { blockRows } from './blocks.mjs';
import { startRows } from './start.mjs';

const ROWS = { 1: 'row01_vocabulary', 2: 'row02_hash_table', 3: 'row03_utf8', 4: 'row04_strings', 7: 'row07_hash_buckets', 8: 'row08_bags', 11: 'row11_one_example' };
const OTHERS = { 12: startRows, worker: blockRows };
const at = (...parts) => path.join(root, ...parts);

async function bundle() {
  const out = at('build/bench/browser');
  mkdirSync(out, { recursive: true });
  const shared = { bundle: true, format: 'esm', platform: 'browser', outdir: out, logLevel: 'error', minify: true };
  await build({ ...shared, entryPoints: Object.values(ROWS).map((name) => at('tests/bench/rows', `${name}.mjs`)) });
  // As a bundler makes them: a script, and the wasm beside it. Modules that it only asks for when they are needed are not in it.
  await build({ ...shared, external: ['apache-arrow', 'hyparquet', 'hyparquet-compressors'], outdir: path.join(out, 'starts'), entryPoints: ['feature_columns', 'nothing', 'onnx', 'tfjs'].map((name) => at('tests/bench/starts', `${name}.mjs`)) });
  const peers = at('tests/bench/node_modules');
  const own = readdirSync(at('dist')).filter((file) => file.endsWith('.wasm')).map((file) => at('dist', file));
  for (const file of [...own, path.join(peers, 'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'), path.join(peers, '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')]) {
    cpSync(file, path.join(out, 'starts', path.basename(file)));
  }
}

/** Runs the rows that `wanted` names, or all; `tell` is given each result as it comes. Answers the browser's name and version. */
export async function measure({ wanted, rounds, full, tell }) {
  const names = [...Object.keys(ROWS), ...Object.keys(OTHERS)];
  for (const name of wanted ?? []) if (!names.includes(name)) throw new Error(`there is no row ${name} in a page; there are ${names.join(', ')}`);
  const isWanted = (name) => wanted === undefined || wanted.includes(name);
  await bundle();
  // Isolated, a page's clock has steps of 5 µs and not of 100.
  const isolated = await serve(root, 0, { quiet: true, headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' } });
  const plain = await serve(root, 0, { quiet: true });
  const browser = await launchChromium({ args: ['--js-flags=--max-old-space-size=8192'] });
  try {
    for (const [name, file] of Object.entries(ROWS)) {
      if (!isWanted(name)) continue;
      const page = await browser.newPage(); // a process of its own, so that no row pays for the memory of another
      page.setDefaultTimeout(0);
      await page.goto(`${isolated.url}tests/bench/browser/rows.html`);
      await page.waitForFunction(() => globalThis.runRow !== undefined);
      (await page.evaluate(([row, options]) => globalThis.runRow(row, options), [`${file}.js`, { rounds, full }])).forEach(tell);
      await page.close();
    }
    for (const [name, run] of Object.entries(OTHERS)) if (isWanted(name)) (await run(browser, plain.url, { rounds })).forEach(tell);
  } finally {
    await browser.close();
    isolated.server.close();
    plain.server.close();
  }
  return `Chromium ${browser.version()}`;
}
