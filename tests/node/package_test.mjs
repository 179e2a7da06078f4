// The package as it is published: what is in it, how it is imported, what its types say.
import { build } from 'esbuild';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fc, packageFolder, root } from './package.mjs';

const manifest = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
const app = process.env.FCOL_APP;
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
  const text = [...files].filter((name) => name !== 'index.js').map((name) => readFileSync(path.join(packageFolder, 'dist', name), 'utf8')).join('\n');
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
