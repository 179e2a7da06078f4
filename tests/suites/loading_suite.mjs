// Loading: what is shared, what an abort does, what a bad server or file becomes, and that failures leave nothing.
import { BASE, memoryServer, rejection } from './memory_server.mjs';
import { concatBytes, tensorBundle } from './tensor_bundle.mjs';

const WORDS = 'omar\nstringer\nmarlo\n';
const TABLE = Float32Array.from([1, 2, 3, 4, 5, 6]);
const MODEL = tensorBundle('model.ckpt', {
  emb: { shape: [3, 2], values: TABLE },
  other: { shape: [2, 2], values: Float32Array.from([7, 8, 9, 10]) },
  double: { shape: [3, 2], values: Float64Array.from(TABLE), dtype: 'double' },
  global_step: { shape: [], values: BigInt64Array.from([12n]), dtype: 'int64' },
});
const FILES = { 'videos.txt': WORDS, ...MODEL };
const LARGE_ROWS = 50_000;

/** A checkpoint of 1.2 MB, of which the test needs the 24 bytes of `emb` in the middle. */
const largeModel = () =>
  tensorBundle('model.ckpt', {
    a: { shape: [LARGE_ROWS, 3], values: new Float32Array(LARGE_ROWS * 3).fill(0.5) },
    emb: { shape: [3, 2], values: TABLE },
    z: { shape: [LARGE_ROWS, 3], values: new Float32Array(LARGE_ROWS * 3).fill(0.25) },
  });

const spoiled = (bytes, at, bit) => {
  const copy = bytes.slice();
  copy[at] ^= 1 << bit;
  return copy;
};

async function gzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const sha256 = async (text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));

/** A .npy file of format 1.0. */
function npy(values, header) {
  const text = `${header.padEnd(117)}\n`;
  const head = new Uint8Array(10);
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  return concatBytes(head, new TextEncoder().encode(text), new Uint8Array(values.buffer));
}
const NPY_HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";

function safetensors(header, data) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return concatBytes(length, text, data);
}

