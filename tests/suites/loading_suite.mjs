// Loading: what is shared, where files may come from, what an abort or a pinned digest does, and that failures leave nothing.
import { EXPECTED, FILES, MODEL, TABLE, WORDS, loading, spoiled } from './loading_files.mjs';
import { BASE, memoryServer, rejection } from './memory_server.mjs';

async function gzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const sha256 = async (text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));

export default function (test, assert, fc) {
  const { coded, embedding, empty, failure, runtimeOver, start, vectors, vocabulary } = loading(assert, fc);

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
}
