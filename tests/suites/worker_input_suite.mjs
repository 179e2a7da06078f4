// What a worker's layer reads of a call's input: what this thread's layer reads, and nothing else.
import { BASE, memoryServer } from './memory_server.mjs';

/** Rows as libraries of databases make them: what they hold is read through the class. */
class Held {
  #id;
  constructor(id) {
    this.#id = id;
  }
  get id() {
    return this.#id;
  }
  save() {}
}

const moved = (array) => {
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};

export default async function (test, assert, fc, { worker: { createWorkerRuntime } }) {
  const column = fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 10 }), { dimension: 1, table: { data: Float32Array.from({ length: 10 }, (_, i) => i + 1) } });

  const layers = async (columns, use) => {
    const [here, there] = [await fc.createRuntime(), await createWorkerRuntime()];
    try {
      await use(await here.denseFeatures(columns), await there.denseFeatures(columns), there);
    } finally {
      here.dispose();
      there.dispose();
    }
  };

  /** What a call gives, or how it is refused. */
  const outcome = async (call) => {
    try {
      return [...(await call()).data];
    } catch (error) {
      assert.ok(error instanceof fc.FeatureColumnError, String(error.stack));
      const { code, message, column: name, row, value } = error;
      return { code, message, name, row, value };
    }
  };

  test('getters of a class are read, in rows and in batches', () =>
    layers(column, async (near, far) => {
      for (const rows of [[{ id: 1 }, new Held(5)], [new Held(5)], [new Held([1, 2]), Object.create({ id: 3 })]]) {
        assert.deepEqual(await outcome(() => far.transformRows(rows)), await outcome(() => near.transformRows(rows)));
      }
      assert.deepEqual(await outcome(() => far.transformRows([{ id: 1 }, new Held(5)])), [2, 6]);
      assert.deepEqual(await outcome(() => far.transform(new Held([5]))), [6]);
      assert.deepEqual(await far.explain(new Held(5)), near.explain(new Held(5)));
      assert.deepEqual(await far.coverage([new Held(12)]), near.coverage([new Held(12)]));
      assert.deepEqual(await far.coverage(new Held([12])), near.coverage(new Held([12])));
      class Ragged {
        get values() {
          return Int32Array.of(1, 2);
        }
        get rowSplits() {
          return [0, 2];
        }
      }
      assert.deepEqual(await outcome(() => far.transform({ id: new Ragged() })), [2.5]);
      assert.deepEqual(await outcome(() => far.transform({ id: { indices: { length: 2, 0: 0, 1: 1 }, values: [4], denseShape: new Set([1, 2]) } })), [5]);
    }));

  test('names that every object has are features only where they are its own', () =>
    layers(fc.numericColumn('constructor'), async (near, far) => {
      for (const row of [{}, { constructor: 3 }]) assert.deepEqual(await outcome(() => far.transformRows([row])), await outcome(() => near.transformRows([row])));
    }));

  test('what no column uses is neither read nor sent nor moved', () =>
    layers(column, async (_, far) => {
      const unread = {
        get other() {
          throw new Error('it was read');
        },
      };
      for (const other of [() => 1, Symbol('s'), { deep: { f() {} } }, new WeakMap(), Promise.resolve()]) {
        assert.deepEqual([...(await far.transform({ id: [1], other })).data], [2]);
        assert.deepEqual([...(await far.transformRows([{ id: 1, other, method() {} }])).data], [2]);
      }
      assert.deepEqual([...(await far.transform(Object.assign(Object.create(unread), { id: [1] }))).data], [2]);
      const [used, unused] = [Int32Array.of(1), new Float32Array(10)];
      await far.transform({ id: used, other: unused }, { transfer: true });
      assert.equal(used.length, 0);
      assert.equal(unused.length, 10);
    }));

  test('what no batch may hold is refused in the same words', () =>
    layers(column, async (near, far) => {
      const odd = [true, () => 1, Symbol('x'), new Set([1]), new Map(), new String('a'), new URL('https://a.test/'), new Date(0), {}, { values: 5 }, { rowSplits: [0] }, new ArrayBuffer(4), new DataView(new ArrayBuffer(4)), 'text', 5];
      for (const value of odd) {
        for (const id of [value, [value], [[value]], { values: [value], rowSplits: [0, 1] }, { values: value, rowSplits: [0, 1] }, { values: [1], rowSplits: value }]) {
          assert.deepEqual(await outcome(() => far.transform({ id })), await outcome(() => near.transform({ id })));
        }
        for (const id of [value, [value], { values: [value] }]) assert.deepEqual(await outcome(() => far.transformRows([{ id: 1 }, { id }])), await outcome(() => near.transformRows([{ id: 1 }, { id }])));
      }
      const rows = [new Set([{ id: 1 }]), [{ id: 1 }][Symbol.iterator](), { length: 1, 0: { id: 1 } }, null, 'rows', [{ id: 1 }, , { id: 2 }], [null], [[1]], [new Set()]];
      for (const each of rows) assert.deepEqual(await outcome(() => far.transformRows(each)), await outcome(() => near.transformRows(each)));
      for (const each of [null, undefined, 5, [{ id: 1 }], new Float32Array(1), new Map()]) assert.deepEqual(await outcome(() => far.transform(each)), await outcome(() => near.transform(each)));
      for (const each of [null, new Set([Uint8Array.of(1)]), [Int8Array.of(1)], 'text']) {
        assert.deepEqual(await outcome(() => far.transformExamples(each)), await outcome(() => near.transformExamples(each)));
        assert.deepEqual(await outcome(() => far.transformNdjson(each)), await outcome(() => near.transformNdjson(each)));
      }
      for (const row of [null, 5, [1]]) assert.deepEqual(await outcome(() => far.explain(row)), await outcome(() => near.explain(row)));
    }));

  test('memory that was moved away before is refused, and nothing is left waiting', () =>
    layers(column, async (near, far, there) => {
      const line = new TextEncoder().encode('{"id":1}');
      const ids = Int32Array.of(1, 2);
      await far.transform({ id: ids }, { transfer: true });
      await far.transformNdjson(line, { transfer: true });
      for (const transfer of [true, false]) {
        for (const call of [
          () => far.transform({ id: ids }, { transfer }), () => far.coverage({ id: ids }, { transfer }), () => far.transformNdjson(line, { transfer }), () => far.coverage(line, { transfer }),
          () => far.transformRows([{ id: ids }], { transfer }), () => far.transform({ id: { values: ids, rowSplits: [0] } }, { transfer }), () => far.transformExamples([line], { transfer }),
          () => far.transform({ id: moved(new Uint32Array(1e5)) }, { transfer }),
        ]) {
          assert.equal((await outcome(call)).code, 'invalid_batch');
        }
      }
      assert.equal((await outcome(() => near.transform({ id: ids }))).code, 'invalid_batch');
      assert.equal((await outcome(() => far.explain(line))).code, 'invalid_batch');
      const gone = fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('v', { vocabularyFile: moved(Uint8Array.of(65)) }));
      assert.equal((await outcome(() => there.denseFeatures(gone))).code, 'invalid_argument');
      assert.deepEqual([...(await far.transform({ id: [1] })).data], [2]);
    }));

  test('a call may be given a signal; options that are none are refused', () =>
    layers(column, async (near, far) => {
      const { signal } = new AbortController();
      assert.deepEqual([...(await far.transform({ id: [1] }, { signal })).data], [2]);
      for (const options of [null, 5, { signal: 5 }, { out: [] }]) {
        assert.deepEqual(await outcome(() => far.transform({ id: [1] }, options)), await outcome(() => near.transform({ id: [1] }, options)));
      }
      assert.equal((await outcome(() => far.coverage({ id: [1] }, null))).code, 'invalid_argument');
    }));

  test('an onProgress that throws ends its loading; what came too late is disposed', async () => {
    const server = memoryServer({ 'v.txt': 'a\nb\n' }, { chunk: 1 });
    const runtime = await createWorkerRuntime({ fetch: server.fetch, baseUrl: BASE });
    const indicator = fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('v', { vocabularyFile: 'v.txt' }));
    const mine = new Error('mine');
    const onProgress = () => {
      throw mine;
    };
    assert.equal(await assert.rejects(() => runtime.denseFeatures(indicator, { onProgress })), mine);
    assert.equal((await assert.rejects(() => runtime.denseFeatures(indicator, { onProgress: 5 }))).code, 'invalid_argument');
    const layer = await runtime.denseFeatures(indicator);
    assert.deepEqual([...(await layer.transform({ v: ['b'] })).data], [0, 1]);
    layer.dispose();
    assert.equal((await runtime.stats()).liveObjects, 0);
    runtime.dispose();
  });

  test('an answer that is none fails what asked for it', async () => {
    const runtime = await createWorkerRuntime({ fetch: async () => Response.error(), baseUrl: BASE, retries: 0 });
    assert.equal((await assert.rejects(() => runtime.load('spec.json'))).code, 'network');
    runtime.dispose();
  });
}
