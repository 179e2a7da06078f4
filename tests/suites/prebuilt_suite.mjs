// Prebuilt vocabularies: what their text gives, from every source; and of damaged ones a named error and nothing else.
import { BASE, memoryServer, rejection } from './memory_server.mjs';

const utf8 = (text) => new TextEncoder().encode(text);

/** Words of all lengths, some with what is not in the text in two of three. */
function randomWords(count) {
  let state = 12345;
  const random = (n) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) % n;
  const signs = ['a', 'Z', ' ', '\t', 'ü', '\u{1f600}', '\r', '\0'];
  return Array.from({ length: count }, (_, i) => `${i.toString(36)}${Array.from({ length: random(i % 50 === 0 ? 90 : 9) }, () => signs[random(signs.length)]).join('')}x`);
}

export default function (test, assert, fc, { worker }) {
  const { createRuntime, categoricalColumnWithVocabularyFile } = fc;
  const prebuild = async (source, options) => {
    const runtime = await createRuntime();
    try {
      return await runtime.prebuildVocabulary(source, options);
    } finally {
      assert.equal(runtime.stats().liveObjects, 0);
      runtime.dispose();
    }
  };
  /** A table whose row of an id holds the id. */
  const idsOf = (column, rows) => fc.embeddingColumn(column, { dimension: 1, combiner: 'sum', table: { data: Float32Array.from({ length: rows }, (_, i) => i + 1) } });
  const column = (vocabularyFile, options = {}) => categoricalColumnWithVocabularyFile('word', { vocabularyFile, ...options });
  const small = utf8('alien\nsaw\nshrek\n');

  for (const [ends, end, last] of [['LF', '\n', '\n'], ['CRLF', '\r\n', '\r\n'], ['no line end at the end', '\n', '']]) {
    test(`the ids of its text: ${ends}`, async () => {
      for (const count of [1, 9, 10, 1000]) {
        const words = randomWords(count);
        const text = utf8(words.join(end) + last);
        const prebuilt = await prebuild(text);
        const asked = [...words, ...words.map((word) => `${word}y`), ...words.map((word) => word.slice(0, -1)), '', '\r', '\n', `${words[0]}\r`, `${words[0]}\n`, new TextDecoder().decode(prebuilt.subarray(0, 64))];
        for (const options of [{}, { defaultValue: 0 }, { numOovBuckets: 7 }, { vocabularySize: count }, { fileFormat: 'text' }]) {
          const runtime = await createRuntime();
          const layers = await Promise.all([text, prebuilt].map((source) => runtime.denseFeatures([idsOf(column(source, options), count + (options.numOovBuckets ?? 0))])));
          const [expected, ids] = layers.map((layer) => [...layer.transform({ word: asked }).data]);
          assert.deepEqual(ids, expected);
          assert.equal(expected[count - 1], count);
          runtime.dispose();
        }
      }
    });
  }

  test('every kind of source, by its name or its first bytes', async () => {
    const prebuilt = await prebuild(small);
    const server = memoryServer({ 'words.vocabulary': prebuilt, 'words.txt': prebuilt, 'words.bin': prebuilt });
    const sources = [
      'words.vocabulary', 'words.vocabulary?v=2', 'words.txt', new URL('words.bin', BASE), new Request(`${BASE}words.vocabulary`), prebuilt, prebuilt.slice().buffer, new Blob([prebuilt]), new Response(prebuilt),
      new Response(new Blob([prebuilt]).stream()), new Blob([prebuilt]).stream(),
    ];
    for (const source of sources) {
      const runtime = await createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0 });
      const layer = await runtime.denseFeatures([fc.indicatorColumn(column(source, { numOovBuckets: 1 }))]);
      assert.deepEqual([...layer.transform({ word: ['saw', 'jaws'] }).data], [0, 1, 0, 0, 0, 0, 0, 1]);
      assert.equal(runtime.stats().vocabularies.count, 1);
      layer.dispose();
      assert.equal(runtime.stats().liveObjects, 0);
      runtime.dispose();
    }
  });

  test('sequences, specs, replace, crosses, and what explains', async () => {
    const [prebuilt, other] = [await prebuild(small), await prebuild(utf8('shrek\nalien\nsaw\n'))];
    const server = memoryServer({ 'words.vocabulary': prebuilt, 'words.txt': small, 'other.vocabulary': other });
    const runtime = await createRuntime({ fetch: server.fetch, baseUrl: BASE });
    const sequence = fc.sequenceCategoricalColumnWithVocabularyFile('word', { vocabularyFile: 'words.vocabulary' });
    const steps = (await runtime.sequenceFeatures([idsOf(sequence, 3)])).transform({ word: [['saw', 'alien'], ['shrek']] });
    assert.deepEqual([...steps.data], [2, 1, 3, 0]);
    const spec = { version: 1, layer: 'dense_features', columns: [{ type: 'indicator_column', categorical_column: { type: 'categorical_column_with_vocabulary_file', key: 'word', vocabulary_file: 'words.vocabulary', vocabulary_size: 3 } }] };
    assert.deepEqual([...(await runtime.load(spec)).transform({ word: ['shrek'] }).data], [0, 0, 1]);
    const crossed = (name) => runtime.denseFeatures([fc.indicatorColumn(fc.crossedColumn([column(name), 'x'], { hashBucketSize: 11 }))]);
    const batch = { word: ['saw', 'jaws'], x: ['1', '2'] };
    assert.deepEqual((await crossed('words.vocabulary')).transform(batch).data, (await crossed('words.txt')).transform(batch).data);
    const layer = await runtime.denseFeatures([idsOf(column('words.txt'), 3)]);
    assert.deepEqual([...layer.transform({ word: ['saw', 'alien'] }).data], [2, 1]);
    await layer.replace({ vocabularies: { 'words.txt': 'words.vocabulary' } });
    assert.deepEqual([...layer.transform({ word: ['saw', 'alien'] }).data], [2, 1]);
    await layer.replace({ vocabularies: { 'words.vocabulary': 'other.vocabulary' } });
    assert.deepEqual([...layer.transform({ word: ['saw', 'alien'] }).data], [3, 2]);
    assert.ok(JSON.stringify(layer.explain({ word: ['saw'] })).includes('"saw"'));
    const refused = await rejection(layer.replace({ vocabularies: { 'other.vocabulary': { vocabularyFile: 'words.vocabulary', vocabularySize: 2 } } }));
    assert.equal(refused.code, 'invalid_vocabulary');
    assert.deepEqual([...layer.transform({ word: ['saw', 'alien'] }).data], [3, 2]);
    runtime.dispose();
  });

  test('in a worker', async () => {
    const runtime = await worker.createWorkerRuntime();
    const prebuilt = await runtime.prebuildVocabulary(small);
    assert.deepEqual(prebuilt, await prebuild(small));
    const layer = await runtime.denseFeatures([idsOf(column(prebuilt), 3)]);
    assert.deepEqual([...(await layer.transform({ word: ['shrek', 'saw', 'jaws'] })).data], [3, 2, 0]);
    runtime.dispose();
  });

  test('the first lines only, and what cannot be prebuilt', async () => {
    const text = utf8('alien\nsaw\n\nsaw\n');
    const prebuilt = await prebuild(text, { vocabularySize: 2 });
    const runtime = await createRuntime();
    for (const vocabularySize of [null, 2]) {
      const layer = await runtime.denseFeatures([idsOf(column(prebuilt, { vocabularySize }), 2)]);
      assert.deepEqual([...layer.transform({ word: ['saw', 'alien', ''] }).data], [2, 1, 0]);
      layer.dispose();
    }
    const refused = async (source, options, words) => {
      const error = await rejection(runtime.denseFeatures([fc.indicatorColumn(column(source, options))]));
      assert.ok(error instanceof fc.FeatureColumnError && error.code === 'invalid_vocabulary' && error.column === 'word', String(error));
      assert.ok(error.message.includes(words), error.message);
    };
    await refused(prebuilt, { vocabularySize: 1 }, 'vocabulary_size is 1');
    await refused(prebuilt, { vocabularySize: 3 }, 'expected 3 but got 2');
    await refused(prebuilt, { dtype: 'int64' }, 'strings');
    for (const [source, options, code] of [
      [text, {}, 'invalid_vocabulary'], [utf8('a\na\n'), {}, 'invalid_vocabulary'], [utf8(''), {}, 'invalid_vocabulary'], [small, { vocabularySize: 4 }, 'invalid_vocabulary'],
      [small, { vocabularySize: 0 }, 'invalid_argument'], [small, { vocabularySize: 1.5 }, 'invalid_argument'], [prebuilt, { vocabularySize: 1 }, 'invalid_vocabulary'],
    ]) {
      const error = await rejection(prebuild(source, options));
      assert.equal(error.code, code, error.message);
    }
    assert.deepEqual(await prebuild(prebuilt), prebuilt);
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  });

  test('text with the ending', async () => {
    const { fetch } = memoryServer({ 'words.vocabulary': small });
    const runtime = await createRuntime({ fetch, baseUrl: BASE });
    const error = await rejection(runtime.denseFeatures([fc.indicatorColumn(column('words.vocabulary'))]));
    assert.equal(error.code, 'invalid_vocabulary');
    assert.ok(error.message.includes("fileFormat 'text'"), error.message);
    const layer = await runtime.denseFeatures([fc.indicatorColumn(column('words.vocabulary', { fileFormat: 'text' }))]);
    assert.deepEqual([...layer.transform({ word: ['saw'] }).data], [0, 1, 0]);
    runtime.dispose();
  });

  test('cut off anywhere, or with any bit wrong: a named error, and nothing is kept', async () => {
    const prebuilt = await prebuild(small);
    const damaged = [];
    for (let size = 0; size < prebuilt.length; ++size) damaged.push(prebuilt.slice(0, size));
    for (let bit = 0; bit < prebuilt.length * 8; ++bit) {
      const copy = prebuilt.slice();
      copy[bit >> 3] ^= 1 << (bit & 7);
      damaged.push(copy);
    }
    const files = { file: prebuilt, 'file.vocabulary': prebuilt };
    const runtime = await createRuntime({ fetch: memoryServer(files).fetch, baseUrl: BASE, retries: 0 });
    for (const [i, bytes] of damaged.entries()) {
      // By its bytes, and now and then by a name that tells.
      files['file.vocabulary'] = bytes;
      for (const source of i % 16 ? [bytes] : [bytes, 'file.vocabulary']) {
        const error = await rejection(runtime.denseFeatures([fc.indicatorColumn(column(source))]));
        assert.ok(error instanceof fc.FeatureColumnError && ['invalid_vocabulary', 'checksum_mismatch'].includes(error.code), `${i}: ${error}`);
        if (i >= prebuilt.length + 64 * 8) assert.equal(error.code, 'checksum_mismatch');
      }
    }
    assert.equal(runtime.stats().liveObjects, 0);
    assert.equal(runtime.stats().vocabularies.bytes, 0);
    const before = runtime.stats().heapBytes;
    assert.ok(before < 8 << 20, `${before} bytes of memory`);
    runtime.dispose();
  });
}
