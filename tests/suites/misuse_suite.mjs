// Arguments that no type allows: each is told by a FeatureColumnError, none by an error of the engine.
import { BASE, memoryServer } from './memory_server.mjs';

const utf8 = (text) => new TextEncoder().encode(text);

const moved = (array) => {
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};

/** A view of memory that its buffer does not have any more; undefined where buffers cannot shrink. */
function outOfBounds() {
  const buffer = new ArrayBuffer(16, { maxByteLength: 64 });
  const array = new Float32Array(buffer, 0, 4);
  buffer.resize?.(4);
  return array.length === 0 ? array : undefined;
}

export default async function (test, assert, fc) {
  const refused = async (call, code) => {
    const error = await assert.rejects(async () => call());
    assert.ok(error instanceof fc.FeatureColumnError, String(error.stack));
    assert.equal(error.code, code, error.message);
    return error;
  };

  const runtimes = async (use) => {
    const runtime = await fc.createRuntime();
    try {
      await use(runtime);
    } finally {
      runtime.dispose();
    }
  };
  const id = fc.categoricalColumnWithIdentity('id', { numBuckets: 4 });
  const embedding = fc.embeddingColumn(id, { dimension: 1, table: { data: new Float32Array(4) } });

  test('memory that is gone', () =>
    runtimes(async (runtime) => {
      const numbers = await runtime.denseFeatures(fc.numericColumn('x'));
      const ids = await runtime.denseFeatures(embedding);
      for (const Class of [Float32Array, Float64Array, Int8Array, Uint32Array, BigUint64Array]) await refused(() => numbers.transform({ x: moved(new Class(3)) }), 'invalid_batch');
      const shrunk = outOfBounds();
      if (shrunk) await refused(() => numbers.transform({ x: shrunk }), 'invalid_batch');
      for (const feature of [
        moved(new Int32Array(2)), [moved(new Int32Array(2))], [[1], moved(new Int32Array(2))], { values: moved(new Int32Array(2)), rowSplits: [0, 0] }, { values: [1], rowSplits: moved(new Int32Array(2)) },
        { values: { bytes: moved(new Uint8Array(2)), offsets: [0] }, rowSplits: [0] }, [[[1], moved(new Int32Array(2))]],
      ]) {
        const error = await refused(() => ids.transform({ id: feature }), 'invalid_batch');
        assert.equal(error.column, 'id');
      }
      await refused(() => ids.transformRows([{ id: 1 }, { id: moved(new Int32Array(2)) }]), 'invalid_batch');
      await refused(() => numbers.transformExamples([moved(new Uint8Array(2))]), 'invalid_batch');
      await refused(() => numbers.transformNdjson(moved(new Uint8Array(2))), 'invalid_batch');
      const normalized = await runtime.denseFeatures(fc.numericColumn('x', { normalizerFn: (x) => x + 1 }));
      await refused(() => normalized.transform({ x: moved(new Float32Array(2)) }), 'invalid_batch');
      assert.deepEqual([...numbers.transform({ x: new Float32Array(0) }).data], []);
      assert.deepEqual([...ids.transform({ id: [new Int32Array(0), [1]] }).data], [0, 0]);
    }));

  test('forms of a batch with null in them, and rows with a hole', () =>
    runtimes(async (runtime) => {
      const layer = await runtime.denseFeatures(embedding);
      for (const feature of [
        { indices: null, values: [1], denseShape: [1, 1] }, { indices: [[0, 0]], values: [1], denseShape: null }, { indices: [null], values: [1], denseShape: [1, 1] }, { values: null, rowSplits: null },
        { type: { typeId: 2 }, data: null }, { type: { typeId: 2 }, children: null },
      ]) {
        await refused(() => layer.transform({ id: feature }), 'invalid_batch');
      }
      const self = [];
      self.push(self);
      await refused(() => layer.transform({ id: self }), 'invalid_batch');
      const error = await refused(() => layer.transformRows([{ id: 1 }, , { id: 2 }]), 'invalid_row');
      assert.equal(error.row, 1);
      const mine = new Error('mine');
      const batch = {
        get id() {
          throw mine;
        },
      };
      assert.equal(await assert.rejects(async () => layer.transform(batch)), mine);
      assert.deepEqual([...layer.transform({ id: [1] }).data], [0]);
    }));

  test('options that are none', () =>
    runtimes(async (runtime) => {
      const layer = await runtime.denseFeatures(fc.numericColumn('x'));
      const batch = { x: [1] };
      for (const options of [null, 5, 'x', { signal: 5 }, { out: [] }]) {
        await refused(() => layer.transform(batch, options), 'invalid_argument');
        await refused(() => layer.transformRows([{ x: 1 }], options), 'invalid_argument');
        await refused(() => layer.transformExamples([], options), 'invalid_argument');
        await refused(() => layer.transformNdjson(utf8('{"x":1}'), options), 'invalid_argument');
        await refused(() => layer.explain({ x: 1 }, options), 'invalid_argument');
        await refused(() => layer.coverage(batch, options), 'invalid_argument');
      }
      for (const options of [null, 5, { signal: 5 }, { signal: '' }, { onProgress: 5 }, { onProgress: null }]) {
        await refused(() => runtime.denseFeatures(fc.numericColumn('x'), options), 'invalid_argument');
        await refused(() => runtime.load({}, options), 'invalid_argument');
        await refused(() => layer.replace({}, options), 'invalid_argument');
        await refused(() => runtime.tensors('a', options), 'invalid_argument');
      }
      await refused(() => fc.createRuntime(null), 'invalid_argument');
      await refused(() => runtime.linearModel(fc.numericColumn('x')), 'invalid_definition');
      await refused(() => runtime.dnnClassifier(), 'invalid_definition');
      await refused(() => runtime.dnnClassifier(null), 'invalid_argument');
      await refused(() => runtime.readTensor(), 'invalid_argument');
      await refused(() => runtime.readTensor(null), 'invalid_argument');
      assert.deepEqual([...layer.transform(batch, undefined).data], [1]);
      (await runtime.denseFeatures(fc.numericColumn('x'), { signal: null })).dispose();
    }));

  test('specs that are none', async () => {
    for (const text of [undefined, null, {}, Symbol('x'), '', '{']) {
      if (text !== null) await refused(() => fc.parseSpec(text), 'invalid_spec');
    }
    assert.equal(fc.parseSpec(5), 5); // as JSON.parse has it
    const self = {};
    self.self = self;
    await refused(() => fc.stringifySpec(self), 'invalid_spec');
  });

  test('an onProgress that throws ends its own loading, and nobody else\'s', async () => {
    const { fetch } = memoryServer({ 'v.txt': 'a\nb\n' }, { chunk: 1 });
    const runtime = await fc.createRuntime({ fetch, baseUrl: BASE });
    const indicator = fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('v', { vocabularyFile: 'v.txt' }));
    const mine = new Error('mine');
    let calls = 0;
    const onProgress = () => {
      calls += 1;
      throw mine;
    };
    const failing = assert.rejects(runtime.denseFeatures(indicator, { onProgress }));
    const other = runtime.denseFeatures(indicator, { onProgress: () => {} });
    assert.equal(await failing, mine);
    assert.ok(calls > 0);
    const layer = await other;
    assert.deepEqual([...layer.transform({ v: ['b'] }).data], [0, 1]);
    layer.dispose();
    assert.equal(await assert.rejects(runtime.denseFeatures(indicator, { onProgress })), mine);
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });
}
