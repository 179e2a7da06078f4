// A connection that is cut: reading goes on where it was cut if the server proves that the file is the same, and else from its start.
import { BASE, memoryServer, rejection } from './memory_server.mjs';
import { concatBytes, tensorBundle } from './tensor_bundle.mjs';

const ROWS = 700;
const VALUES = Float32Array.from({ length: ROWS * 8 }, (_, i) => (i * 2654435761) % 1000);
const OTHER = VALUES.map((value) => value + 1);
const WORDS = Array.from({ length: 900 }, (_, i) => `word-${i}\n`).join('');

function npy(values) {
  const text = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${ROWS}, 8), }`.padEnd(117)}\n`;
  const head = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8];
  return concatBytes(head, new TextEncoder().encode(text), new Uint8Array(values.buffer));
}
function safetensors(values) {
  const text = new TextEncoder().encode(JSON.stringify({ t: { dtype: 'F32', shape: [ROWS, 8], data_offsets: [0, values.byteLength] } }));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return concatBytes(length, text, new Uint8Array(values.buffer));
}
const DATA = 'model.ckpt.data-00000-of-00001';
const filesOf = (values) => ({
  'table.npy': npy(values),
  'table.safetensors': safetensors(values),
  ...tensorBundle('model.ckpt', { t: { shape: [ROWS, 8], values } }),
  'words.txt': new TextEncoder().encode(WORDS),
});

/** Wraps a server: the answers for `path` break off after so many bytes, one number for each; later ones are whole. */
function cutting(files, path, cuts, { headers = () => ({ etag: '"1"' }), ranges = true, lie = 0 } = {}) {
  const asked = [];
  const fetch = async (url, { headers: own, signal } = {}) => {
    const name = String(url).slice(BASE.length);
    const range = /^bytes=(\d+)-(\d+)$/.exec(new Headers(own).get('range') ?? '');
    const bytes = files()[name];
    if (!bytes) return new Response('', { status: 404 });
    if (name !== path) return memoryServer(files()).fetch(url, { signal });
    const ifRange = new Headers(own).get('if-range');
    const count = asked.push({ range: range ? range[0] : null, ifRange }) - 1;
    const said = headers(count);
    const honoured = range && ranges && (ifRange === null || ifRange === said.etag || ifRange === said['last-modified']);
    const [start, end] = honoured ? [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)] : [0, bytes.length];
    if (honoured && start >= bytes.length) return new Response(null, { status: 416 });
    const part = bytes.slice(start, end);
    const cut = cuts[count];
    let at = 0;
    const body = new ReadableStream({
      pull(controller) {
        const stop = cut === undefined ? part.length : Math.min(cut, part.length);
        if (at < stop) return controller.enqueue(part.slice(at, (at = Math.min(stop, at + 997))));
        return cut === undefined ? controller.close() : controller.error(new TypeError('terminated'));
      },
    });
    return new Response(body, {
      status: honoured ? 206 : 200,
      headers: { 'content-length': String(part.length + lie), ...(honoured && { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }), ...said },
    });
  };
  return { fetch, asked };
}

/** On a page the server is of another origin, which would have to allow `If-Range`: then only the answer's own ETag tells. */
const elsewhere = typeof location === 'object';

