// How a runtime gets its module: both entries, bytes, a compiled module, a URL; and what the garbage collector gives back.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fc, packageFolder } from './package.mjs';

const file = path.join(packageFolder, 'dist/feature-columns.wasm');
const columns = [fc.numericColumn('x', { normalizerFn: [['mul', 2]] })];

async function works(runtime) {
  const layer = await runtime.denseFeatures(columns);
  assert.deepEqual([...layer.transform({ x: [1, 2] }).data], [2, 4]);
  runtime.dispose();
}

test('feature-columns/external reads the file beside it', async () => {
  const external = await import(pathToFileURL(path.join(packageFolder, 'dist/external.js')).href);
  assert.deepEqual(Object.keys(external).sort(), Object.keys(fc).sort());
  await works(await external.createRuntime());
});

test('bytes, a compiled module, a path, a URL', async () => {
  const wasmBinary = readFileSync(file);
  await works(await fc.createRuntime({ wasmBinary }));
  const wasmModule = await WebAssembly.compile(wasmBinary);
  await Promise.all([fc.createRuntime({ wasmModule }).then(works), fc.createRuntime({ wasmModule }).then(works)]);
  await works(await fc.createRuntime({ wasmUrl: file }));
  await works(await fc.createRuntime({ wasmUrl: pathToFileURL(file) }));
  await assert.rejects(fc.createRuntime({ wasmUrl: `${file}.missing` }), { code: 'not_found' });
});

test('parts are looked for beside a core at a URL, and then beside the entry', async () => {
  const core = 'https://cdn.test/a/feature-columns.wasm?v=1';
  const serve = (has) => {
    const asked = [];
    return { asked, fetch: async (url) => (asked.push(url), has(url) ? new Response(readFileSync(path.join(path.dirname(file), path.basename(new URL(url).pathname)))) : new Response('<!doctype html>', { status: 200 })) };
  };
  for (const entry of [fc, await import(pathToFileURL(path.join(packageFolder, 'dist/external.js')).href)]) {
    const all = serve(() => true);
    await works(await entry.createRuntime({ wasmUrl: core, fetch: all.fetch }));
    assert.equal(all.asked[0], core);
    assert.ok(all.asked.includes('https://cdn.test/a/feature-columns.columns.wasm?v=1'), String(all.asked));
  }
  const alone = serve((url) => url === core);
  await works(await fc.createRuntime({ wasmUrl: core, fetch: alone.fetch })); // the entry has them inside
});

test('a core of any name has its parts', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcol-core-'));
  try {
    const core = path.join(folder, 'core.bin');
    copyFileSync(file, core);
    const runtime = await fc.createRuntime({ wasmUrl: core });
    const layer = await runtime.denseFeatures([fc.numericColumn('x')]);
    assert.equal(layer.explain({ x: 2 }).columns.length, 1);
    runtime.dispose();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a name of any length crosses into the core', async () => {
  const runtime = await fc.createRuntime();
  const other = await runtime.denseFeatures([fc.numericColumn('y')]);
  const key = 'x'.repeat(9 << 20);
  const layer = await runtime.denseFeatures([fc.numericColumn(key, { defaultValue: 0.1 })]);
  assert.deepEqual([...layer.transform({ [key]: [2] }).data], [2]);
  assert.equal(fc.parseSpec(JSON.stringify({ [key]: 1 }))[key], 1);
  assert.deepEqual([...other.transform({ y: [3] }).data], [3]);
  runtime.dispose();
});

test('the module carried as text is the file beside it, byte for byte', async () => {
  const compiled = [];
  const { compile } = WebAssembly;
  WebAssembly.compile = (bytes) => (compiled.push(bytes), compile(bytes));
  try {
    await works(await fc.createRuntime());
  } finally {
    WebAssembly.compile = compile;
  }
  assert.ok(Buffer.from(compiled[0]).equals(readFileSync(file)));
});

test('a Cache keeps whole files; the mode of the HTTP cache is passed on', async () => {
  const kept = new Map();
  const cache = { match: async (url) => kept.get(url)?.clone(), put: async (url, response) => void kept.set(url, response) };
  const seen = [];
  const fetch = async (url, init) => (seen.push(init?.cache ?? 'none'), new Response('a\nb\n'));
  const column = fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile: 'https://cdn.test/words.txt' }));
  for (let i = 0; i < 2; ++i) {
    const runtime = await fc.createRuntime({ fetch, cache });
    const layer = await runtime.denseFeatures([column]);
    assert.deepEqual([...layer.transform({ word: ['b'] }).data], [0, 1]);
    runtime.dispose();
  }
  assert.deepEqual(seen, ['none']);
  const runtime = await fc.createRuntime({ fetch, cache: 'force-cache' });
  await runtime.denseFeatures([column]);
  assert.deepEqual(seen, ['none', 'force-cache']);
  runtime.dispose();
});

test('a layer that nobody disposed goes with the garbage', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const runtime = await fc.createRuntime();
  await (async () => {
    const layer = await runtime.denseFeatures([fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 2 }), { dimension: 1, table: { data: new Float32Array(2) } })]);
    layer.transform({ id: [1] });
  })();
  assert.equal(runtime.stats().liveObjects, 2);
  for (let i = 0; i < 50 && runtime.stats().liveObjects > 0; ++i) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(runtime.stats().liveObjects, 0);
  runtime.dispose();
});
