// The package as it is published: what is in it, how it is imported, what its types say.
import { build } from 'esbuild';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { bundledPage } from '../../scripts/pages.mjs';
import { Modules, packageSizes, sizesTable } from '../../scripts/sizes.mjs';
import { fc, packageFolder, root } from './package.mjs';

const manifest = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
const app = process.env.FCOL_APP;
/** Bytes of Brotli: of all that the first layer of a page of embeddings takes, by a bundler. */
const PAGE_BUDGET = 55 * 1024;
/** KB of the JavaScript of the pages of scripts/pages.mjs, one after the other: as it is, and bundled. */
const PAGE_BUDGETS = [[27.4, 23.0], [40.0, 36.1], [38.6, 34.8], [38.6, 36.4], [43.8, 40.0], [45.1, 40.3]];
let measured;
const sizes = () => (measured ??= packageSizes(path.join(packageFolder, 'dist')));
const needsApp = app ? false : 'not installed: npm test installs the packed tarball';

test('package: no runtime dependency, no install script, no side effect at import', () => {
  assert.equal(manifest.dependencies, undefined);
  for (const script of ['install', 'preinstall', 'postinstall']) assert.equal(manifest.scripts[script], undefined);
  assert.deepEqual(manifest.sideEffects, ['./dist/cli.js', './dist/worker-thread.js']);
  const program = "const before = Object.keys(globalThis).length; await import(process.argv[1]); if (Object.keys(globalThis).length !== before) process.exit(3); if (process._getActiveHandles().some((handle) => handle.constructor.name === 'Worker')) process.exit(4)";
  const done = spawnSync('node', ['--input-type=module', '-e', program, path.join(packageFolder, 'dist/index.js')], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
});

test('package: the command line starts without what few commands need', () => {
  const files = new Set();
  const reach = (name) => {
    if (files.has(name)) return;
    files.add(name);
    for (const [, imported] of readFileSync(path.join(packageFolder, 'dist', name), 'utf8').matchAll(/^(?:import|export)\b[^'"]*?(?:from )?["']\.\/([^'"]+)["']/gm)) reach(imported);
  };
  reach('cli.js');
  assert.ok(files.has('index.js'));
  const core = new Modules(path.join(packageFolder, 'dist')).closure('index.js');
  const text = [...files].filter((name) => !core.has(name)).map((name) => readFileSync(path.join(packageFolder, 'dist', name), 'utf8')).join('\n');
  assert.match(text, /createRuntime/);
  for (const name of ['this is no case', 'is no integer', 'RecordBatchFileWriter', 'import("apache-arrow")']) {
    assert.ok(!text.includes(name), name);
    assert.ok(readdirSync(path.join(packageFolder, 'dist')).some((file) => file.endsWith('.js') && readFileSync(path.join(packageFolder, 'dist', file), 'utf8').includes(name)), `${name} is somewhere`);
  }
});

test('package: every entry of "exports" is there', () => {
  for (const [name, target] of Object.entries(manifest.exports)) {
    for (const file of typeof target === 'string' ? [target] : Object.values(target)) assert.ok(existsSync(path.join(packageFolder, file)), `${name}: ${file}`);
  }
});

test('package: the tarball holds what is to be shipped and nothing else', { skip: needsApp }, () => {
  const files = readdirSync(packageFolder);
  assert.deepEqual(files.sort(), ['LICENSE', 'NOTICE', 'README.md', 'dist', 'package.json']);
});

test('package: imports by name, whole and external, run the same', { skip: needsApp }, () => {
  const program = `
    for (const name of ['feature-columns', 'feature-columns/external']) {
      const fc = await import(name);
      const runtime = await fc.createRuntime();
      const column = fc.indicatorColumn(fc.categoricalColumnWithIdentity('a', { numBuckets: 3 }));
      const layer = await runtime.denseFeatures([column]);
      console.log([...layer.transform({ a: [2, 0] }).data].join());
      runtime.dispose();
    }`;
  writeFileSync(path.join(app, 'check.mjs'), program);
  const done = spawnSync('node', ['check.mjs'], { cwd: app, encoding: 'utf8' });
  assert.equal(done.stdout, '0,0,1,1,0,0\n0,0,1,1,0,0\n', done.stderr);
});

test('package: a bundler for browsers finds all that every entry names, and no module of Node', { skip: needsApp }, async () => {
  const contents = ['', '/external', '/worker'].map((entry, i) => `export * as entry${i} from 'feature-columns${entry}';`).join('\n');
  const { warnings, outputFiles } = await build({ stdin: { contents, resolveDir: app }, bundle: true, write: false, format: 'esm', platform: 'browser', logLevel: 'silent' });
  assert.deepEqual(warnings, []);
  assert.ok(!/["'`]node:\w/.test(outputFiles[0].text));
});

test('package: its types compile in a strict project', { skip: needsApp }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcol-types-'));
  try {
    const source = `
      import { createRuntime, numericColumn, sharedEmbeddings, categoricalColumnWithVocabularyFile, type FeatureColumnError } from 'feature-columns';
      const ids = ['watched', 'impression'].map((key) => categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'videos.txt' }));
      const runtime = await createRuntime();
      const features = await runtime.denseFeatures([...sharedEmbeddings(ids, { dimension: 4, table: { data: new Float32Array(8) } }), numericColumn('age')]);
      const { data, shape, columns } = features.transform({ watched: [['a']], impression: ['b'], age: [1] });
      const first: number | undefined = data[0];
      const width: number | undefined = shape[1];
      const name: string | undefined = columns[0]?.name;
      export type Code = FeatureColumnError['code'];
      // @ts-expect-error: an option that does not exist
      numericColumn('age', { shapes: [1] });
      export { first, width, name };
    `;
    for (const moduleResolution of ['nodenext', 'bundler']) {
      writeFileSync(path.join(app, 'types.mts'), source);
      const module = moduleResolution === 'nodenext' ? 'nodenext' : 'esnext';
      writeFileSync(path.join(app, 'tsconfig.json'), JSON.stringify({
        compilerOptions: { strict: true, noEmit: true, target: 'es2022', module, moduleResolution, lib: ['es2022', 'dom', 'esnext.disposable'], types: [], exactOptionalPropertyTypes: true },
        files: ['types.mts'],
      }));
      const done = spawnSync('node', [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', app], { encoding: 'utf8' });
      assert.equal(done.status, 0, `${moduleResolution}: ${done.stdout}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('package: exports one function for each of TensorFlow\'s', () => {
  for (const name of ['numericColumn', 'bucketizedColumn', 'categoricalColumnWithVocabularyFile', 'categoricalColumnWithVocabularyList', 'categoricalColumnWithIdentity',
    'categoricalColumnWithHashBucket', 'crossedColumn', 'weightedCategoricalColumn', 'indicatorColumn', 'embeddingColumn', 'sharedEmbeddings', 'sequenceNumericColumn',
    'sequenceCategoricalColumnWithVocabularyFile', 'sequenceCategoricalColumnWithVocabularyList', 'sequenceCategoricalColumnWithIdentity',
    'sequenceCategoricalColumnWithHashBucket', 'makeParseExampleSpec', 'createRuntime', 'denseFeatures', 'sequenceFeatures', 'linearModel', 'toSpec', 'fromSpec', 'FeatureColumnError']) {
    assert.equal(typeof fc[name], 'function', name);
  }
});

test('package: a page downloads no more than this to begin with', async () => {
  const modules = new Modules(path.join(packageFolder, 'dist'));
  const { pages } = await sizes();
  const most = (what, bytes, budget) => assert.ok(bytes <= budget, `${what}: ${bytes} bytes of Brotli, more than ${budget}: what few pages need belongs into a part of its own, by import()`);
  assert.equal(pages.length, PAGE_BUDGETS.length);
  pages.forEach(({ what, bytes, bundledBytes }, i) => {
    most(`${what}, as it is`, bytes, PAGE_BUDGETS[i][0] * 1024);
    most(`${what}, bundled`, bundledBytes, PAGE_BUDGETS[i][1] * 1024);
  });
  most('all of the first page', pages[0].bundledBytes + pages[0].wasmBytes, PAGE_BUDGET);
  assert.ok(modules.closure('external.js').size <= 2, 'a page asks for what an entry consists of one by one');
  // The entry with the module inside has the same files, and the module.
  const own = ([...files]) => files.filter((file) => file.startsWith('chunks/')).sort();
  assert.deepEqual(own(modules.closure('index.js')), own(modules.closure('external.js')));
});

test('package: bundlers are told not to look for what is imported by a name that is not written down', () => {
  const modules = new Modules(path.join(packageFolder, 'dist'));
  const imports = [...modules.files, 'worker.js', 'worker-thread.js', 'index.js'].flatMap((file) => readFileSync(path.join(modules.dist, file), 'utf8').match(/\bimport\((?!["'])[^)]*\)/g) ?? []);
  assert.ok(imports.length > 0);
  for (const each of imports) assert.match(each, /^import\(\/\* @vite-ignore \*\/\/\* webpackIgnore: true \*\/[\w$]+\)$/);
});

test('package: who asks for a part asks for all that it needs at once', () => {
  const modules = new Modules(path.join(packageFolder, 'dist'));
  let asked = 0;
  for (const file of modules.files) {
    const here = modules.closure(file);
    const lazily = new Set(modules.imports(file).lazily);
    for (const part of lazily) for (const needed of modules.closure(part)) assert.ok(here.has(needed) || lazily.has(needed), `${file} asks for ${part}, which then asks for ${needed}`);
    asked += lazily.size;
  }
  assert.ok(asked > 20, String(asked));
  assert.deepEqual(readdirSync(path.join(modules.dist, 'chunks')).map((file) => `chunks/${file}`).filter((file) => !modules.files.includes(file) && !file.startsWith('chunks/wasm_')), []);
});

test('package: a bundler leaves out of an app what the app does not use, also where parts use it', async () => {
  const contents = (names) => `import { ${names} } from 'feature-columns/external'; globalThis.used = [${names}];`;
  const first = async (names) => (await bundledPage(path.join(packageFolder, 'dist'), { app: contents(names), parts: [] })).map(([, bytes]) => Buffer.from(bytes).toString('utf8')).join('\n');
  const few = await first('denseFeatures, embeddingColumn, categoricalColumnWithIdentity');
  const most = await first('denseFeatures, embeddingColumn, categoricalColumnWithIdentity, numericColumn, crossedColumn, fromSpec');
  // What only these functions say: of numericColumn, crossedColumn, fromSpec; then what estimators and connections say, which are parts.
  for (const name of ['normalizer_fn must be a callable', 'keys must be a list with length', 'Items of feature_columns must be a FeatureColumn: an object']) {
    assert.ok(most.includes(name), name);
    assert.ok(!few.includes(name), name);
  }
  for (const name of ['label_dimension', 'must be > 1', 'If-Range', 'content-range']) assert.ok(!few.includes(name), name);
  assert.equal(most.match(/FeatureColumnError/g).length, few.match(/FeatureColumnError/g).length);
});

test('package: the table of sizes in docs/performance.md is that of the package', async () => {
  const rows = (text) => new Map([...text.matchAll(/^\| (.+?)((?: \| [\d.]+ KB)+) \|$/gm)].flatMap(([, what, found]) => found.split(' | ').slice(1).map((size, i) => [`${what}, ${i}`, Number.parseFloat(size)])));
  const told = rows(readFileSync(path.join(root, 'docs/performance.md'), 'utf8'));
  const found = rows(sizesTable(await sizes()));
  assert.deepEqual([...told.keys()], [...found.keys()], 'node scripts/sizes.mjs --write');
  for (const [what, size] of found) {
    const allowed = what.includes('.wasm') ? 0.15 * size : Math.max(0.3, 0.05 * size); // compilers differ
    assert.ok(Math.abs(told.get(what) - size) <= allowed, `${what}: ${size} KB, not ${told.get(what)}: node scripts/sizes.mjs --write`);
  }
});

const PROGRAM = `
  import { categoricalColumnWithVocabularyFile, createRuntime, embeddingColumn, FeatureColumnError } from 'feature-columns';
  const npy = new Uint8Array(128 + 24);
  npy.set([0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]);
  npy.set(new TextEncoder().encode("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }".padEnd(117) + String.fromCharCode(10)), 10);
  npy.set(new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer), 128);
  const files = { 'words.txt': 'a\\nb\\nc\\n', 'words.npy': npy };
  const runtime = await createRuntime({ fetch: async (url) => (files[url] ? new Response(files[url]) : new Response('', { status: 404 })) });
  const column = embeddingColumn(categoricalColumnWithVocabularyFile('word', { vocabularyFile: 'words.txt' }), { dimension: 2, table: { url: 'words.npy' } });
  const layer = await runtime.denseFeatures([column]);
  const failed = await runtime.linearModel([column], { ckptToLoadFrom: 'none' }).catch((error) => error);
  console.log([...layer.transform({ word: ['c', 'a'] }).data].join(), failed instanceof FeatureColumnError, failed.code);
  runtime.dispose();`;

for (const splitting of [true, false]) {
  test(`package: a bundler makes of it ${splitting ? 'an app in chunks' : 'one file'} that works`, { skip: needsApp }, async () => {
    const { build } = await import('esbuild');
    const folder = mkdtempSync(path.join(tmpdir(), 'fcol-bundle-'));
    try {
      const { metafile } = await build({
        stdin: { contents: PROGRAM, resolveDir: app }, bundle: true, splitting, format: 'esm', platform: 'browser', minify: true, metafile: true, outdir: folder,
        external: ['apache-arrow', 'hyparquet', 'hyparquet-compressors'], entryNames: 'app', outExtension: { '.js': '.mjs' }, logLevel: 'error',
      });
      assert.equal(Object.keys(metafile.outputs).length > 5, splitting);
      const done = spawnSync('node', ['app.mjs'], { cwd: folder, encoding: 'utf8' });
      assert.equal(done.stdout, '5,6,1,2 true not_found\n', done.stderr);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** What a program prints that imports the package without one of its parts. */
function runWithout(part, program) {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcol-parts-'));
  try {
    cpSync(path.join(packageFolder, 'dist'), path.join(folder, 'dist'), { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}');
    rmSync(path.join(folder, 'dist', new Modules(path.join(folder, 'dist')).part(part)));
    const { stdout, stderr } = spawnSync('node', ['--input-type=module', '-e', program, path.join(folder, 'dist/index.js')], { encoding: 'utf8' });
    return stdout || stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('package: a part that cannot be had is an error of its own', () => {
  const program = `
      const { categoricalColumnWithIdentity, createRuntime, embeddingColumn, indicatorColumn } = await import(process.argv[1]);
      const runtime = await createRuntime();
      const id = categoricalColumnWithIdentity('id', { numBuckets: 2 });
      const layer = await runtime.denseFeatures([indicatorColumn(id)]);
      const failed = await runtime.denseFeatures([embeddingColumn(id, { dimension: 1, table: { url: 'file:///table.npy' } })]).catch((error) => error);
      console.log([...layer.transform({ id: [1] }).data].join(), failed.name, failed.code);`;
  assert.equal(runWithout('table_stream', program), '0,1 FeatureColumnError network\n');
});

test('package: a vocabulary file is asked for beside the part that reads it, and let go of if that does not come', () => {
  const program = `
    const { categoricalColumnWithVocabularyFile, createRuntime, indicatorColumn } = await import(process.argv[1]);
    const asked = [];
    const fetch = (url, { signal, ...others }) => {
      asked.push({ url, signal, others: Object.keys(others).length });
      return new Promise(() => {});
    };
    const runtime = await createRuntime({ fetch, baseUrl: 'https://models.example/' });
    const columns = ['a', 'b'].map((key) => indicatorColumn(categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'words.txt' })));
    const failed = await runtime.denseFeatures(columns).catch((error) => error);
    console.log(failed.name, failed.code, JSON.stringify(asked.map(({ url, signal, others }) => [url, signal.aborted, others])));`;
  assert.equal(runWithout('file_resources', program), 'FeatureColumnError network [["https://models.example/words.txt",true,0]]\n');
});

for (const [when, wait] of [['before its part has come', () => Promise.resolve()], ['while it is read', () => new Promise((resolve) => setTimeout(resolve, 100))]]) {
  test(`package: a vocabulary file is asked for once, and no longer than somebody wants it: an abort ${when}`, async () => {
    const asked = [];
    const fetch = (url, { signal }) => {
      asked.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const runtime = await fc.createRuntime({ fetch, baseUrl: 'https://models.example/' });
    const column = (key) => fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'words.txt' }));
    const controllers = [new AbortController(), new AbortController()];
    const loads = controllers.map(({ signal }, i) => runtime.denseFeatures([column('a'), column(`b${i}`)], { signal }).catch((error) => error.code));
    await wait();
    controllers[0].abort();
    assert.equal(await loads[0], 'aborted');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(asked.filter((signal) => !signal.aborted).length, 1, 'the other one still waits');
    assert.ok(asked.length <= 2, String(asked.length));
    controllers[1].abort();
    assert.equal(await loads[1], 'aborted');
    assert.ok(asked.every((signal) => signal.aborted));
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });
}