export default function (test, assert, fc) {
  const KINDS = {
    'table.npy': { table: { url: 'table.npy' } },
    'table.safetensors': { table: { url: 'table.safetensors' } },
    [DATA]: { ckptToLoadFrom: 'model.ckpt', tensorNameInCkpt: 't' },
  };
  const columnOf = (path) => fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: ROWS }), { dimension: 8, ...KINDS[path] });
  async function load({ fetch }, path, options) {
    const runtime = await fc.createRuntime({ fetch, baseUrl: BASE, retries: 9 });
    const layer = await runtime.denseFeatures([columnOf(path)], options);
    const { data } = layer.transform({ id: Int32Array.from({ length: ROWS }, (_, i) => i) });
    layer.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
    return data;
  }
  const files = filesOf(VALUES);
  // Pauses double from 200 ms on: what is cut often is tested on one kind only.
  const same = (data, expected = VALUES) => assert.deepEqual([...data], [...expected]);

  test('cut at many offsets, in the header and in the array: what has come is not asked for again', async () => {
    for (const path of Object.keys(KINDS)) {
      const size = files[path].length;
      await Promise.all([1, 5, 11, 100, 300, 4099, size - 1, size].map(async (cut) => {
        const server = cutting(() => files, path, [cut]);
        same(await load(server, path));
        const expected = cut === size ? [null] : [null, `bytes=${cut}-${size - 1}`];
        assert.deepEqual(server.asked.map(({ range }) => range), expected, `${path} cut at ${cut}`);
      }));
    }
    const server = cutting(() => files, 'table.npy', [3000, 0, 1, 2000]);
    same(await load(server, 'table.npy'));
    const last = files['table.npy'].length - 1;
    assert.deepEqual(server.asked.map(({ range }) => range), [null, ...[3000, 3000, 3001, 5001].map((from) => `bytes=${from}-${last}`)]);
  });

  test('a vocabulary goes on where it was cut', async () => {
    const server = cutting(() => files, 'words.txt', [1000, 2500]);
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE });
    const layer = await runtime.denseFeatures([fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile('w', { vocabularyFile: 'words.txt' }), { dimension: 1, table: { data: Float32Array.from({ length: 900 }, (_, i) => i) } })]);
    assert.deepEqual([...layer.transform({ w: ['word-0', 'word-899', 'word-450'] }).data], [0, 899, 450]);
    assert.deepEqual(server.asked.map(({ range }) => range), [null, `bytes=1000-${WORDS.length - 1}`, `bytes=3500-${WORDS.length - 1}`]);
    runtime.dispose();
  });

  test('a file that was replaced is read from its start', async () => {
    const others = filesOf(OTHER);
    for (const path of Object.keys(KINDS)) {
      // Servers that heed If-Range answer 200; one that does not sends a part of the new file.
      for (const heeds of [true, false]) {
        let asked = 0;
        const server = cutting(() => (asked > 0 ? others : files), path, [4000], { headers: (count) => ({ etag: `"${count}"` }) });
        const fetch = async (url, init = {}) => {
          const headers = new Headers(init.headers);
          if (!heeds) headers.delete('if-range');
          // The index of a checkpoint has the checksums: it is of the new one.
          if (path === DATA && String(url).endsWith('.index')) return memoryServer(others).fetch(url, init);
          const response = await server.fetch(url, { ...init, headers });
          asked += String(url).endsWith(path) ? 1 : 0;
          return response;
        };
        same(await load({ fetch }, path), OTHER);
        assert.deepEqual(server.asked.map(({ range }) => range?.replace(/-\d+$/, '') ?? null), heeds && !elsewhere ? [null, 'bytes=4000'] : [null, 'bytes=4000', null], path);
      }
    }
  });

  test('without proof that the file is the same, all of it is asked for again', async () => {
    const date = 'Tue, 24 Nov 2020 12:00:00 GMT';
    const cases = {
      'no validator': [{}, [null, null]],
      'a weak ETag': [{ etag: 'W/"1"' }, [null, null]],
      'changed this very second': [{ 'last-modified': date, date }, [null, null]],
      'a time alone': [{ 'last-modified': date }, [null, null]],
      'an older time': [{ 'last-modified': date, date: 'Tue, 24 Nov 2020 12:00:01 GMT' }, [null, 'bytes=4000']],
    };
    for (const [what, [headers, expected]] of Object.entries(cases)) {
      const server = cutting(() => files, 'table.npy', [4000], { headers: () => headers });
      same(await load(server, 'table.npy'));
      assert.deepEqual(server.asked.map(({ range }) => range?.replace(/-\d+$/, '') ?? null), expected, what);
    }
    const ignoring = cutting(() => files, 'table.npy', [4000], { ranges: false });
    same(await load(ignoring, 'table.npy'));
    assert.equal(ignoring.asked.length, 2);
    assert.equal(ignoring.asked[1].ifRange, elsewhere ? null : '"1"');
  });

  test('answers to the rest of a file that are not it: another range, another size, encoded, refused, failed', async () => {
    const size = files['table.npy'].length;
    const part = (headers) => new Response(files['table.npy'].slice(4000), { status: 206, headers: { 'content-length': String(size - 4000), ...headers } });
    const right = { 'content-range': `bytes 4000-${size - 1}/${size}`, etag: '"1"' };
    for (const [what, answer] of Object.entries({
      'another start': () => part({ ...right, 'content-range': `bytes 3999-${size - 1}/${size}` }),
      'another size': () => part({ ...right, 'content-range': `bytes 4000-${size - 1}/${size + 1}` }),
      'no Content-Range': () => part({ etag: '"1"' }),
      'no ETag': () => part({ 'content-range': right['content-range'] }),
      'another ETag': () => part({ ...right, etag: '"2"' }),
      'encoded': () => part({ ...right, 'content-encoding': 'gzip' }),
      'refused': () => new Response('', { status: 416 }),
      'forbidden': () => new Response('', { status: 403 }),
      'failed': () => new Response('', { status: 500 }),
    })) {
      const inner = cutting(() => files, 'table.npy', [4000]);
      let lied = 0;
      const fetch = async (url, init) => {
        if (new Headers(init?.headers).has('range')) {
          lied += 1;
          return answer();
        }
        return inner.fetch(url, init);
      };
      same(await load({ fetch }, 'table.npy'));
      assert.equal(lied, 1, what);
      assert.equal(inner.asked.length, 2, what);
    }
  });

  test('a range of a large checkpoint that is cut goes on where it was', async () => {
    const wide = new Float32Array(90_000);
    const large = tensorBundle('model.ckpt', { a: { shape: [30_000, 3], values: wide }, t: { shape: [ROWS, 8], values: VALUES }, z: { shape: [30_000, 3], values: wide } });
    const from = wide.byteLength;
    const to = from + VALUES.byteLength - 1;
    const server = cutting(() => large, DATA, [5000, 1]);
    same(await load(server, DATA));
    assert.deepEqual(server.asked.map(({ range }) => range), [from, from + 5000, from + 5001].map((start) => `bytes=${start}-${to}`));
  });

  test('a lie about the length: too long is a cut that no retry mends, too short is a file with more behind it', async () => {
    const long = cutting(() => files, 'table.npy', [], { lie: 10 });
    const runtime = await fc.createRuntime({ fetch: long.fetch, baseUrl: BASE, retries: 1 });
    const error = await rejection(runtime.denseFeatures([columnOf('table.npy')]));
    assert.ok(['network', 'invalid_checkpoint'].includes(error.code), error.message);
    assert.equal(runtime.stats().liveObjects, 0);
    const short = cutting(() => files, 'table.safetensors', [], { lie: -10 });
    const other = await fc.createRuntime({ fetch: short.fetch, baseUrl: BASE, retries: 1 });
    assert.equal((await rejection(other.denseFeatures([columnOf('table.safetensors')]))).code, 'invalid_checkpoint');
    assert.equal(other.stats().liveObjects, 0);
    runtime.dispose();
    other.dispose();
  });

  test('a pinned file that was cut has its digest over all of it', async () => {
    const digest = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', files['table.npy'])), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const server = cutting(() => files, 'table.npy', [4000]);
    same(await load(server, 'table.npy', { integrity: { 'table.npy': digest } }));
    assert.equal(server.asked.length, 2);
    const spoiled = cutting(() => files, 'table.npy', [4000]);
    const error = await rejection(load(spoiled, 'table.npy', { integrity: { 'table.npy': digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) } }));
    assert.equal(error.code, 'integrity');
  });

  test('tables of one file that wait for their vocabularies are read in one request, and a large checkpoint from a server without ranges too', async () => {
    const wide = new Float32Array(1_200_000);
    const two = tensorBundle('model.ckpt', { a: { shape: [2, 1], values: Float32Array.from([1, 2]) }, b: { shape: [3, 1], values: Float32Array.from([3, 4, 5]) }, z: { shape: [1_200_000, 1], values: wide } });
    const text = new TextEncoder().encode(JSON.stringify({ a: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] }, b: { dtype: 'F32', shape: [3, 1], data_offsets: [8, 20] } }));
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
    const tables = concatBytes(length, text, new Uint8Array(Float32Array.from([1, 2, 3, 4, 5]).buffer));
    for (const where of [(tensor) => ({ ckptToLoadFrom: 'model.ckpt', tensorNameInCkpt: tensor }), (tensor) => ({ table: { url: 't.safetensors', tensor } })]) {
      // The second vocabulary comes when the checkpoint's data have been asked for; the small file is not, before both are there.
      let asked;
      const begun = 'table' in where('a') ? new Promise((resolve) => setTimeout(resolve, 60)) : new Promise((resolve) => (asked = resolve));
      const answer = (path) => {
        if (path === DATA) asked();
        return path === 'b.txt' ? begun : undefined;
      };
      const server = memoryServer({ ...two, 't.safetensors': tables, 'a.txt': 'x\ny\n', 'b.txt': 'x\ny\nz\n' }, { answer });
      const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE });
      const column = (key) => fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile(key, { vocabularyFile: `${key}.txt` }), { dimension: 1, ...where(key) });
      const layer = await runtime.denseFeatures([column('a'), column('b')]);
      assert.deepEqual([...layer.transform({ a: ['y'], b: ['z'] }).data], [2, 5]);
      const data = server.log.filter(({ path, range }) => (path === DATA || path === 't.safetensors') && range === null);
      assert.equal(data.length, 1);
      runtime.dispose();
    }
  });
}
