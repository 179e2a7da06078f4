// Tables that are fetched by rows in Node: paths, a server of Node's own, the command line, and what types say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { FORMATS, npyHeader, random, tableBytes } from '../suites/table_bytes.mjs';
import { lines, run } from './command.mjs';
import { fc, root } from './package.mjs';

const ROWS = 300;
const DIMENSION = 5;
const folder = mkdtempSync(path.join(tmpdir(), 'fcol-rows-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name, content) => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};
const identity = (numBuckets) => fc.categoricalColumnWithIdentity('id', { numBuckets });
const column = (table, rows = ROWS, dimension = DIMENSION) => fc.embeddingColumn(identity(rows), { dimension, combiner: 'sum', table });

test('rows: of a path, in every format, bit for bit', async () => {
  const runtime = await fc.createRuntime();
  const next = random(3);
  for (const format of FORMATS) {
    const url = file(format.startsWith('npy') ? `${format}.npy` : `${format}.safetensors`, tableBytes(format, ROWS, DIMENSION));
    const whole = await runtime.denseFeatures([column({ url })]);
    const rows = await runtime.denseFeatures([column({ url, fetch: 'rows', budget: 60_000 })]);
    for (let round = 0; round < 5; ++round) {
      const batch = { id: Array.from({ length: 30 }, () => Array.from({ length: Math.floor(next() * 4) }, () => Math.floor(next() * ROWS))) };
      const wanted = whole.transform(batch).data;
      const found = (await rows.transform(batch)).data;
      assert.deepEqual(Buffer.from(found.buffer), Buffer.from(wanted.buffer));
    }
    whole.dispose();
    rows.dispose();
  }
  assert.equal(runtime.stats().liveObjects, 0);
  runtime.dispose();
});

test('rows: a file that is written to, cut off or deleted', async () => {
  const bytes = tableBytes('float32', ROWS, DIMENSION);
  const url = file('changing.safetensors', bytes);
  utimesSync(url, 1000, 1000);
  const runtime = await fc.createRuntime();
  const layer = await runtime.denseFeatures([column({ url, fetch: 'rows' })]);
  const wanted = (await layer.transform({ id: [7] })).data;
  const refused = async (code, says) => {
    await assert.rejects(layer.transform({ id: [200] }), (error) => error instanceof fc.FeatureColumnError && error.code === code && error.message.includes(says));
    assert.deepEqual((await layer.transform({ id: [7] })).data, wanted);
  };
  utimesSync(url, 2000, 2000);
  await refused('integrity', 'written to');
  writeFileSync(url, bytes.subarray(0, 100));
  await refused('integrity', 'had');
  rmSync(url);
  await refused('not_found', 'No such file');
  writeFileSync(url, bytes);
  utimesSync(url, 1000, 1000);
  assert.equal((await layer.transform({ id: [200] })).data.length, DIMENSION);
  await assert.rejects(runtime.denseFeatures([column({ url: path.join(folder, 'nothing.npy'), fetch: 'rows' })]), { code: 'not_found' });
  runtime.dispose();
});

/** Serves `use`; answers what it gives. */
async function serving(handler, use) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const MILLIONS = 10_000_000;
const WIDTH = 32;
const front = npyHeader('<f4', [MILLIONS, WIDTH]);
const valueAt = (row, i) => ((row * 7 + i * 13) % 8191) / 16;
/** Bytes of a table that is nowhere. */
function madeBytes(from, to) {
  const bytes = Buffer.alloc(to + 1 - from);
  for (let at = from; at <= to; ++at) {
    const place = at - front.length;
    if (place < 0) bytes[at - from] = front[at];
    else bytes[at - from] = new Uint8Array(Float32Array.of(valueAt(Math.floor(place / 4 / WIDTH), Math.floor(place / 4) % WIDTH)).buffer)[place % 4];
  }
  return bytes;
}
const SIZE = front.length + MILLIONS * WIDTH * 4;

test('rows: ten million rows over HTTP, of which a process holds four mebibytes', async () => {
  let bytes = 0;
  await serving((request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range).map(Number);
    bytes += to + 1 - from;
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${SIZE}`, etag: '"made"' }).end(madeBytes(from, to));
  }, async (origin) => {
    const runtime = await fc.createRuntime();
    const layer = await runtime.denseFeatures([column({ url: `${origin}users.npy`, fetch: 'rows', budget: 4 << 20, gap: 1000 }, MILLIONS, WIDTH)]);
    const next = random(1);
    for (let round = 0; round < 5; ++round) {
      const id = Array.from({ length: 100 }, () => Math.floor(next() * MILLIONS));
      const { data } = await layer.transform({ id });
      assert.deepEqual(data, Float32Array.from(id.flatMap((row) => Array.from({ length: WIDTH }, (_, i) => valueAt(row, i)))));
    }
    assert.ok(runtime.stats().tables.bytes <= 4 << 20);
    assert.ok(bytes < 500 * WIDTH * 4 * 1.2 + 5000, `${bytes} bytes of ${SIZE}`);
    runtime.dispose();
  });
});

test('rows: a server that ignores Range is left before it has sent the file', async () => {
  let sent = 0;
  let closed;
  const ended = new Promise((resolve) => (closed = resolve));
  await serving((_request, response) => {
    response.writeHead(200, { 'content-length': SIZE });
    const chunk = madeBytes(0, (1 << 16) - 1);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
    };
    response.on('drain', more);
    response.on('close', closed);
    more();
  }, async (origin) => {
    const runtime = await fc.createRuntime({ retries: 0 });
    await assert.rejects(runtime.denseFeatures([column({ url: `${origin}users.npy`, fetch: 'rows' }, MILLIONS, WIDTH)]), { code: 'unsupported', message: /ignores Range/ });
    await ended;
    assert.ok(sent < 1 << 24, `${sent} bytes were sent`);
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });
});

test('rows: an abort closes the connections', async () => {
  let open = 0;
  let closed;
  const allClosed = new Promise((resolve) => (closed = resolve));
  await serving((request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range).map(Number);
    if (from === 0) return response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${SIZE}` }).end(madeBytes(from, to));
    open += 1;
    response.on('close', () => (open -= 1) === 0 && closed());
  }, async (origin) => {
    const runtime = await fc.createRuntime({ retries: 0 });
    const layer = await runtime.denseFeatures([column({ url: `${origin}users.npy`, fetch: 'rows' }, MILLIONS, WIDTH)]);
    const warnings = [];
    const listen = (warning) => warnings.push(warning);
    process.on('warning', listen);
    const id = Array.from({ length: 50 }, (_, i) => i * 100_000 + 1);
    await assert.rejects(layer.transform({ id }, { signal: AbortSignal.timeout(50) }), { code: 'aborted' });
    await allClosed;
    process.off('warning', listen);
    assert.deepEqual(warnings, []);
    assert.equal(runtime.stats().fetchedRows.count, 0);
    runtime.dispose();
  });
});

