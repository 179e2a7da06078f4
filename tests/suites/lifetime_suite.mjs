// Loading, disposing, failing and trying again: nothing stays behind.
const utf8 = (text) => new TextEncoder().encode(text);

const never = () => new Promise(() => {});

export default async function (test, assert, fc) {
  const words = (key, more = {}) => fc.categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'words.txt', ...more });
  const table = { data: new Float32Array([1, 2, 3, 4]) };
  const embedding = (key = 'word') => fc.embeddingColumn(words(key), { dimension: 2, table });
  const serving = (text) => async () => new Response(text);
  const batch = { word: ['a', 'b'] };

  test('dispose gives everything back, and may be called twice', async () => {
    const runtime = await fc.createRuntime({ fetch: serving('a\nb\n') });
    assert.equal(runtime.stats().liveObjects, 0);
    const layer = await runtime.denseFeatures([embedding()]);
    layer.transform(batch);
    const held = runtime.stats();
    assert.deepEqual([held.layers, held.vocabularies.count, held.tables.count, held.liveObjects], [1, 1, 1, 3]);
    assert.ok(held.batchBytes > 0 && held.tables.bytes >= 16 && held.vocabularies.bytes > 0);
    layer.dispose();
    layer.dispose();
    assert.equal(layer.disposed, true);
    const left = runtime.stats();
    assert.deepEqual([left.liveObjects, left.batchBytes, left.tables.bytes, left.vocabularies.bytes], [0, 0, 0, 0]);
    runtime.dispose();
    runtime.dispose();
    assert.equal(runtime.stats().heapBytes, 0);
  });

  test('use after dispose is an error of its own', async () => {
    const runtime = await fc.createRuntime({ fetch: serving('a\nb\n') });
    const layer = await runtime.denseFeatures([embedding()]);
    layer.dispose();
    for (const run of [() => layer.transform(batch), () => layer.transformRows([{ word: 'a' }]), () => layer.transformExamples([]), () => layer.transformNdjson(utf8('{}'))]) {
      const error = await assert.rejects(run);
      assert.ok(error instanceof fc.FeatureColumnError);
      assert.equal(error.code, 'disposed');
    }
    const other = await runtime.denseFeatures([embedding()]);
    runtime.dispose();
    assert.equal(runtime.disposed, true);
    assert.equal(other.disposed, true);
    assert.equal((await assert.rejects(() => other.transform(batch))).code, 'disposed');
    assert.equal((await assert.rejects(() => runtime.denseFeatures([embedding()]))).code, 'disposed');
    assert.equal((await assert.rejects(() => runtime.load({ version: 1, layer: 'dense_features', columns: [] }))).code, 'disposed');
    other.dispose();
  });

  test('Symbol.dispose disposes, where the engine has it', async ({ skip }) => {
    if (typeof Symbol.dispose !== 'symbol') return skip('this engine has no Symbol.dispose');
    const runtime = await fc.createRuntime({ fetch: serving('a\nb\n') });
    const layer = await runtime.denseFeatures([embedding()]);
    layer[Symbol.dispose]();
    assert.equal(layer.disposed, true);
    runtime[Symbol.dispose]();
    assert.equal(runtime.disposed, true);
  });

  test('loading and disposing a hundred times takes no more memory', async () => {
    const runtime = await fc.createRuntime({ fetch: serving(Array.from({ length: 2000 }, (_, i) => `word ${i}`).join('\n')) });
    const large = { data: new Float32Array(2000 * 16) };
    const once = async () => {
      using(await runtime.denseFeatures([fc.embeddingColumn(words('word'), { dimension: 16, table: large })]), (layer) => layer.transform({ word: ['word 7'] }));
    };
    const using = (layer, use) => {
      try {
        use(layer);
      } finally {
        layer.dispose();
      }
    };
    for (let i = 0; i < 10; ++i) await once();
    const { heapBytes } = runtime.stats();
    for (let i = 0; i < 100; ++i) await once();
    assert.equal(runtime.stats().heapBytes, heapBytes);
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('after a failed load the same call works', async () => {
    let answers = [() => new Response('', { status: 404 }), () => new Response('a\n\nb\n'), () => new Response('a\nb\n')];
    const runtime = await fc.createRuntime({ fetch: async () => answers.shift()(), retries: 0 });
    assert.equal((await assert.rejects(() => runtime.denseFeatures([embedding()]))).code, 'not_found');
    assert.equal(runtime.stats().liveObjects, 0);
    assert.equal((await assert.rejects(() => runtime.denseFeatures([embedding()]))).code, 'invalid_vocabulary');
    assert.equal(runtime.stats().liveObjects, 0);
    const layer = await runtime.denseFeatures([embedding()]);
    assert.deepEqual([...layer.transform(batch).data], [1, 2, 3, 4]);
    runtime.dispose();
  });

  test('one of several things fails: the others leave no trace', async () => {
    const fetch = async (url) => (String(url).includes('missing') ? new Response('', { status: 404 }) : new Response('a\nb\n'));
    const runtime = await fc.createRuntime({ fetch });
    const missing = fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('other', { vocabularyFile: 'missing.txt' }));
    assert.equal((await assert.rejects(() => runtime.denseFeatures([embedding(), missing]))).code, 'not_found');
    assert.equal(runtime.stats().liveObjects, 0);
    // What the core refuses when everything is loaded leaves nothing either.
    assert.equal((await assert.rejects(() => runtime.denseFeatures([embedding(), embedding()]))).code, 'invalid_definition');
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('an abort ends one caller, and not the others who wait for the same file', async () => {
    let answer;
    let asked = 0;
    const runtime = await fc.createRuntime({ fetch: () => new Promise((resolve) => (++asked, (answer = () => resolve(new Response('a\nb\n'))))) });
    const controller = new AbortController();
    const aborted = assert.rejects(() => runtime.denseFeatures([embedding()], { signal: controller.signal }));
    const other = runtime.denseFeatures([embedding()]);
    while (!answer) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(new Error('no longer'));
    const error = await aborted;
    assert.equal(error.code, 'aborted');
    answer();
    const layer = await other;
    assert.deepEqual([...layer.transform(batch).data], [1, 2, 3, 4]);
    assert.equal(asked, 1);
    layer.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    const before = AbortSignal.abort();
    assert.equal((await assert.rejects(() => runtime.denseFeatures([embedding()], { signal: before }))).code, 'aborted');
    runtime.dispose();
  });

  test('a runtime that is disposed while it loads', async () => {
    const runtime = await fc.createRuntime({ fetch: never });
    const loading = assert.rejects(() => runtime.denseFeatures([embedding()]));
    await new Promise((resolve) => setTimeout(resolve, 5));
    runtime.dispose();
    assert.equal((await loading).code, 'disposed');
  });

  test('progress is told', async () => {
    const runtime = await fc.createRuntime({ fetch: serving('a\nb\n') });
    const told = [];
    const layer = await runtime.denseFeatures([embedding()], { onProgress: (progress) => told.push(progress) });
    assert.ok(told.length > 0);
    assert.equal(told[told.length - 1].loaded, 4);
    assert.equal(told[0].phase, 'vocabulary');
    layer.dispose();
    runtime.dispose();
  });

  test('what a file must be can be pinned', async () => {
    const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', utf8('a\nb\n')))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const runtime = await fc.createRuntime({ fetch: serving('a\nb\n') });
    (await runtime.denseFeatures([embedding()], { integrity: { 'words.txt': digest } })).dispose();
    const error = await assert.rejects(() => runtime.denseFeatures([embedding()], { integrity: { 'words.txt': digest.replace(/^./, (first) => (first === '0' ? '1' : '0')) } }));
    assert.equal(error.code, 'integrity');
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('a layer that is called from its own normalizerFn', async () => {
    const runtime = await fc.createRuntime();
    let layer;
    layer = await runtime.denseFeatures([fc.numericColumn('x', { normalizerFn: (value) => layer.transform({ x: [value] }).data[0] })]);
    const error = await assert.rejects(() => layer.transform({ x: [1] }));
    assert.equal(error.code, 'invalid_argument');
    runtime.dispose();
  });

  test('the module can be given, compiled once for all runtimes', async () => {
    await assert.rejects(() => fc.createRuntime({ wasmBinary: new Uint8Array([0, 1, 2]) })).then((error) => assert.equal(error.code, 'unsupported'));
    for (const [status, code] of [[404, 'not_found'], [500, 'network']]) {
      await assert.rejects(() => fc.createRuntime({ wasmUrl: 'https://example.invalid/no.wasm', fetch: async () => new Response('', { status }) }), { code });
    }
    const runtime = await fc.createRuntime({}); // failures before do not matter
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('the default runtime starts by itself and is shared', async () => {
    const columns = [fc.numericColumn('x')];
    const [one, other] = await Promise.all([fc.denseFeatures(columns), fc.denseFeatures(columns)]);
    assert.deepEqual([...one.transform({ x: [1] }).data], [1]);
    one.dispose();
    assert.deepEqual([...other.transform({ x: [2] }).data], [2]);
    other.dispose();
  });
}
