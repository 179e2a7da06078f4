// Runtimes in a worker: the same answers, errors, aborts, progress and ends as in this thread.
import { BASE, memoryServer } from './memory_server.mjs';
import { OTHERWISE } from './golden_suite.mjs';
import { tensorBundle } from './tensor_bundle.mjs';

const tensor = (shape, ...values) => ({ shape, values: Float32Array.from(values) });

const EACH = 8; // of the shared cases: all of them run in this thread

export default async function (test, assert, fc, { sharedCases, worker, verify: { parseCase, Tally, Verifier } }) {
  const { createWorkerRuntime } = worker;

  for (const file of ['dense', 'sequence', 'linear', 'examples', 'refusals']) {
    const lines = await sharedCases(`${file}.jsonl.gz`);
    test(`${file}: TensorFlow's numbers, and its refusals`, async ({ skip }) => {
      if (!lines) return skip('the shared goldens are not here');
      const cases = lines.filter((_, i) => i % EACH === 0).map(parseCase).filter(({ what }) => !OTHERWISE.includes(what));
      const verifier = new Verifier(0, createWorkerRuntime);
      const tally = new Tally();
      const problems = [];
      for (const golden of cases) {
        const result = await verifier.run(golden);
        tally.add(result);
        for (const { way, message } of result.problems) problems.push(`${golden.id} as ${way}: ${message}`);
      }
      verifier.dispose();
      assert.deepEqual(problems.slice(0, 10), []);
      assert.ok(cases.length > 10);
      assert.equal(tally.equal + tally.close, cases.length);
    });
  }

  const runtimes = async (use, options = {}) => {
    const [here, there] = [await fc.createRuntime(options), await createWorkerRuntime(options)];
    try {
      await use(here, there);
      assert.equal((await there.stats()).liveObjects, here.stats().liveObjects);
    } finally {
      here.dispose();
      there.dispose();
    }
  };

  const word = fc.categoricalColumnWithVocabularyList('word', { vocabularyList: ['a', 'b', 'ü', '\u{1f600}', '\ufffd\ufffd'] });
  const columns = [
    fc.embeddingColumn(word, { dimension: 2, table: { data: Float32Array.from({ length: 10 }, (_, i) => i / 3) } }),
    fc.indicatorColumn(fc.categoricalColumnWithHashBucket('id', { hashBucketSize: 7, dtype: 'int64' })),
  ];
  const wordForms = [
    ['a', 'ü'], ['a', null], [undefined, ''], [['a', 'b'], []], [['a', null, '\u{1f600}'], ['', 'x']], ['\ud83d', '\ude00'], [['\ud83d'], ['\ude00', '\ud83d\ude00']],
    { values: ['a', '', 'b'], rowSplits: [0, 1, 3] }, { values: { bytes: new TextEncoder().encode('aüb'), offsets: [0, 1, 3, 4] }, rowSplits: Int32Array.of(0, 1, 3) },
    { indices: [[0, 0], [1, 2]], values: ['b', 'a'], denseShape: [2, 3] },
  ];
  const idForms = [[1, 2], [1n, -1n], Int32Array.of(5, -1), BigInt64Array.of(2n ** 62n, -5n), [[1, 2n], []], Uint32Array.of(7, 4294967295), [9007199254740993n, null]];

  test('every form of a batch arrives as it was', () =>
    runtimes(async (here, there) => {
      const [near, far] = [await here.denseFeatures(columns), await there.denseFeatures(columns)];
      assert.deepEqual(far.columns, near.columns);
      assert.equal(far.kind, near.kind);
      for (const form of wordForms) {
        for (const id of idForms) {
          const batch = { word: form, id, ignored: [true, 1] };
          assert.deepEqual(await far.transform(batch), near.transform(batch));
        }
      }
      const rows = [{ word: ['a', 'b'], id: 3 }, { word: { values: ['', 'a'] }, id: [4, 5n] }, { word: null }, {}];
      assert.deepEqual(await far.transformRows(rows), near.transformRows(rows));
      assert.deepEqual(await far.explain(rows[1]), near.explain(rows[1]));
      assert.deepEqual(await far.coverage(rows, { top: 2 }), near.coverage(rows, { top: 2 }));
      const lines = new TextEncoder().encode('{"word":["a"],"id":18014398509481985}\n{"word":null,"id":1}');
      assert.deepEqual(await far.transformNdjson(lines), near.transformNdjson(lines));
      near.dispose();
      far.dispose();
    }));

  test('long arrays are written in pieces, and calls stay in order', () =>
    runtimes(async (here, there) => {
      const [near, far] = [await here.denseFeatures(columns), await there.denseFeatures(columns)];
      const count = 60_000;
      const batch = { word: Array.from({ length: count }, (_, i) => (i % 9 === 0 ? null : i % 5 === 0 ? ['ü', 'b'] : ['a'])), id: Array.from({ length: count }, (_, i) => i) };
      const order = [];
      const [large] = await Promise.all([
        far.transform(batch).then((output) => (order.push('large'), output)),
        far.transform({ word: ['a'], id: [1] }).then(() => order.push('small')),
      ]);
      assert.deepEqual(order, ['large', 'small']);
      const wanted = near.transform(batch);
      assert.deepEqual(large.shape, wanted.shape);
      assert.ok(large.data.every((value, i) => Object.is(value, wanted.data[i])));
      near.dispose();
      far.dispose();
    }));

  test('what is large goes in pieces, whatever it is, and stays as it was', () =>
    runtimes(async (here, there) => {
      const [near, far] = [await here.denseFeatures(columns), await there.denseFeatures(columns)];
      const count = 70_000;
      const words = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 'ü' : 'a'));
      const long = 'x'.repeat(300_000);
      class Own extends BigInt64Array {}
      const ids = { many: Own.from({ length: count }, (_, i) => BigInt(i)), one: [Array.from({ length: count }, (_, i) => BigInt(i) << 40n)], view: new Int32Array(count + 9).subarray(9) };
      for (const batch of [{ word: [words], id: ids.one }, { word: [['a', long, 'ü'], [long]], id: [1, 2n ** 62n] }, { word: words, id: ids.many }, { word: { values: words, rowSplits: Float64Array.of(0, count) }, id: [1] }]) {
        const [wanted, got] = [near.transform(batch), await far.transform(batch)];
        assert.deepEqual(got.shape, wanted.shape);
        assert.ok(got.data.every((value, i) => Object.is(value, wanted.data[i])));
      }
      assert.equal(ids.many.length, count);
      const x = await there.denseFeatures([fc.numericColumn('x')]);
      const out = new Float32Array(count + 1).fill(7);
      await x.transform({ x: ids.view }, { out });
      assert.ok(out.subarray(0, count).every((value) => value === 0) && out[count] === 7);
      assert.equal(ids.view.length, count);
      for (const each of [near, far, x]) each.dispose();
    }));

  test('out is written into; typed arrays move only if that is asked for', () =>
    runtimes(async (_, there) => {
      const layer = await there.denseFeatures([fc.numericColumn('x')]);
      const x = Float32Array.of(1, 2, 3), out = new Float32Array(4);
      const output = await layer.transform({ x }, { out });
      assert.deepEqual([...out], [1, 2, 3, 0]);
      assert.ok(output.data.buffer === out.buffer);
      assert.equal(x.length, 3);
      assert.deepEqual([...(await layer.transform({ x }, { transfer: true })).data], [1, 2, 3]);
      assert.equal(x.length, 0);
      assert.equal((await assert.rejects(() => layer.transform({ x: [1, 2] }, { out: new Float32Array(1) }))).code, 'shape_mismatch');
      layer.dispose();
    }));

  test('errors come with all they tell, in the class of every entry', () =>
    runtimes(async (here, there) => {
      const column = fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 3 }), { dimension: 1, table: { data: Float32Array.of(1, 2, 3) } });
      const [near, far] = [await here.denseFeatures([column]), await there.denseFeatures([column])];
      const wanted = await assert.rejects(() => near.transform({ id: [1, 9] }));
      const error = await assert.rejects(() => far.transform({ id: [1, 9] }));
      assert.ok(error instanceof fc.FeatureColumnError && error instanceof worker.FeatureColumnError);
      for (const field of ['code', 'message', 'column', 'row', 'value']) assert.deepEqual(error[field], wanted[field]);
      assert.equal((await assert.rejects(() => there.denseFeatures([fc.numericColumn('x', { normalizerFn: (x) => x })]))).code, 'unsupported');
      const self = [];
      self.push(self);
      assert.equal((await assert.rejects(() => far.transform({ id: self }))).code, 'invalid_batch');
      near.dispose();
      far.dispose();
      assert.equal((await assert.rejects(() => far.transform({ id: [1] }))).code, 'disposed');
    }));

  test('files come through the fetch of the page, with progress, abort and replace', async () => {
    const bundle = tensorBundle('model', { 'dnn/hiddenlayer_0/kernel': tensor([1, 1], 2), 'dnn/hiddenlayer_0/bias': tensor([1], 0), 'dnn/logits/kernel': tensor([1, 1], 3), 'dnn/logits/bias': tensor([1], 0.5) });
    const server = memoryServer({ 'v.txt': 'a\nb\n', 'w.txt': 'b\na\n', ...bundle });
    await runtimes(async (here, there) => {
      const indicator = fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile: 'v.txt' }));
      const seen = [];
      const layer = await there.denseFeatures(indicator, { onProgress: ({ phase }) => seen.push(phase) });
      assert.ok(seen.includes('vocabulary'));
      assert.deepEqual([...(await layer.transform({ word: ['a'] })).data], [1, 0]);
      await layer.replace({ vocabularies: { 'v.txt': 'w.txt' } });
      assert.deepEqual([...(await layer.transform({ word: ['a'] })).data], [0, 1]);
      const options = { featureColumns: [fc.numericColumn('x')], ckptToLoadFrom: 'model', hiddenUnits: [1] };
      const [near, far] = [await here.dnnClassifier(options), await there.dnnClassifier(options)];
      const [wanted, got] = [near.predict({ x: [1, -1] }), await far.predict({ x: [1, -1] })];
      assert.deepEqual(got, wanted);
      assert.deepEqual([...got.logits.shape], [...wanted.logits.shape]);
      const missing = await assert.rejects(() => there.load('no.json'));
      assert.equal(missing.code, 'not_found');
      const reason = new Error('enough');
      const aborted = await assert.rejects(() => there.denseFeatures(indicator, { signal: AbortSignal.abort(reason) }));
      assert.equal(aborted.code, 'aborted');
      assert.equal(aborted.cause, reason);
      for (const each of [layer, near, far]) each.dispose();
    }, { fetch: server.fetch, baseUrl: BASE, retries: 0 });
  });

  test('an end fails what is under way, and what comes later', async () => {
    const runtime = await createWorkerRuntime();
    const layer = await runtime.denseFeatures([fc.numericColumn('x')]);
    const pending = assert.rejects(() => layer.transform({ x: new Float32Array(1e6) }));
    await new Promise((resolve) => setTimeout(resolve, 0));
    runtime.dispose();
    runtime.dispose();
    assert.equal((await pending).code, 'disposed');
    assert.ok(runtime.disposed && layer.disposed);
    assert.equal((await assert.rejects(() => layer.transform({ x: [1] }))).code, 'disposed');
    assert.equal((await assert.rejects(() => createWorkerRuntime({ wasmBinary: Uint8Array.of(1, 2, 3) }))).code, 'unsupported');
  });
}