export default function (test, assert, fc) {
  const vocabulary = (key, options) => fc.categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'videos.txt', ...options });
  const embedding = (key = 'watched', options = {}, file = {}) =>
    fc.embeddingColumn(vocabulary(key, file), { dimension: 2, ckptToLoadFrom: 'model.ckpt', tensorNameInCkpt: 'emb', ...options });
  /** An embedding whose weights are in a table. */
  const tabled = (table, dimension = 2) => fc.embeddingColumn(vocabulary('watched'), { dimension, table });

  const start = (server, options = {}) => fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0, ...options });
  const empty = (runtime) => {
    const { liveObjects } = runtime.stats();
    assert.equal(liveObjects, 0, JSON.stringify(runtime.stats()));
  };
  // Most tests share a runtime for each number of retries, whose fetch is that of the server at hand: starting hundreds takes long.
  let current;
  const shared = new Map();
  const runtimeOver = (server, { retries = 0 } = {}) => {
    current = server;
    if (!shared.has(retries)) shared.set(retries, start({ fetch: (url, init) => current.fetch(url, init) }, { retries: retries === 'default' ? undefined : retries }));
    return shared.get(retries);
  };
  /** Loads columns over files, and gives what [omar, marlo] become; the runtime must be empty after. */
  async function vectors(server, columns, options, runtimeOptions) {
    const runtime = await runtimeOver(server, runtimeOptions);
    const layer = await runtime.denseFeatures(columns, options);
    const { data } = layer.transform({ watched: ['omar', 'marlo'] });
    layer.dispose();
    empty(runtime);
    return [...data];
  }
  /** The error of loading columns over files; the runtime must be empty after. */
  async function failure(server, columns, options, runtimeOptions) {
    const runtime = await runtimeOver(server, runtimeOptions);
    const error = await rejection(runtime.denseFeatures(columns, options));
    assert.ok(error instanceof fc.FeatureColumnError, String(error?.stack ?? error));
    empty(runtime);
    return error;
  }
  const coded = (error, code, ...phrases) => {
    assert.equal(error.code, code, error.message);
    for (const phrase of phrases) assert.ok(error.message.includes(phrase), `"${phrase}" is not in: ${error.message}`);
  };
  const EXPECTED = [1, 2, 5, 6];

  test('a file is fetched once, however many columns and layers ask for it', async () => {
    const server = memoryServer(FILES);
    const runtime = await start(server);
    const layers = await Promise.all([
      runtime.denseFeatures([embedding('watched'), embedding('impression')]),
      runtime.denseFeatures([embedding('watched')]),
    ]);
    assert.deepEqual(server.paths().sort(), ['model.ckpt.data-00000-of-00001', 'model.ckpt.index', 'videos.txt']);
    assert.equal(runtime.stats().vocabularies.count, 1);
    assert.equal(runtime.stats().tables.count, 1);
    layers[0].dispose();
    assert.deepEqual([...layers[1].transform({ watched: ['marlo'] }).data], [5, 6]);
    layers[1].dispose();
    empty(runtime);
    runtime.dispose();
  });

  test('columns that read one file differently share the fetch and not the vocabulary', async () => {
    const server = memoryServer(FILES);
    const runtime = await start(server);
    const table = { data: TABLE };
    const layer = await runtime.denseFeatures([
      fc.embeddingColumn(vocabulary('watched'), { dimension: 2, table }),
      fc.embeddingColumn(vocabulary('first', { vocabularySize: 2 }), { dimension: 2, table: { data: TABLE.slice(0, 4) } }),
    ]);
    assert.deepEqual(server.paths(), ['videos.txt']);
    assert.equal(runtime.stats().vocabularies.count, 2);
    assert.deepEqual([...layer.transform({ watched: ['marlo'], first: ['marlo'] }).data], [0, 0, 5, 6]);
    layer.dispose();
    empty(runtime);
    runtime.dispose();
  });

  test('an abort before, and one in the middle, with the reason as cause', async () => {
    const reason = new Error('the user left');
    coded(await failure(memoryServer(FILES), [embedding()], { signal: AbortSignal.abort(reason) }), 'aborted');
    const controller = new AbortController();
    const server = memoryServer(FILES, {
      answer: (path) => {
        if (path.endsWith('.index')) controller.abort(reason);
        return undefined;
      },
    });
    const error = await failure(server, [embedding()], { signal: controller.signal });
    coded(error, 'aborted');
    assert.equal(error.cause, reason);
  });

  test('an abort ends only the caller who gave the signal; the fetch ends when nobody waits', async () => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    const server = memoryServer(FILES, { answer: (path) => (path === 'videos.txt' ? held.then(() => undefined) : undefined) });
    const runtime = await start(server);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = rejection(runtime.denseFeatures([embedding('watched')], { signal: one.signal }));
    const second = runtime.denseFeatures([embedding('watched')], { signal: two.signal });
    await new Promise((resolve) => setTimeout(resolve, 20));
    one.abort();
    coded(await first, 'aborted');
    release();
    const layer = await second;
    assert.equal(server.paths().filter((path) => path === 'videos.txt').length, 1);
    assert.deepEqual([...layer.transform({ watched: ['omar'] }).data], [1, 2]);
    layer.dispose();
    empty(runtime);

    let cut = 0;
    const slow = memoryServer(FILES, { answer: (path, { signal }) => (path === 'videos.txt' ? new Promise((_, reject) => signal.addEventListener('abort', () => reject((cut += 1)))) : undefined) });
    const lonely = await start(slow);
    const hurry = new AbortController();
    setTimeout(() => hurry.abort(), 30);
    coded(await rejection(lonely.denseFeatures([embedding('watched')], { signal: hurry.signal })), 'aborted');
    assert.equal(cut, 1);
    empty(lonely);
    runtime.dispose();
    lonely.dispose();
  });

  test('progress counts up to the size of each file', async () => {
    const seen = new Map();
    const onProgress = ({ phase, url, loaded, total }) => seen.set(url, [...(seen.get(url) ?? []), { phase, loaded, total }]);
    await vectors(memoryServer(FILES, { chunk: 7 }), [embedding()], { onProgress });
    assert.deepEqual([...seen.keys()].map((url) => url.slice(BASE.length)).sort(), ['model.ckpt.data-00000-of-00001', 'model.ckpt.index', 'videos.txt']);
    for (const [url, reports] of seen) {
      const size = url.endsWith('.txt') ? WORDS.length : MODEL[url.slice(BASE.length)].length;
      assert.equal(reports[0].phase, url.endsWith('.txt') ? 'vocabulary' : 'checkpoint');
      assert.ok(reports.length > 1);
      assert.ok(reports.every(({ loaded }, i) => i === 0 || loaded > reports[i - 1].loaded));
      assert.deepEqual(reports.at(-1), { phase: reports[0].phase, loaded: size, total: size });
    }
  });

  test('missing files are not_found with the URL and the status', async () => {
    for (const missing of ['videos.txt', 'model.ckpt.data-00000-of-00001']) {
      const files = { ...FILES };
      delete files[missing];
      const error = await failure(memoryServer(files), [embedding()]);
      coded(error, 'not_found', `${BASE}${missing}`, '404', 'No such file or directory');
      assert.equal(error.column, missing === 'videos.txt' ? 'watched' : 'watched_embedding');
    }
    coded(await failure(memoryServer({ 'videos.txt': WORDS }), [embedding()]), 'not_found', 'model.ckpt.index', '404');
  });

  test('other refusals of a server are network, and only its own faults are tried again', async () => {
    for (const [status, tries] of [[403, 1], [429, 1], [500, 3], [503, 3]]) {
      const server = memoryServer(FILES, { answer: (path) => (path === 'videos.txt' ? new Response('', { status }) : undefined) });
      coded(await failure(server, [embedding()], {}, { retries: 2 }), 'network', `${BASE}videos.txt`, String(status));
      assert.equal(server.paths().filter((path) => path === 'videos.txt').length, tries, `status ${status}`);
    }
  });

  test('a connection that is cut is tried again, twice by default', async () => {
    for (const cut of [
      () => Promise.reject(new TypeError('fetch failed')),
      () => new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) })),
      () => new Response('om', { headers: { 'content-length': String(WORDS.length) } }),
    ]) {
      const server = memoryServer(FILES, { answer: (path, _, count) => (path === 'videos.txt' && count < 2 ? cut() : undefined) });
      assert.deepEqual(await vectors(server, [embedding()], {}, { retries: 'default' }), EXPECTED);
      assert.equal(server.paths().filter((path) => path === 'videos.txt').length, 3);
      const dead = memoryServer(FILES, { answer: (path) => (path === 'videos.txt' ? cut() : undefined) });
      coded(await failure(dead, [embedding()]), 'network', `${BASE}videos.txt`);
    }
  });

  test('an HTML page in place of a file is named as one', async () => {
    const page = '<!DOCTYPE html><html><body>home</body></html>';
    for (const path of ['videos.txt', 'model.ckpt.index']) {
      for (const headers of [{ 'content-type': 'text/html; charset=utf-8' }, {}]) {
        const server = memoryServer({ 'videos.txt': WORDS, ...MODEL }, { answer: (asked) => (asked === path || (path.endsWith('.index') && !(asked in FILES)) ? new Response(page, { headers }) : undefined) });
        coded(await failure(server, [embedding()]), 'network', `${BASE}${path}`, 'the server answered with an HTML page');
      }
    }
  });

  test('truncated files: by Content-Length where the server sent it, else by their own marks', async () => {
    for (const [path, bytes] of Object.entries(MODEL)) {
      for (let size = 0; size < bytes.length; size += size < 16 || size > bytes.length - 16 ? 1 : 13) {
        const short = bytes.slice(0, size);
        const headers = { 'content-length': String(bytes.length) };
        const told = memoryServer(FILES, { answer: (asked) => (asked === path ? new Response(short, { headers }) : undefined) });
        coded(await failure(told, [embedding()]), 'network', 'was cut off', `${size} of ${bytes.length}`);
        const error = await failure(memoryServer({ ...FILES, [path]: short }), [embedding('watched', { tensorNameInCkpt: 'other' }, { vocabularySize: 2 })]);
        // Tensors lie in the order of their names: `other` is the last.
        assert.ok(['invalid_checkpoint', 'checksum_mismatch'].includes(error.code), `${path} cut at ${size}: ${error.message}`);
      }
    }
    coded(await failure(memoryServer({ ...FILES, 'videos.txt': 'omar\nstr' }), [embedding('watched', {}, { vocabularySize: 3 })]), 'invalid_vocabulary', 'Invalid vocab_size', 'expected 3 but got 2');
  });

  test('a flipped bit in an index or in a tensor is found, or changes nothing', async () => {
    let found = 0;
    for (const [path, bytes] of Object.entries(MODEL)) {
      for (let at = 0; at < bytes.length; ++at) {
        const runtime = await runtimeOver(memoryServer({ ...FILES, [path]: spoiled(bytes, at, at % 8) }));
        let layer;
        try {
          layer = await runtime.denseFeatures([embedding()]);
        } catch (error) {
          found += 1;
          assert.ok(['invalid_checkpoint', 'checksum_mismatch', 'unsupported', 'tensor_not_found'].includes(error.code), `${path} byte ${at}: ${error.code} ${error.message}`);
          if (path.includes('.data-')) assert.equal(error.code, 'checksum_mismatch');
        }
        if (layer) assert.deepEqual([...layer.transform({ watched: ['omar', 'marlo'] }).data], EXPECTED, `${path} byte ${at}`);
        layer?.dispose();
        empty(runtime);
      }
    }
    assert.ok(found > MODEL['model.ckpt.index'].length / 2, `${found} were found`);
  });

  test('tensors of another shape, dtype or name are refused in the words of TensorFlow', async () => {
    const server = memoryServer(FILES);
    coded(await failure(server, [embedding('watched', { tensorNameInCkpt: 'other' })]), 'shape_mismatch', "((3, 2)) doesn't match with shape of tensor other ([2, 2]) from checkpoint reader.");
    coded(await failure(server, [embedding('watched', { dimension: 3 })]), 'shape_mismatch', "((3, 3)) doesn't match with shape of tensor emb ([3, 2]) from checkpoint reader.");
    coded(await failure(server, [embedding('watched', { tensorNameInCkpt: 'nope' })]), 'tensor_not_found', 'Tensor nope is not found in');
    coded(await failure(server, [embedding('watched', { tensorNameInCkpt: 'double' })]), 'dtype_mismatch', 'expected dtype float does not equal original dtype double');
  });

  test('a call after a failed one works, on the same runtime', async () => {
    const files = { 'videos.txt': WORDS };
    const server = memoryServer(files);
    const runtime = await start(server);
    await rejection(runtime.denseFeatures([embedding()]));
    empty(runtime);
    Object.assign(files, { ...MODEL, 'model.ckpt.data-00000-of-00001': spoiled(MODEL['model.ckpt.data-00000-of-00001'], 50, 1) });
    coded(await rejection(runtime.denseFeatures([embedding()])), 'checksum_mismatch');
    empty(runtime);
    Object.assign(files, MODEL);
    const layer = await runtime.denseFeatures([embedding()]);
    assert.deepEqual([...layer.transform({ watched: ['omar', 'marlo'] }).data], EXPECTED);
    layer.dispose();
    empty(runtime);
    runtime.dispose();
  });

  test('of a large data file only the needed bytes are asked for', async () => {
    const files = { 'videos.txt': WORDS, ...largeModel() };
    const server = memoryServer(files, { ranges: true });
    assert.deepEqual(await vectors(server, [embedding()]), EXPECTED);
    const asked = server.log.filter(({ path }) => path.includes('.data-'));
    assert.deepEqual(asked.map(({ range }) => range), [`bytes=${LARGE_ROWS * 12}-${LARGE_ROWS * 12 + 23}`]);
  });

  test('servers that do not honour Range, or say so without doing it, give the same numbers', async () => {
    const files = { 'videos.txt': WORDS, ...largeModel() };
    const data = files['model.ckpt.data-00000-of-00001'];
    const lies = {
      'ignores Range': undefined,
      'no Content-Range': () => new Response(data.slice(0, 24), { status: 206 }),
      'another range': () => new Response(data.slice(0, 24), { status: 206, headers: { 'content-range': `bytes 0-23/${data.length}` } }),
      'a compressed range': (start) => new Response(data.slice(start, start + 24), { status: 206, headers: { 'content-range': `bytes ${start}-${start + 23}/${data.length}`, 'content-encoding': 'gzip' } }),
      'refuses Range': () => new Response('', { status: 416 }),
      'chokes on Range': () => new Response('', { status: 500 }),
    };
    for (const [what, lie] of Object.entries(lies)) {
      const answer = lie && ((path, init) => {
        const range = /^bytes=(\d+)-/.exec(new Headers(init.headers).get('range') ?? '');
        return range && path.includes('.data-') ? lie(Number(range[1])) : undefined;
      });
      const server = memoryServer(files, { answer });
      assert.deepEqual(await vectors(server, [embedding()]), EXPECTED, what);
      assert.equal(server.log.filter(({ path }) => path.includes('.data-')).length, lie ? 2 : 1, what);
    }
  });

  test('ranges of a file that was replaced meanwhile are not put together', async () => {
    const tensors = {
      a: { shape: [3, 2], values: Float32Array.from([1, 1, 1, 1, 1, 1]) },
      b: { shape: [LARGE_ROWS, 4], values: new Float32Array(LARGE_ROWS * 4) },
      c: { shape: [3, 2], values: TABLE },
    };
    const files = { 'videos.txt': WORDS, ...tensorBundle('model.ckpt', tensors) };
    let ranges = 0;
    const inner = memoryServer(files, { ranges: true });
    const fetch = async (url, init) => {
      const response = await inner.fetch(url, init);
      if (response.status !== 206) return response;
      const headers = new Headers(response.headers);
      headers.set('etag', `"${(ranges += 1)}"`);
      return new Response(response.body, { status: 206, headers });
    };
    const columns = [embedding('watched', { tensorNameInCkpt: 'a' }), embedding('impression', { tensorNameInCkpt: 'c' })];
    const runtime = await start({ fetch });
    const layer = await runtime.denseFeatures(columns);
    assert.deepEqual([...layer.transform({ watched: ['omar'], impression: ['omar'] }).data], [1, 2, 1, 1]);
    assert.equal(ranges, 2);
    assert.equal(inner.log.filter(({ path, range }) => path.includes('.data-') && range === null).length, 1);
    layer.dispose();
    empty(runtime);
    runtime.dispose();
  });

  test('a data file that is too short for its index is invalid_checkpoint, by ranges too', async () => {
    const large = largeModel();
    const name = 'model.ckpt.data-00000-of-00001';
    const files = { 'videos.txt': WORDS, ...large, [name]: large[name].slice(0, LARGE_ROWS * 12 + 10) };
    for (const ranges of [true, false]) coded(await failure(memoryServer(files, { ranges }), [embedding()]), 'invalid_checkpoint', name, 'cut off');
  });

  test('directories: the checkpoint file names the latest; a SavedModel has variables/variables', async () => {
    const column = (ckptToLoadFrom) => [embedding('watched', { ckptToLoadFrom })];
    const step = (values) => tensorBundle('run 1/model.ckpt-7', { emb: { shape: [3, 2], values } });
    const state = (text) => ({ 'videos.txt': WORDS, ...step(TABLE), 'run 1/checkpoint': text });
    for (const text of [
      'model_checkpoint_path: "model.ckpt-7"\nall_model_checkpoint_paths: "model.ckpt-3"\nall_model_checkpoint_paths: "model.ckpt-7"\nlast_preserved_timestamp: 1.5\n',
      "# model_checkpoint_path: \"x\"\nall_model_checkpoint_paths: 'model_checkpoint_path: \"y\"' model_checkpoint_path:'model\\x2eckpt\\0557'",
      'model_checkpoint_path: "/home/trainer/run 1/model.ckpt-7"',
      'model_checkpoint_path: "C:\\\\train\\\\model.ckpt-7"',
    ]) {
      for (const directory of ['run 1', 'run 1/']) assert.deepEqual(await vectors(memoryServer(state(text)), column(directory)), EXPECTED, text);
    }
    coded(await failure(memoryServer(state('hello')), column('run 1/')), 'invalid_checkpoint', 'model_checkpoint_path');
    coded(await failure(memoryServer(state('model_checkpoint_path: "gone"')), column('run 1/')), 'not_found', 'gone.index');
    const saved = { 'videos.txt': WORDS, ...tensorBundle('saved/variables/variables', { emb: { shape: [3, 2], values: TABLE } }) };
    for (const directory of ['saved', 'saved/']) assert.deepEqual(await vectors(memoryServer(saved), column(directory)), EXPECTED);
    coded(await failure(memoryServer({ 'videos.txt': WORDS }), column('nothing')), 'not_found', 'nothing.index', 'nothing/checkpoint');
  });

  test('tensors of a sharded checkpoint come from their own files', async () => {
    const files = {
      'videos.txt': WORDS,
      ...tensorBundle('model.ckpt', { emb: { shape: [3, 2], values: TABLE, shard: 1 }, other: { shape: [3, 2], values: TABLE, shard: 0 } }, 2),
    };
    const server = memoryServer(files);
    assert.deepEqual(await vectors(server, [embedding()]), EXPECTED);
    assert.ok(!server.paths().includes('model.ckpt.data-00000-of-00002'));
  });

  test('a query stays behind the names of a checkpoint', async () => {
    const server = memoryServer(FILES);
    assert.deepEqual(await vectors(server, [embedding('watched', { ckptToLoadFrom: `${BASE}model.ckpt?token=a/b` })]), EXPECTED);
    assert.ok(server.log.some(({ url }) => url === `${BASE}model.ckpt.index?token=a/b`));
  });

  test('tables: .npy, .safetensors of three dtypes, and floats', async () => {
    const half = Uint16Array.from([0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600]);
    const bfloat = Uint16Array.from([0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0, 0x40c0]);
    const bytes = (array) => new Uint8Array(array.buffer);
    const tensors = safetensors(
      {
        __metadata__: { format: 'pt' },
        f32: { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] },
        f16: { dtype: 'F16', shape: [3, 2], data_offsets: [24, 36] },
        bf16: { dtype: 'BF16', shape: [3, 2], data_offsets: [36, 48] },
      },
      concatBytes(bytes(TABLE), bytes(half), bytes(bfloat)),
    );
    const files = { ...FILES, 'table.npy': npy(TABLE, NPY_HEADER), 'all.safetensors': tensors, 'one.safetensors': safetensors({ t: { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] } }, bytes(TABLE)) };
    const server = memoryServer(files);
    for (const table of [
      { url: 'table.npy' },
      { url: 'table.npy?v=1' },
      { url: 'one.safetensors' },
      ...['f32', 'f16', 'bf16'].map((tensor) => ({ url: 'all.safetensors', tensor })),
      { url: 'model.ckpt', tensor: 'emb' },
      { data: TABLE },
    ]) {
      assert.deepEqual(await vectors(server, [tabled(table)]), EXPECTED, JSON.stringify(table));
    }
    coded(await failure(server, [tabled({ url: 'all.safetensors' })]), 'tensor_not_found', 'f32, f16, bf16');
    coded(await failure(server, [tabled({ url: 'all.safetensors', tensor: 'x' })]), 'tensor_not_found', 'f32');
    coded(await failure(server, [tabled({ data: TABLE }, 4)]), 'shape_mismatch', '6 floats', 'dimension 4');
    coded(await failure(server, [tabled({ data: new Float32Array(4) })]), 'shape_mismatch', '([2, 2])');
    coded(await failure(server, [tabled({ url: 'table.npy' }, 3)]), 'shape_mismatch', '([3, 2])');
  });

  test('16-bit floats widen exactly: subnormals, signed zeros, infinities', async () => {
    const values = Uint16Array.from([0x0001, 0x83ff, 0x0400, 0x8000, 0x7c00, 0x7bff]);
    const widened = [2 ** -24, -1023 * 2 ** -24, 2 ** -14, -0, Infinity, 65504];
    const files = { ...FILES, 't.safetensors': safetensors({ t: { dtype: 'F16', shape: [3, 2], data_offsets: [0, 12] } }, new Uint8Array(values.buffer)) };
    const runtime = await start(memoryServer(files));
    const layer = await runtime.denseFeatures([tabled({ url: 't.safetensors' })]);
    const { data } = layer.transform({ watched: ['omar', 'stringer', 'marlo'] });
    for (const [i, value] of widened.entries()) assert.ok(Object.is(data[i], value), `${i}: ${data[i]} is not ${value}`);
    layer.dispose();
    runtime.dispose();
  });

  test('spoiled .npy and .safetensors files are refused, whatever was spoiled', async () => {
    const whole = npy(TABLE, NPY_HEADER);
    const bad = {
      'a.npy': whole.slice(0, 40),
      'b.npy': whole.slice(0, whole.length - 1),
      'c.npy': concatBytes(whole, [0]),
      'd.npy': new TextEncoder().encode('hello'),
      'e.npy': npy(TABLE, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"),
      'f.npy': npy(TABLE, "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }"),
      'g.npy': npy(TABLE, "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }"),
      'h.npy': npy(TABLE, "{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }"),
    };
    const data = new Uint8Array(TABLE.buffer);
    const good = { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] };
    const length = (value) => {
      const bytes = safetensors({ t: good }, data);
      new DataView(bytes.buffer).setBigUint64(0, value, true);
      return bytes;
    };
    const headers = [[], null, { t: 1 }, { t: { ...good, shape: [-3, -2] } }, { t: { ...good, shape: 'x' } }, { t: { ...good, data_offsets: [0, 25] } }, { t: { ...good, data_offsets: [8, 32] } }, { t: { ...good, data_offsets: [-24, 0] } }, { t: { ...good, shape: [2 ** 40, 2 ** 40] } }, { t: { ...good, dtype: 'I64', data_offsets: [0, 48] } }, { t: { ...good, dtype: 'toString' } }];
    headers.forEach((header, i) => (bad[`${i}.safetensors`] = safetensors(header, data)));
    Object.assign(bad, { 'x.safetensors': length(2n ** 63n), 'y.safetensors': length(3n), 'z.safetensors': new Uint8Array(5) });
    for (const [name, bytes] of Object.entries(bad)) {
      const { code, message } = await failure(memoryServer({ ...FILES, [name]: bytes }), [tabled({ url: name, tensor: name.endsWith('.npy') ? undefined : 't' })]);
      assert.ok(['invalid_checkpoint', 'dtype_mismatch', 'unsupported', 'shape_mismatch', 'tensor_not_found'].includes(code), `${name}: ${code} ${message}`);
      assert.ok(message.includes(name), message);
    }
  });

  test('integrity: the pinned content passes in both notations, another one does not', async () => {
    const digest = await sha256(WORDS);
    const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
    for (const integrity of [{ 'videos.txt': `sha256-${base64}` }, { [`${BASE}videos.txt`]: hex(digest) }]) {
      assert.deepEqual(await vectors(memoryServer(FILES), [embedding()], { integrity }), EXPECTED);
      const error = await failure(memoryServer({ ...FILES, 'videos.txt': 'omar\nstringer\nmarla\n' }), [embedding()], { integrity });
      coded(error, 'integrity', `${BASE}videos.txt`, hex(digest));
    }
    const pinned = { 'model.ckpt.data-00000-of-00001': '00'.repeat(32) };
    coded(await failure(memoryServer(FILES), [embedding()], { integrity: pinned }), 'integrity', 'data-00000-of-00001');
    coded(await failure(memoryServer(FILES), [embedding()], { integrity: { 'videos.txt': 'md5-x' } }), 'invalid_argument', 'sha256-');
    // What was loaded unpinned does not pass for pinned.
    const runtime = await start(memoryServer(FILES));
    const layer = await runtime.denseFeatures([embedding()]);
    coded(await rejection(runtime.denseFeatures([embedding()], { integrity: { 'videos.txt': '00'.repeat(32) } })), 'integrity');
    layer.dispose();
    empty(runtime);
    runtime.dispose();
  });

  test('tfrecord_gzip: gzip, what a server has inflated already, and what is neither', async () => {
    // Framed by hand: the CRCs are those of the record `omar` and its length.
    const omar = Uint8Array.from([4, 0, 0, 0, 0, 0, 0, 0, 0x42, 0x45, 0x52, 0x04, 0x6f, 0x6d, 0x61, 0x72, 0x7c, 0xe6, 0x44, 0x05]);
    const table = { data: Float32Array.from([1, 2]) };
    const column = [fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile('watched', { vocabularyFile: 'v.tfrecord.gz' }), { dimension: 2, table })];
    const load = (bytes) => vectors(memoryServer({ 'v.tfrecord.gz': bytes }), column);
    const packed = await gzip(omar);
    assert.deepEqual(await load(packed), [1, 2, 0, 0]);
    assert.deepEqual(await load(omar), [1, 2, 0, 0]);
    const fails = (bytes) => failure(memoryServer({ 'v.tfrecord.gz': bytes }), column);
    coded(await fails(new TextEncoder().encode('omar\nstringer\n')), 'invalid_vocabulary', 'inflate() failed');
    for (let size = 2; size < packed.length; ++size) coded(await fails(packed.slice(0, size)), 'invalid_vocabulary', 'inflate() failed');
    for (let at = 12; at < packed.length; ++at) {
      const { code, message } = await fails(spoiled(packed, at, 3));
      assert.ok(['invalid_vocabulary', 'checksum_mismatch'].includes(code), `byte ${at}: ${code} ${message}`);
    }
    coded(await fails(await gzip(spoiled(omar, 14, 0))), 'checksum_mismatch');
  });

  test('a vocabulary may be given as bytes, a Blob, a response or a stream, and is shared by what it is', async () => {
    const bytes = new TextEncoder().encode(WORDS);
    for (const vocabularyFile of [bytes, bytes.buffer, new Blob([bytes]), new Response(bytes), new Blob([bytes]).stream(), new URL('videos.txt', BASE)]) {
      const column = (key) => fc.embeddingColumn(vocabulary(key, { vocabularyFile }), { dimension: 2, table: { data: TABLE } });
      const runtime = await runtimeOver(memoryServer(FILES));
      const layer = await runtime.denseFeatures([column('watched'), column('impression')]);
      assert.equal(runtime.stats().vocabularies.count, 1);
      assert.deepEqual([...layer.transform({ watched: ['omar'], impression: ['marlo'] }).data], [5, 6, 1, 2]);
      layer.dispose();
      empty(runtime);
    }
    const used = new Response(WORDS);
    await used.text();
    coded(await failure(memoryServer(FILES), [fc.embeddingColumn(vocabulary('watched', { vocabularyFile: used }), { dimension: 2, table: { data: TABLE } })]), 'invalid_argument', 'has been read before');
  });

  test('relative names are relative to baseUrl, and in a spec to the spec', async () => {
    const columns = [
      {
        type: 'embedding_column', dimension: 2, ckpt_to_load_from: 'model.ckpt', tensor_name_in_ckpt: 'emb',
        categorical_column: { type: 'categorical_column_with_vocabulary_file', key: 'watched', vocabulary_file: '../videos.txt' },
      },
    ];
    const files = { 'videos.txt': WORDS, 'sub/spec.json': JSON.stringify({ version: 1, layer: 'dense_features', columns }) };
    for (const [name, bytes] of Object.entries(MODEL)) files[`sub/${name}`] = bytes;
    const server = memoryServer(files);
    const runtime = await start(server);
    const layer = await runtime.load('sub/spec.json');
    assert.deepEqual([...layer.transform({ watched: ['omar', 'marlo'] }).data], EXPECTED);
    layer.dispose();
    coded(await rejection(runtime.load('videos.txt')), 'invalid_spec', 'videos.txt');
    empty(runtime);
    runtime.dispose();
  });
}