test('rows: the command line transforms, scores by worker threads, and explains with them', () => {
  const bytes = tableBytes('int4', ROWS, DIMENSION);
  file('cli.safetensors', bytes);
  const specOf = (table) => JSON.stringify({ columns: [{ type: 'embedding_column', categorical_column: { type: 'categorical_column_with_identity', key: 'id', num_buckets: ROWS }, dimension: DIMENSION, table }] });
  const whole = file('whole.json', specOf({ url: 'cli.safetensors' }));
  const fetched = file('fetched.json', specOf({ url: 'cli.safetensors', fetch: 'rows' }));
  const input = Array.from({ length: 200 }, (_, i) => JSON.stringify({ id: [i, (i * 7) % ROWS] })).join('\n');
  for (const more of [[], ['--threads', '2', '--batch-size', '20']]) {
    const [wanted, found] = [whole, fetched].map((spec) => run(['transform', '--spec', spec, ...more], input));
    assert.equal(found.status, 0, found.stderr.toString());
    assert.equal(lines(found.stdout).length, 200);
    assert.equal(found.stdout.toString(), wanted.stdout.toString());
  }
  const [wanted, found] = [whole, fetched].map((spec) => run(['explain', '--spec', spec, '--row', '3', '--json'], input));
  assert.equal(found.status, 0, found.stderr.toString());
  assert.deepEqual(JSON.parse(found.stdout).columns[0].values, JSON.parse(wanted.stdout).columns[0].values);
});

test('rows: types tell layers that answer with promises from others', { skip: process.env.FCOL_APP ? false : 'not installed: npm test installs the packed tarball' }, () => {
  const project = mkdtempSync(path.join(process.env.FCOL_APP, 'types-'));
  try {
    writeFileSync(path.join(project, 'types.mts'), `
      import { categoricalColumnWithIdentity, createRuntime, denseFeatures, embeddingColumn, numericColumn, sharedEmbeddings, type Classifier, type ColumnDefinition, type DenseFeatures, type DenseOutput, type Fetching } from 'feature-columns';
      const id = categoricalColumnWithIdentity('id', { numBuckets: 3 });
      const whole = embeddingColumn(id, { dimension: 2, table: { url: 't.npy' } });
      const fetched = embeddingColumn(id, { dimension: 2, table: { url: 't.npy', fetch: 'rows', budget: 1000 } });
      const group = sharedEmbeddings([id], { dimension: 2, table: { url: 't.npy', fetch: 'rows' } });
      const runtime = await createRuntime();
      const now: DenseOutput = (await runtime.denseFeatures([whole, numericColumn('n')])).transform({ id: [1] });
      const layer: Fetching<DenseFeatures> = await denseFeatures([fetched, whole, numericColumn('n'), ...group]);
      const later: Promise<DenseOutput> = layer.transform({ id: [1] }, { signal: AbortSignal.timeout(10), out: new Float32Array(6) });
      const single: Fetching<DenseFeatures> = await runtime.denseFeatures(fetched);
      const steps = await runtime.sequenceFeatures(group);
      const lengths: Int32Array = (await steps.transform({ id: [[1]] })).sequenceLength;
      const model: Fetching<Classifier> = await runtime.dnnLinearCombinedClassifier({ ckptToLoadFrom: 'm', dnnFeatureColumns: [fetched], linearFeatureColumns: whole });
      const probability: number | undefined = (await model.predict({ id: [1] })).probabilities[0];
      const plain: Classifier = await runtime.dnnClassifier({ ckptToLoadFrom: 'm', featureColumns: [whole] });
      const loaded = await runtime.load<Fetching<DenseFeatures>>('spec.json');
      const width: number = loaded.width;
      const counted: number = loaded.coverage({ id: [1] }).rows;
      const explained = await loaded.explain({ id: 1 });
      // @ts-expect-error: a promise has no data
      layer.transform({ id: [1] }).data;
      // @ts-expect-error: a list that may be of whole tables only has none that are fetched
      const list: ColumnDefinition[] = [fetched];
      // @ts-expect-error: how rows are fetched is said of tables whose rows are fetched
      embeddingColumn(id, { dimension: 2, table: { url: 't.npy', budget: 5 } });
      export { now, later, single, lengths, probability, plain, width, counted, explained, list };
    `);
    writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022', 'dom', 'esnext.disposable'], types: [], exactOptionalPropertyTypes: true },
      files: ['types.mts'],
    }));
    const done = spawnSync('node', [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { encoding: 'utf8' });
    assert.equal(done.status, 0, done.stdout);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
