// Every form a batch can have, read through columns that show what was read.
const utf8 = (text) => new TextEncoder().encode(text);

/** An Arrow Data as apache-arrow makes it, by hand: this suite runs where that package is not. */
const arrowData = (typeId, length, more) => ({ type: { typeId }, length, offset: 0, nullCount: 0, children: [], ...more });
const arrowVector = (...data) => ({ type: data[0].type, length: data.reduce((sum, each) => sum + each.length, 0), data });
const arrowStrings = (strings, more = {}) => {
  const valueOffsets = [0];
  let text = '';
  for (const each of strings) valueOffsets.push(utf8((text += each)).length);
  return arrowData(5, strings.length, { values: utf8(text), valueOffsets: Int32Array.from(valueOffsets), ...more });
};
const ARROW_INT = 2, ARROW_LIST = 12, ARROW_DICTIONARY = -1;

export default async function (test, assert, fc) {
  const WORDS = ['', 'omar', 'stringer', 'marlo', 'Amélie', '東京', '🎬', '\ufffd'];
  const words = fc.categoricalColumnWithVocabularyList('word', { vocabularyList: WORDS });
  const counts = [fc.indicatorColumn(words)];
  const ids = [fc.indicatorColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 5 }))];

  /** Rows of an indicator as lists of what was counted. */
  const seen = ({ data, shape: [rows, width] }, names) =>
    Array.from({ length: rows }, (_, row) => names.flatMap((name, i) => Array(data[row * width + i]).fill(name)));

  const withLayer = async (columns, use) => {
    const runtime = await fc.createRuntime();
    try {
      return await use(await runtime.denseFeatures(columns));
    } finally {
      runtime.dispose();
    }
  };
  const readWords = (feature) => withLayer(counts, (layer) => seen(layer.transform({ word: feature }), WORDS));
  const readIds = (feature) => withLayer(ids, (layer) => seen(layer.transform({ id: feature }), [0, 1, 2, 3, 4]));

  test('a string a row', async () => {
    assert.deepEqual(await readWords(['omar', 'marlo', 'nobody', 'Amélie']), [['omar'], ['marlo'], [], ['Amélie']]);
    assert.deepEqual(await readWords(['東京', '🎬']), [['東京'], ['🎬']]);
  });

  test("arrays are dense: '' and null are missing, and fall out", async () => {
    assert.deepEqual(await readWords(['', null, undefined, 'omar']), [[], [], [], ['omar']]);
    assert.deepEqual(await readWords([['', 'omar'], [null, 'marlo', undefined]]), [['omar'], ['marlo']]);
  });

  test('ragged nested arrays; a null row is empty, a value that is no array is a row of one', async () => {
    assert.deepEqual(await readWords([['omar', 'omar'], [], null, ['marlo', 'stringer']]), [['omar', 'omar'], [], [], ['stringer', 'marlo']]);
    assert.deepEqual(await readWords([['omar'], 'marlo']), [['omar'], ['marlo']]);
  });

  test('ragged values are taken as they are', async () => {
    assert.deepEqual(await readWords({ values: ['omar', '', 'marlo'], rowSplits: [0, 2, 2, 3] }), [['', 'omar'], [], ['marlo']]);
    assert.deepEqual(await readWords({ values: ['omar', 'marlo'], rowSplits: new Int32Array([0, 1, 2]) }), [['omar'], ['marlo']]);
    assert.deepEqual(await readWords({ values: ['omar', 'marlo'], rowSplits: new BigInt64Array([0n, 1n, 2n]) }), [['omar'], ['marlo']]);
  });

  test('UTF-8 bytes with offsets, also out of the middle of a larger array', async () => {
    const bytes = utf8('xxomar東京yy');
    assert.deepEqual(await readWords({ values: { bytes, offsets: [2, 6, 12] }, rowSplits: [0, 1, 2] }), [['omar'], ['東京']]);
    assert.deepEqual(await readWords({ values: { bytes, offsets: new BigInt64Array([2n, 6n]) }, rowSplits: [0, 0, 1] }), [[], ['omar']]);
  });

  test('sparse tensors, with indices as rows or flat, in any order', async () => {
    const values = ['omar', 'marlo', ''];
    assert.deepEqual(await readWords({ indices: [[0, 0], [2, 1], [2, 3]], values, denseShape: [3, 4] }), [['omar'], [], ['', 'marlo']]);
    assert.deepEqual(await readWords({ indices: new BigInt64Array([0n, 0n, 2n, 1n, 2n, 3n]), values, denseShape: [3, 4] }), [['omar'], [], ['', 'marlo']]);
    assert.deepEqual(await readWords({ indices: [[0], [1], [2]], values, denseShape: [3] }), [['omar'], ['marlo'], ['']]);
  });

  test('an embedding takes the values of a sparse tensor that is out of order; an indicator refuses it, as TensorFlow does', async () => {
    const embedding = fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 3 }), { dimension: 1, combiner: 'sum', table: { data: new Float32Array([1, 10, 100]) } });
    const feature = { indices: [[1, 0], [0, 1], [0, 0]], values: new Int32Array([2, 1, 0]), denseShape: [2, 2] };
    await withLayer([embedding], (layer) => assert.deepEqual([...layer.transform({ id: feature }).data], [11, 100]));
    const error = await assert.rejects(() => readIds(feature));
    assert.ok(error instanceof fc.FeatureColumnError);
    assert.equal(error.column, 'id_indicator');
  });

  test('integers of every kind of array', async () => {
    const wanted = [[1], [3]];
    for (const feature of [
      [1, 3], [1n, 3n], [1n, 3], [[1], [3]], new Int8Array([1, 3]), new Uint8Array([1, 3]), new Uint8ClampedArray([1, 3]), new Int16Array([1, 3]),
      new Uint16Array([1, 3]), new Int32Array([1, 3]), new Uint32Array([1, 3]), new BigInt64Array([1n, 3n]), new BigUint64Array([1n, 3n]),
      [new Int32Array([1]), new BigInt64Array([3n])],
    ]) {
      assert.deepEqual(await readIds(feature), wanted);
    }
    assert.deepEqual(await readIds([[1, -1, 2], [null, 4]]), [[1, 2], [4]]);
    assert.deepEqual(await readIds([[-1n, 4n], [null]]), [[4], []]);
  });

  test('floats of every kind of array', async () => {
    await withLayer([fc.numericColumn('x', { shape: [2] })], (layer) => {
      for (const x of [[[1.5, 2], [3, -4]], [new Float32Array([1.5, 2]), [3, -4]], [[[1.5], [2]], [[3], [-4]]], [['a', 'b'], ['c', 'd']]].slice(0, 3)) {
        assert.deepEqual([...layer.transform({ x }).data], [1.5, 2, 3, -4]);
      }
    });
    await withLayer([fc.numericColumn('x')], (layer) => {
      for (const x of [[1.5, -2], new Float32Array([1.5, -2]), new Float64Array([1.5, -2]), [[1.5], [-2]]]) assert.deepEqual([...layer.transform({ x }).data], [1.5, -2]);
      for (const x of [new Int32Array([7, -2]), new BigInt64Array([7n, -2n]), [7n, -2n]]) assert.deepEqual([...layer.transform({ x }).data], [7, -2]);
      assert.deepEqual([...layer.transform({ x: [0.1] }).data], [Math.fround(0.1)]);
    });
  });

  test('integers keep 64 bits', async () => {
    const large = 2n ** 63n - 1n;
    const column = fc.indicatorColumn(fc.categoricalColumnWithVocabularyList('id', { vocabularyList: [1n, large, -(2n ** 63n), 9007199254740993n] }));
    await withLayer([column], (layer) => {
      assert.deepEqual([...layer.transform({ id: [large, -(2n ** 63n), 9007199254740993n, 9007199254740992n] }).data], [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
      assert.deepEqual([...layer.transform({ id: new BigUint64Array([large]) }).data], [0, 1, 0, 0]);
      assert.deepEqual([...layer.transformNdjson(utf8('{"id": 9223372036854775807}\n{"id": [9007199254740993]}\n')).data], [0, 1, 0, 0, 0, 0, 0, 1]);
    });
  });

  test('steps of sequences: arrays of arrays, ragged of ragged, a sparse tensor with steps', async () => {
    const column = fc.indicatorColumn(fc.sequenceCategoricalColumnWithIdentity('id', { numBuckets: 3 }));
    const runtime = await fc.createRuntime();
    const layer = await runtime.sequenceFeatures([column]);
    const wanted = [1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    for (const id of [
      [[[0, 1], [2], []], [1]],
      { values: { values: new Int32Array([0, 1, 2, 1]), rowSplits: [0, 2, 3, 3, 4] }, rowSplits: [0, 3, 4] },
      { indices: [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]], values: [0, 1, 2, 1], denseShape: [2, 3, 2] },
    ]) {
      const { data, shape } = layer.transform({ id });
      assert.deepEqual([...shape], [2, 3, 3]);
      assert.deepEqual([...data], wanted);
    }
    const rows = layer.transformRows([{ id: { values: [[0, 1], [2]] } }, { id: { values: [1] } }, {}]);
    assert.deepEqual([...rows.sequenceLength], [2, 1, 0]);
    runtime.dispose();
  });

  test('rows: values, arrays, sparse values, absent and null features', async () => {
    await withLayer(counts, (layer) => {
      const read = (rows) => seen(layer.transformRows(rows), WORDS);
      assert.deepEqual(read([{ word: 'omar' }, {}, { word: null }, { word: 'marlo' }]), [['omar'], [], [], ['marlo']]);
      assert.deepEqual(read([{ word: ['', 'omar'] }, { word: { values: ['', 'marlo'] } }, { word: 'stringer' }]), [['omar'], ['', 'marlo'], ['stringer']]);
      assert.deepEqual(read([]), []);
      assert.deepEqual(read([{ word: null }]), [[]]);
    });
  });

  test('a row is the same alone and among others, dense or sparse', async () => {
    await withLayer(counts, (layer) => {
      const rows = [{ word: ['', 'omar', null] }, { word: { values: ['', 'marlo'] } }, { word: 'Amélie' }, { word: [] }, {}, { word: ['nobody'] }];
      const together = layer.transformRows(rows);
      const alone = rows.slice(0, 4).map((row) => [...layer.transformRows([row]).data]);
      assert.deepEqual([...together.data].slice(0, 4 * WORDS.length), alone.flat());
    });
  });

  test('Arrow: strings, nulls, slices, chunks, dictionaries, lists, integers', async () => {
    const nulls = { nullBitmap: new Uint8Array([0b101]), nullCount: 1 };
    assert.deepEqual(await readWords(arrowVector(arrowStrings(['omar', 'marlo', '東京'], nulls))), [['omar'], [], ['東京']]);
    assert.deepEqual(await readWords(arrowStrings(['omar', 'marlo'])), [['omar'], ['marlo']]);
    assert.deepEqual(await readWords(arrowVector(arrowStrings(['omar']), arrowStrings(['marlo', 'omar']))), [['omar'], ['marlo'], ['omar']]);
    // A slice: offsets and values begin at the first element, the bitmap does at bit `offset`.
    const sliced = { ...arrowStrings(['omar', 'marlo', 'omar']), valueOffsets: new Int32Array([4, 9, 13]), length: 2, offset: 1, nullBitmap: new Uint8Array([0b011]), nullCount: 1 };
    assert.deepEqual(await readWords(arrowVector(sliced)), [['marlo'], []]);
    const dictionary = arrowVector(arrowStrings(['omar', 'marlo']));
    assert.deepEqual(await readWords(arrowVector(arrowData(ARROW_DICTIONARY, 3, { values: new Int8Array([1, 0, 1]), dictionary }))), [['marlo'], ['omar'], ['marlo']]);
    const list = (child, valueOffsets, more) => arrowData(ARROW_LIST, valueOffsets.length - 1, { valueOffsets: Int32Array.from(valueOffsets), children: [child], ...more });
    assert.deepEqual(await readWords(arrowVector(list(arrowStrings(['omar', 'marlo', 'omar']), [0, 2, 2, 3]))), [['omar', 'marlo'], [], ['omar']]);
    assert.deepEqual(await readWords(arrowVector(list(arrowStrings(['omar', 'marlo', 'omar']), [0, 1, 2, 3], nulls))), [['omar'], [], ['omar']]);
    assert.deepEqual(await readIds(arrowVector(arrowData(ARROW_INT, 2, { values: new Int32Array([1, 3]) }))), [[1], [3]]);
    assert.deepEqual(await readIds(arrowVector(arrowData(ARROW_INT, 3, { values: new BigInt64Array([1n, 77n, 3n]), ...nulls }))), [[1], [], [3]]);
  });

  test('a lone surrogate is U+FFFD, wherever it stands', async () => {
    assert.deepEqual(await readWords(['\ud800', 'omar', '\udc00']), [['\ufffd'], ['omar'], ['\ufffd']]);
    assert.deepEqual(await readWords(['omar\ud83c', '\udfac']), [[], ['\ufffd']]);
  });

  test('rows that are typed arrays of one kind, and those that are not', async () => {
    const values = async (a, shape) => withLayer([fc.numericColumn('a', { shape })], async (layer) => [...layer.transform({ a }).data]);
    const view = Float32Array.of(9, 1, 2, 3, 4, 9).subarray(1, 5);
    assert.deepEqual(await values([view.subarray(0, 2), view.subarray(2)], 2), [1, 2, 3, 4]);
    assert.deepEqual(await values([Int16Array.of(-1, 2), Int16Array.of(3, 4)], 2), [-1, 2, 3, 4]);
    assert.deepEqual(await values([Float32Array.of(1, 2), [3, 4]], 2), [1, 2, 3, 4]);
    assert.deepEqual(await values([Float32Array.of(0.1), Float64Array.of(0.1)], 1), [Math.fround(0.1), Math.fround(0.1)]);
    assert.deepEqual(await readIds([Int32Array.of(1, -1), Int32Array.of(), Int32Array.of(2, 2)]), [[1], [], [2, 2]]);
    assert.deepEqual(await readIds([Int32Array.of(1, -1), null, [2, 2]]), [[1], [], [2, 2]]);
  });

  test('many strings, ASCII and not, long and short', async () => {
    const strings = Array.from({ length: 5000 }, (_, i) => (i % 1700 === 1699 ? 'Amélie' : i % 3 ? 'x'.repeat(i % 400) : 'omar'));
    const wanted = strings.map((each) => (WORDS.includes(each) && each !== '' ? [each] : []));
    assert.deepEqual(await readWords(strings), wanted);
    assert.deepEqual(await readWords(strings.map((each) => [each])), wanted);
  });

  test('features of different lengths are refused, both named', async () => {
    await withLayer([...counts, ...ids], async (layer) => {
      const error = await assert.rejects(() => layer.transform({ word: ['omar'], id: [1, 2] }));
      assert.equal(error.code, 'invalid_batch');
      assert.ok(error.message.includes('"word"') && error.message.includes('"id"'), error.message);
    });
  });

  test('a feature that is not there', async () => {
    await withLayer([...counts, ...ids], async (layer) => {
      for (const run of [() => layer.transform({ word: ['omar'] }), () => layer.transformRows([{ word: 'omar' }]), () => layer.transform({ word: ['omar'], id: undefined })]) {
        const error = await assert.rejects(run);
        assert.equal(error.code, 'missing_feature');
        assert.ok(error.message.includes('is not in features dictionary'), error.message);
      }
    });
  });

  const REFUSED = [
    ['booleans', { word: [true] }, 'dtype_mismatch', 0],
    ['booleans in rows', { word: [['omar'], [false]] }, 'dtype_mismatch', 1],
    ['strings and numbers', { word: [['omar'], ['marlo', 1]] }, 'dtype_mismatch', 1],
    ['an object in an array', { word: ['omar', {}] }, 'invalid_batch', 1],
    ['a text', { word: 'omar' }, 'invalid_batch'],
    ['a number', { word: 5 }, 'invalid_batch'],
    ['an object of nothing known', { word: { a: 1 } }, 'invalid_batch'],
    ['a DataView', { word: new DataView(new ArrayBuffer(8)) }, 'invalid_batch'],
    ['splits that do not begin at 0', { word: { values: ['a', 'b'], rowSplits: [1, 2] } }, 'invalid_batch', 0],
    ['splits that fall', { word: { values: ['a', 'b'], rowSplits: [0, 2, 1, 2] } }, 'invalid_batch', 1],
    ['splits that do not reach the end', { word: { values: ['a', 'b'], rowSplits: [0, 1] } }, 'invalid_batch', 0],
    ['splits that go beyond the end', { word: { values: ['a', 'b'], rowSplits: [0, 3] } }, 'invalid_batch', 0],
    ['splits with a fraction', { word: { values: ['a', 'b'], rowSplits: [0, 0.5, 2] } }, 'invalid_batch', 0],
    ['no splits', { word: { values: [], rowSplits: [] } }, 'invalid_batch'],
    ['offsets beyond the bytes', { word: { values: { bytes: utf8('ab'), offsets: [0, 3] }, rowSplits: [0, 1] } }, 'invalid_batch'],
    ['offsets that fall', { word: { values: { bytes: utf8('ab'), offsets: [0, 2, 1] }, rowSplits: [0, 2] } }, 'invalid_batch'],
    ['an index out of bounds', { word: { indices: [[0, 2]], values: ['a'], denseShape: [1, 2] } }, 'invalid_batch'],
    ['a negative index', { word: { indices: [[-1, 0]], values: ['a'], denseShape: [1, 2] } }, 'invalid_batch'],
    ['too few indices', { word: { indices: [[0, 0]], values: ['a', 'b'], denseShape: [1, 2] } }, 'invalid_batch'],
    ['a dense shape of nothing', { word: { indices: [], values: [], denseShape: [] } }, 'invalid_batch'],
    ['a negative dense shape', { word: { indices: [], values: [], denseShape: [-1, 2] } }, 'invalid_batch'],
  ];
  for (const [what, batch, code, row] of REFUSED) {
    test(`refused: ${what}`, async () => {
      await withLayer(counts, async (layer) => {
        const error = await assert.rejects(() => layer.transform(batch));
        assert.ok(error instanceof fc.FeatureColumnError, error.stack);
        assert.equal(error.code, code);
        assert.equal(error.column, 'word');
        assert.equal(error.row, row);
        // The layer is as good as before.
        assert.deepEqual(seen(layer.transform({ word: ['omar'] }), WORDS), [['omar']]);
      });
    });
  }

  test('refused: integers that do not fit, or that a number cannot hold', async () => {
    await withLayer(ids, async (layer) => {
      assert.equal((await assert.rejects(() => layer.transform({ id: [2n ** 63n] }))).code, 'out_of_range');
      assert.equal((await assert.rejects(() => layer.transform({ id: new BigUint64Array([0n, 2n ** 63n]) }))).row, 1);
      assert.equal((await assert.rejects(() => layer.transform({ id: [1n, 1.5] }))).row, 1);
      assert.equal((await assert.rejects(() => layer.transform({ id: [1.5] }))).code, 'dtype_mismatch');
      assert.equal((await assert.rejects(() => layer.transform({ id: [2 ** 60] }))).code, 'dtype_mismatch');
    });
  });

  test('refused: what is no batch and no row', async () => {
    await withLayer(counts, async (layer) => {
      for (const batch of [null, undefined, 5, 'omar', [{ word: 'omar' }]]) assert.equal((await assert.rejects(() => layer.transform(batch))).code, 'invalid_batch');
      for (const rows of [null, { word: 'omar' }, 5]) assert.equal((await assert.rejects(() => layer.transformRows(rows))).code, 'invalid_row');
      for (const row of [null, 5, ['omar']]) {
        const error = await assert.rejects(() => layer.transformRows([{ word: 'omar' }, row]));
        assert.equal(error.code, 'invalid_row');
        assert.equal(error.row, 1);
      }
      assert.equal((await assert.rejects(() => layer.transformRows([{ word: { values: 'omar' } }]))).code, 'invalid_row');
    });
  });

  test('keys that every object has are features like others', async () => {
    const column = fc.indicatorColumn(fc.categoricalColumnWithVocabularyList('constructor', { vocabularyList: ['a'] }));
    await withLayer([column], async (layer) => {
      assert.deepEqual([...layer.transformRows([{ constructor: 'a' }]).data], [1]);
      assert.equal((await assert.rejects(() => layer.transformRows([{}]))).code, 'missing_feature');
    });
  });
}
