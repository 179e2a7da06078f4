// Parts of the module: who brings them, and what happens where one cannot be had or is of another build.
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { PARTS } from '../../wasm/parts.mjs';
import { fc, packageFolder } from './package.mjs';

const dist = path.join(packageFolder, 'dist');
const wasm = (name) => path.join(dist, `feature-columns${name}.wasm`);
const embedding = (module) => module.embeddingColumn(module.categoricalColumnWithIdentity('id', { numBuckets: 3 }), { dimension: 1, combiner: 'sum', table: { data: Float32Array.of(1, 10, 100) } });
const utf8 = (text) => new TextEncoder().encode(text);

/** A tf.Example with the feature "id" of one integer. */
const example = (id) => {
  const field = (tag, bytes) => [tag, bytes.length, ...bytes];
  const feature = field(0x1a, field(0x0a, [id]));
  return Uint8Array.from(field(0x0a, field(0x0a, [...field(0x0a, utf8('id')), ...field(0x12, feature)])));
};

/** The package's dist in a folder of its own, imported from there: what it has compiled before is not there. */
async function withCopy(use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcol-parts-'));
  try {
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    cpSync(dist, path.join(folder, 'dist'), { recursive: true });
    await use(folder, (name) => import(pathToFileURL(path.join(folder, 'dist', name)).href));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('parts: the package has a file for each, and the core knows their names', () => {
  const names = readdirSync(dist).filter((file) => file.endsWith('.wasm')).sort();
  assert.deepEqual(names, ['feature-columns.wasm', 'feature-columns.whole.wasm', ...PARTS.map(({ name }) => `feature-columns.${name}.wasm`)].sort());
  const module = (name) => new WebAssembly.Module(readFileSync(wasm(name)));
  const partsOf = (name) => WebAssembly.Module.customSections(module(name), 'parts').map((bytes) => Buffer.from(bytes).toString());
  assert.deepEqual(partsOf(''), [PARTS.map(({ name }) => name).join()]);
  assert.deepEqual(partsOf('.whole'), []);
  // The core starts as cheaply as the whole: functions of parts cost it no imports, those that parts call no exports.
  const shape = (name) => [WebAssembly.Module.imports(module(name)).length, WebAssembly.Module.exports(module(name)).filter(({ kind }) => kind === 'function').length];
  assert.deepEqual(shape(''), shape('.whole'));
  for (const { name } of PARTS) assert.deepEqual([...new Set(WebAssembly.Module.imports(module(`.${name}`)).map((each) => each.module))], ['core']);
});

test('parts: the whole module needs none', async () => {
  const asked = [];
  const { compile } = WebAssembly;
  WebAssembly.compile = (bytes) => (asked.push(bytes.length), compile(bytes));
  try {
    const runtime = await fc.createRuntime({ wasmBinary: readFileSync(wasm('.whole')) });
    const layer = await runtime.denseFeatures([embedding(fc), fc.numericColumn('x')]);
    assert.deepEqual([...layer.transform({ id: [2], x: [0.5] }).data], [100, 0.5]);
    assert.equal(layer.explain({ id: [1], x: 2 }).columns.length, 2);
    runtime.dispose();
  } finally {
    WebAssembly.compile = compile;
  }
  assert.deepEqual(asked, [readFileSync(wasm('.whole')).length]);
});

test('parts: cut or whole, the module says the same', async () => {
  const ids = fc.categoricalColumnWithIdentity('id', { numBuckets: 3 });
  const of = (column) => fc.embeddingColumn(column, { dimension: 1, table: { data: Float32Array.of(1, 10, 100) } });
  const columns = [of(ids), of(fc.categoricalColumnWithHashBucket('word', { hashBucketSize: 3 }))];
  const good = { id: [1], word: ['a'] };
  const batches = [
    ...[[1.5], [1], [1n], new Float32Array(1), new Float64Array(1), new Int32Array(1)].map((word) => ({ ...good, word })),
    ...[['a'], new Float32Array(1), [1.5], [7], { values: new Int32Array(1), rowSplits: [0, 2] }].map((id) => ({ ...good, id })),
    { id: [1] }, { id: [1, 2], word: ['a'] },
  ];
  const messages = async (options) => {
    const runtime = await fc.createRuntime(options);
    const layer = await runtime.denseFeatures(columns);
    const said = batches.map((batch) => {
      try {
        return `${layer.transform(batch).data}`;
      } catch ({ code, message }) {
        return `${code}: ${message}`;
      }
    });
    for (const spec of [{}, { version: 2, layer: 'dense_features' }, { version: 1, layer: 'no' }]) {
      await runtime.load(spec).catch(({ message }) => said.push(message));
    }
    runtime.dispose();
    return said;
  };
  const said = await messages({});
  assert.deepEqual(said, await messages({ wasmBinary: readFileSync(wasm('.whole')) }));
  assert.match(said[0], /<dtype: 'number'>/);
});

test('parts: a column brings what is needed deep inside it, wherever it stands', async () => {
  const list = (key) => fc.categoricalColumnWithVocabularyList(key, { vocabularyList: ['a', 'b'] });
  const crossed = (...keys) => fc.crossedColumn(keys, { hashBucketSize: 5 });
  const columns = {
    'behind a name': crossed('x', list('y')), 'before one': crossed(list('y'), 'x'), 'behind two names': crossed('x', 'z', list('y')),
    weighted: fc.weightedCategoricalColumn(list('y'), { weightFeatureKey: 'w' }),
    'a bucket behind a name': crossed('x', fc.bucketizedColumn(fc.numericColumn('n'), { boundaries: [0] })),
  };
  const batch = { x: ['q'], y: ['b'], z: ['p'], w: [2], n: [1] };
  for (const [name, column] of Object.entries(columns)) {
    const answers = [];
    for (const options of [{}, { wasmBinary: readFileSync(wasm('.whole')) }]) {
      const runtime = await fc.createRuntime(options);
      const layer = await runtime.denseFeatures([fc.indicatorColumn(column)]);
      answers.push([...layer.transform(batch).data]);
      runtime.dispose();
    }
    assert.deepEqual(answers[0], answers[1], name);
    assert.ok(answers[0].some((value) => value !== 0), name);
  }
});

test('parts: carried as text they are the files beside it, byte for byte', async () =>
  withCopy(async (folder, load) => {
    const own = await load('index.js');
    const compiled = [];
    const { compile } = WebAssembly;
    WebAssembly.compile = (bytes) => (compiled.push(Buffer.from(bytes)), compile(bytes));
    try {
      const runtime = await own.createRuntime();
      for (let i = 0; i < 2; ++i) (await runtime.denseFeatures([own.numericColumn('x')])).dispose();
      (await (await own.createRuntime()).denseFeatures([own.numericColumn('x')])).dispose(); // compiled once for all runtimes
    } finally {
      WebAssembly.compile = compile;
    }
    assert.deepEqual(compiled.map((bytes) => ['', '.columns'].find((name) => bytes.equals(readFileSync(wasm(name))))), ['', '.columns', '']);
  }));

test('parts: calls that cannot wait bring theirs at once', async () =>
  withCopy(async (folder, load) => {
    const own = await load('index.js');
    const runtime = await own.createRuntime();
    const layer = await runtime.denseFeatures([embedding(own)]);
    assert.deepEqual([...layer.transformExamples([example(1), example(2)]).data], [10, 100]);
    assert.deepEqual([...layer.transformNdjson(utf8('{"id": [0, 2]}\n')).data], [101]);
    assert.equal(layer.explain({ id: [1] }).columns[0].values[0], 10);
    assert.equal(layer.coverage({ id: [1, 7] }).rows, 2);
    runtime.dispose();
  }));

test('parts: bundled into one file elsewhere, none of them is beside it, and all works', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcol-bundle-'));
  try {
    const program = `
      import * as fc from ${JSON.stringify(path.join(dist, 'index.js'))};
      const column = fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 3 }), { dimension: 1, combiner: 'sum', table: { data: Float32Array.of(1, 10, 100) } });
      const runtime = await fc.createRuntime();
      const layer = await runtime.denseFeatures([column, fc.numericColumn('x')]);
      console.log(layer.explain({ id: [1], x: 2.5 }).columns.map(({ values }) => values).join(), [...layer.transform({ id: [[0, 2]], x: [0.5] }).data].join());
      const alone = await fc.createRuntime();
      const ids = await alone.denseFeatures([column]);
      console.log(await alone.denseFeatures([fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile('v', { vocabularyFile: new TextEncoder().encode('a\\na\\n') }), { dimension: 1, table: { data: Float32Array.of(1, 10) } })]).catch(({ message }) => message.slice(-60)));
      try { ids.transform({ id: [3] }); } catch ({ message }) { console.log(message.slice(0, 40)); }
      console.log([...ids.transformNdjson(new TextEncoder().encode('{"id": [1, 2], "y": 0.1234567890123456789}\\n')).data].join());`;
    // A classic script has no import.meta.url; a file of the user's own may be called as ours.
    for (const [name, format] of [['index.mjs', 'esm'], ['app.cjs', 'cjs']]) {
      const outfile = path.join(folder, name);
      const contents = format === 'esm' ? program : `(async () => {${program.replace(/import (\* as \w+) from (".*?");/, (_, names, from) => `const fc = await import(${from});`)}})();`;
      await build({ stdin: { contents, resolveDir: folder }, bundle: true, format, platform: 'node', outfile, logLevel: 'silent', external: ['apache-arrow', 'hyparquet', 'hyparquet-compressors'] });
      const done = spawnSync('node', [outfile], { cwd: folder, encoding: 'utf8' });
      assert.equal(done.stdout, `10,2.5 101,0.5\n${'trying to add value 1: each key may stand once; remove one of them'.slice(-60)}\ncolumn "id": id 3 in row 0 is out of ran\n110\n`, `${name}: ${done.stderr}`);
    }
    assert.deepEqual(readdirSync(folder).sort(), ['app.cjs', 'index.mjs']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('parts: an app that only defines columns carries neither runtime nor module', async () => {
  const contents = `export { numericColumn } from ${JSON.stringify(path.join(dist, 'index.js'))};`;
  const { outputFiles } = await build({ stdin: { contents, resolveDir: dist }, bundle: true, write: false, minify: true, format: 'esm', platform: 'browser', logLevel: 'silent', ignoreAnnotations: false });
  assert.ok(outputFiles[0].contents.length < 60_000, `${outputFiles[0].contents.length} bytes`);
});

test('parts: one of another build is refused, and another try with the right one works', async () =>
  withCopy(async (folder, load) => {
    const own = await load('external.js');
    const file = path.join(folder, 'dist/feature-columns.columns.wasm');
    const right = readFileSync(file);
    const other = Buffer.from(right);
    other[other.length - 1] ^= 1; // the end of its section "build"
    writeFileSync(file, other);
    const runtime = await own.createRuntime({ fetch: async (url) => new Response(readFileSync(new URL(url))) });
    await assert.rejects(runtime.denseFeatures([own.numericColumn('x')]), { code: 'unsupported', message: /another build/ });
    assert.equal(runtime.stats().liveObjects, 0);
    const layer = await runtime.denseFeatures([embedding(own)]);
    assert.deepEqual([...layer.transform({ id: [1] }).data], [10]);
    runtime.dispose();
  }));

test('parts: one that is not there is a named error; what does not need it goes on', async () =>
  withCopy(async (folder, load) => {
    const own = await load('external.js');
    for (const name of ['rows', 'columns']) rmSync(path.join(folder, `dist/feature-columns.${name}.wasm`));
    const runtime = await own.createRuntime();
    const layer = await runtime.denseFeatures([embedding(own)]);
    assert.throws(() => layer.transformExamples([example(1)]), { code: 'network' });
    assert.deepEqual([...layer.transform({ id: [1] }).data], [10]);
    await assert.rejects(runtime.denseFeatures([own.numericColumn('x')]), { code: 'network' });
    (await runtime.denseFeatures([embedding(own)])).dispose();
    assert.equal(runtime.stats().layers, 1);
    cpSync(wasm('.columns'), path.join(folder, 'dist/feature-columns.columns.wasm'));
    (await runtime.denseFeatures([own.numericColumn('x')])).dispose();
    runtime.dispose();
  }));

test('parts: where what errors say cannot be had, they tell that, and the next one says it', async () =>
  withCopy(async (folder, load) => {
    const own = await load('external.js');
    const runtime = await own.createRuntime();
    const layer = await runtime.denseFeatures([embedding(own)]);
    const file = path.join(folder, 'dist/feature-columns.messages.wasm');
    rmSync(file);
    assert.throws(() => layer.transform({ id: [3] }), { name: 'FeatureColumnError', code: 'network', value: 'messages', message: /"messages".*served/ });
    assert.deepEqual([...layer.transform({ id: [1] }).data], [10]);
    cpSync(wasm('.messages'), file);
    assert.throws(() => layer.transform({ id: [3] }), { code: 'out_of_range', column: 'id', row: 0, message: /id 3 in row 0 is out of range/ });
    runtime.dispose();
  }));

test('parts: an aborted load ends while its part is on its way, and leaves nothing to those after it', async () =>
  withCopy(async (folder, load) => {
    const own = await load('external.js');
    let hold = true; // it never comes
    const { compile } = WebAssembly;
    WebAssembly.compile = async (bytes) => (hold && bytes.length === readFileSync(wasm('.columns')).length ? new Promise(() => {}) : compile(bytes));
    try {
      const runtime = await own.createRuntime();
      const controller = new AbortController();
      const loading = runtime.denseFeatures([own.numericColumn('x')], { signal: controller.signal });
      setTimeout(() => controller.abort(), 20);
      await assert.rejects(loading, { code: 'aborted' });
      const layer = await runtime.denseFeatures([embedding(own)]);
      assert.deepEqual([...layer.transform({ id: [1] }).data], [10]);
      const pending = runtime.denseFeatures([own.numericColumn('x')]);
      setTimeout(() => runtime.dispose(), 20);
      await assert.rejects(pending, { code: 'disposed' });
    } finally {
      WebAssembly.compile = compile;
      hold = false;
    }
  }));
