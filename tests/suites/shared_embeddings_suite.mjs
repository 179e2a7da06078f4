// One vocabulary and one table, however many columns, layers and calls use them.
const utf8 = (text) => new TextEncoder().encode(text);

/** A NumPy file of float32. */
function npy(rows, dimension, values) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dimension}), }`;
  const header = utf8(text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11) + '\n');
  const file = new Uint8Array(10 + header.length + values.length * 4);
  file.set([0x93, ...utf8('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  file.set(header, 10);
  file.set(new Uint8Array(Float32Array.from(values).buffer), 10 + header.length);
  return file;
}

/** A `fetch` over files in memory that counts the requests for each. */
function server(files) {
  const requests = {};
  const fetch = async (url) => {
    const name = String(url).split('/').pop();
    requests[name] = (requests[name] ?? 0) + 1;
    return files[name] === undefined ? new Response('', { status: 404 }) : new Response(files[name]);
  };
  return { fetch, requests };
}

export default async function (test, assert, fc) {
  const VIDEOS = 'v1\nv2\nv3\n';
  const TABLE = [1, 2, 3, 5, 7, 11];
  const files = () => server({ 'videos.txt': VIDEOS, 'videos.npy': npy(3, 2, TABLE), 'other.npy': npy(3, 2, TABLE) });
  const video = (key) => fc.categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'videos.txt' });
  const shared = (options = {}) => fc.sharedEmbeddings([video('watched'), video('impression')], { dimension: 2, table: { url: 'videos.npy' }, ...options });

  test('vocabulary files of different lengths have no table in common, which only shows when they are there', async () => {
    const { fetch } = server({ 'videos.txt': VIDEOS, 'two.txt': 'v1\nv2\n', 'videos.npy': npy(3, 2, TABLE) });
    const runtime = await fc.createRuntime({ fetch });
    const columns = fc.sharedEmbeddings([video('watched'), fc.categoricalColumnWithVocabularyFile('impression', { vocabularyFile: 'two.txt' })], { dimension: 2, table: { url: 'videos.npy' } });
    const error = await assert.rejects(() => runtime.denseFeatures(columns), { code: 'invalid_definition' });
    assert.ok(error.message.includes('all categorical_columns must have the same number of buckets'), error.message);
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('watched and impression share a vocabulary and a table', async () => {
    const { fetch, requests } = files();
    const runtime = await fc.createRuntime({ fetch });
    const columns = shared();
    assert.deepEqual(columns.map(({ name }) => name), ['watched_shared_embedding', 'impression_shared_embedding']);
    const features = await runtime.denseFeatures(columns);
    const { data, shape, columns: slices } = features.transform({ watched: [['v2', 'v1'], []], impression: ['v3', 'v2'] });
    assert.deepEqual([...shape], [2, 4]);
    assert.deepEqual(slices.map(({ name, offset, width }) => [name, offset, width]), [['impression_shared_embedding', 0, 2], ['watched_shared_embedding', 2, 2]]);
    assert.deepEqual([...data], [7, 11, 2, 3.5, 3, 5, 0, 0]);
    const { vocabularies, tables } = runtime.stats();
    assert.equal(vocabularies.count, 1);
    assert.equal(tables.count, 1);
    assert.ok(tables.bytes >= 24 && tables.bytes < 48, tables.bytes);
    assert.deepEqual(requests, { 'videos.txt': 1, 'videos.npy': 1 });
    runtime.dispose();
  });

  test('two groups over dense ids, as in TensorFlow\'s own test', async () => {
    const table = { data: new Float32Array([1, 2, 3, 5, 7, 11]) };
    const ids = (key) => fc.categoricalColumnWithIdentity(key, { numBuckets: 3 });
    const [a, b] = fc.sharedEmbeddings([ids('aaa'), ids('bbb')], { dimension: 2, table });
    const [c, d] = fc.sharedEmbeddings([ids('ccc'), ids('ddd')], { dimension: 2, table });
    const runtime = await fc.createRuntime();
    const features = await runtime.denseFeatures([b, a, c, d]);
    const { data } = features.transform({ aaa: [[2], [0, 1]], bbb: [[0], []], ccc: [[2], [0, 1]], ddd: [[2], []] });
    assert.deepEqual([...data], [7, 11, 1, 2, 7, 11, 7, 11, 2, 3.5, 0, 0, 2, 3.5, 0, 0]);
    assert.equal(runtime.stats().tables.count, 1); // the same numbers, given as the same array
    runtime.dispose();
  });

  test('layers of one runtime share; the table goes with the last of them', async () => {
    const { fetch, requests } = files();
    const runtime = await fc.createRuntime({ fetch });
    const sequence = (key) => fc.sequenceCategoricalColumnWithVocabularyFile(key, { vocabularyFile: 'videos.txt' });
    const [history, first, second] = await Promise.all([
      runtime.sequenceFeatures(fc.sharedEmbeddings([sequence('history'), sequence('queue')], { dimension: 2, table: { url: 'videos.npy' } })),
      runtime.denseFeatures(shared()),
      runtime.denseFeatures(shared({ combiner: 'sum' })),
    ]);
    assert.deepEqual(requests, { 'videos.txt': 1, 'videos.npy': 1 });
    assert.equal(runtime.stats().tables.count, 1);
    assert.equal(runtime.stats().vocabularies.count, 1);
    const batch = { watched: [['v1', 'v2']], impression: ['v3'] };
    assert.deepEqual([...first.transform(batch).data], [7, 11, 2, 3.5]);
    first.dispose();
    assert.deepEqual([...second.transform(batch).data], [7, 11, 4, 7]);
    second.dispose();
    assert.deepEqual([...history.transform({ history: [['v1', 'v3']], queue: [['v2', 'v2']] }).data], [1, 2, 3, 5, 7, 11, 3, 5]);
    assert.equal(runtime.stats().tables.count, 1);
    history.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('what is not the same is not shared', async () => {
    const { fetch } = files();
    const runtime = await fc.createRuntime({ fetch });
    const layer = await runtime.denseFeatures([
      fc.embeddingColumn(video('watched'), { dimension: 2, table: { url: 'videos.npy' } }),
      fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile('impression', { vocabularyFile: 'videos.txt', vocabularySize: 3 }), { dimension: 2, table: { url: 'other.npy' } }),
    ]);
    assert.equal(runtime.stats().tables.count, 2);
    assert.equal(runtime.stats().vocabularies.count, 2);
    layer.dispose();
    runtime.dispose();
  });

  test('two runtimes share nothing', async () => {
    const { fetch, requests } = files();
    const [one, other] = await Promise.all([fc.createRuntime({ fetch }), fc.createRuntime({ fetch })]);
    const layers = await Promise.all([one.denseFeatures(shared()), other.denseFeatures(shared())]);
    assert.deepEqual(requests, { 'videos.txt': 2, 'videos.npy': 2 });
    one.dispose();
    assert.equal((await assert.rejects(() => layers[0].transform({ watched: ['v1'], impression: ['v1'] }))).code, 'disposed');
    assert.deepEqual([...layers[1].transform({ watched: ['v1'], impression: ['v2'] }).data], [3, 5, 1, 2]);
    other.dispose();
  });

  test('a table of another shape is refused before anything is kept', async () => {
    const { fetch } = server({ 'videos.txt': 'v1\nv2\n', 'videos.npy': npy(3, 2, TABLE) });
    const runtime = await fc.createRuntime({ fetch });
    const error = await assert.rejects(() => runtime.denseFeatures(shared()));
    assert.equal(error.code, 'shape_mismatch');
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('one of the pair alone', async () => {
    const { fetch } = files();
    const runtime = await fc.createRuntime({ fetch });
    const [, impression] = shared();
    const layer = await runtime.denseFeatures([impression]);
    assert.deepEqual([...layer.transform({ impression: ['v2'] }).data], [3, 5]);
    runtime.dispose();
  });
}
