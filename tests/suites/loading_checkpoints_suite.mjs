// Loading checkpoints: their names and shards, the bytes that are asked for, and what is spoiled or not in them.
import { EXPECTED, FILES, MODEL, TABLE, WORDS, loading, spoiled } from './loading_files.mjs';
import { BASE, memoryServer, rejection } from './memory_server.mjs';
import { tensorBundle } from './tensor_bundle.mjs';

const LARGE_ROWS = 50_000;

/** A checkpoint of 1.2 MB, of which the test needs the 24 bytes of `emb` in the middle. */
const largeModel = () =>
  tensorBundle('model.ckpt', {
    a: { shape: [LARGE_ROWS, 3], values: new Float32Array(LARGE_ROWS * 3).fill(0.5) },
    emb: { shape: [3, 2], values: TABLE },
    z: { shape: [LARGE_ROWS, 3], values: new Float32Array(LARGE_ROWS * 3).fill(0.25) },
  });

export default function (test, assert, fc) {
  const { coded, embedding, empty, failure, runtimeOver, start, tabled, vectors } = loading(assert, fc);

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

  test('tensors of another shape, dtype or name are refused in the words of TensorFlow', async () => {
    const server = memoryServer(FILES);
    coded(await failure(server, [embedding('watched', { tensorNameInCkpt: 'other' })]), 'shape_mismatch', "((3, 2)) doesn't match with shape of tensor other ([2, 2]) from checkpoint reader.");
    coded(await failure(server, [embedding('watched', { dimension: 3 })]), 'shape_mismatch', "((3, 3)) doesn't match with shape of tensor emb ([3, 2]) from checkpoint reader.");
    coded(await failure(server, [embedding('watched', { tensorNameInCkpt: 'nope' })]), 'tensor_not_found', 'Tensor nope is not found in');
    coded(await failure(server, [embedding('watched', { tensorNameInCkpt: 'double' })]), 'dtype_mismatch', 'expected dtype float does not equal original dtype double');
  });

  test('cast: double and integers are taken too, each value rounded to the nearest float32; without it they are refused', async () => {
    const doubles = Float64Array.from([0.1, -1e300, 16777217, 1e-46, 1e-40, 1 / 3]);
    const whole = BigInt64Array.from([16777217n, -1n, 9007199254740993n, 2n ** 62n, 0n, 7n]);
    const files = { ...FILES, ...tensorBundle('wide.ckpt', { double: { shape: [3, 2], values: doubles, dtype: 'double' }, whole: { shape: [3, 2], values: whole, dtype: 'int64' }, count: { shape: [], values: whole.slice(0, 1), dtype: 'int64' } }), ...tensorBundle('only.ckpt', { double: { shape: [3, 2], values: doubles, dtype: 'double' } }) };
    const rounded = (values) => [0, 1, 4, 5].map((i) => Math.fround(Number(values[i])));
    const of = (url, tensor, others) => [tabled({ url, tensor, ...others })];
    assert.deepEqual(await vectors(memoryServer(files), of('wide.ckpt', 'double', { cast: true })), rounded(doubles));
    assert.deepEqual(await vectors(memoryServer(files), of('wide.ckpt', 'whole', { cast: true })), rounded(whole));
    assert.deepEqual(await vectors(memoryServer(files), of('model.ckpt', 'emb', { cast: true })), EXPECTED);
    coded(await failure(memoryServer(files), of('wide.ckpt', undefined, { cast: true })), 'tensor_not_found', '2 matrices', 'double (double), whole (int64)');
    coded(await failure(memoryServer(files), of('wide.ckpt', 'whole', { cast: false })), 'dtype_mismatch', 'original dtype int64', 'cast: true');
    // The only float is meant, whatever else is there.
    assert.deepEqual(await vectors(memoryServer({ ...files, ...tensorBundle('mixed.ckpt', { emb: { shape: [3, 2], values: TABLE }, whole: { shape: [3, 2], values: whole, dtype: 'int64' } }) }), of('mixed.ckpt', undefined, { cast: true })), EXPECTED);
    coded(await failure(memoryServer({ 'videos.txt': WORDS, 'table.npy': new Uint8Array(8) }), of('table.npy', undefined, { cast: true })), 'unsupported', 'table.npy', 'cast');

    const runtime = await start(memoryServer(files));
    assert.deepEqual([...(await runtime.readTensor({ url: 'wide.ckpt', tensor: 'whole', cast: true })).data], [...whole].map((value) => Math.fround(Number(value))));
    coded(await rejection(runtime.readTensor({ url: 'wide.ckpt', tensor: 'whole' })), 'dtype_mismatch', 'wide.ckpt');
    assert.deepEqual((await runtime.readTensor({ url: 'only.ckpt', cast: true })).shape, [3, 2]);
    coded(await rejection(runtime.readTensor({ url: 'wide.ckpt', tensor: 'whole', cast: 'no' })), 'invalid_argument', 'cast is true or false');
    coded(await rejection(runtime.readTensor({ url: 'none.npy', cast: true })), 'unsupported', 'none.npy');
    // Of a table that needs no rounding there is one, whoever asks.
    const both = await runtime.denseFeatures([...of('model.ckpt', 'emb', { cast: true }), fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 3 }), { dimension: 2, table: { url: 'model.ckpt', tensor: 'emb' } })]);
    assert.equal(runtime.stats().tables.count, 1);
    both.dispose();
    // One who casts does not answer for one who does not, though both are there at once.
    const layer = await runtime.denseFeatures(of('wide.ckpt', 'double', { cast: true }));
    coded(await rejection(runtime.denseFeatures(of('wide.ckpt', 'double'))), 'dtype_mismatch', 'double');
    const again = await runtime.load(JSON.parse(JSON.stringify(fc.toSpec(of('wide.ckpt', 'double', { cast: true })))));
    assert.deepEqual([...again.transform({ watched: ['omar', 'marlo'] }).data], [...layer.transform({ watched: ['omar', 'marlo'] }).data]);
    runtime.dispose();
    for (const table of [{ url: 'a', cast: 1 }, { data: TABLE, cast: true }, { url: 'a.npy', fetch: 'rows', cast: true }]) assert.throws(() => tabled(table), { code: 'invalid_definition', message: /cast|data is the tensor itself/ });
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
}
