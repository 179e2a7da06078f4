// Batches of real Arrow vectors: what apache-arrow builds, slices, concatenates and reads from IPC. Run by arrow_test.mjs.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as arrow from 'apache-arrow';
import { fc } from './package.mjs';

const WORDS = ['omar', 'marlo', '東京', 'é'];
const runtime = await fc.createRuntime();
const layer = await runtime.denseFeatures([fc.indicatorColumn(fc.categoricalColumnWithVocabularyList('word', { vocabularyList: WORDS }))]);
const numbers = await runtime.denseFeatures([fc.indicatorColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 5 }))]);
const floats = await runtime.denseFeatures([fc.numericColumn('x')]);
// All that is waited for stands before the first test: the runner begins with the tests while a module waits.
const hashed = await runtime.denseFeatures([
  fc.indicatorColumn(fc.categoricalColumnWithHashBucket('word', { hashBucketSize: 7 })), fc.indicatorColumn(fc.crossedColumn(['word', 'other'], { hashBucketSize: 9 })),
  fc.embeddingColumn(fc.categoricalColumnWithVocabularyList('word', { vocabularyList: WORDS, numOovBuckets: 3 }), { dimension: 1, table: { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7) } }),
]);
test.after(() => runtime.dispose());

const list = (type) => new arrow.List(new arrow.Field('item', type, true));
const vector = (values, type) => arrow.vectorFromArray(values, type);
const transformed = (features, key, value) => [...features.transform({ [key]: value }).data];

/** An Arrow vector gives what the same values as arrays give. */
function sameAsArrays(what, features, key, vectorOf, values) {
  test(what, () => assert.deepEqual(transformed(features, key, vectorOf), transformed(features, key, values)));
}

const strings = ['omar', null, 'é', 'marlo', '東京', 'omar', 'nobody', null, 'marlo'];
const lists = [['omar', 'é'], [], null, ['東京', null, 'omar'], ['marlo']];
const utf8 = vector(strings, new arrow.Utf8());
const listVector = vector(lists, list(new arrow.Utf8()));
const dictionary = vector(strings, new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()));

sameAsArrays('Utf8 with nulls', layer, 'word', utf8, strings);
sameAsArrays('LargeUtf8', layer, 'word', vector(['omar', 'é'], new arrow.LargeUtf8()), ['omar', 'é']);
sameAsArrays('Dictionary with nulls', layer, 'word', dictionary, strings);
test('a dictionary is hashed as its values are, alone and in a cross', () => {
  const other = strings.map((_, i) => `o${i}`);
  for (const word of [dictionary, dictionary.slice(1), vector(['a', '', 'a', null], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()))]) {
    const values = [...word];
    assert.deepEqual(hashed.transform({ word, other: other.slice(0, values.length) }).data, hashed.transform({ word: values, other: other.slice(0, values.length) }).data);
    assert.deepEqual(hashed.coverage({ word, other: other.slice(0, values.length) }), hashed.coverage({ word: values, other: other.slice(0, values.length) }));
  }
});
sameAsArrays('a slice', layer, 'word', utf8.slice(1, 6), strings.slice(1, 6));
sameAsArrays('a slice of a dictionary', layer, 'word', dictionary.slice(3), strings.slice(3));
sameAsArrays('chunks', layer, 'word', utf8.concat(utf8.slice(4), utf8), [...strings, ...strings.slice(4), ...strings]);
sameAsArrays('one chunk, as Data', layer, 'word', utf8.data[0], strings);
sameAsArrays('List<Utf8> with nulls', layer, 'word', listVector, lists);
sameAsArrays('a slice of lists', layer, 'word', listVector.slice(1, 4), lists.slice(1, 4));
sameAsArrays('chunks of lists', layer, 'word', listVector.slice(3).concat(listVector), [...lists.slice(3), ...lists]);
sameAsArrays('List<Dictionary>', layer, 'word', vector(lists, list(new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()))), lists);
for (const type of ['Int8', 'Int16', 'Int32', 'Uint8', 'Uint16', 'Uint32']) {
  sameAsArrays(type, numbers, 'id', vector([1, null, 4], new arrow[type]()), [1, null, 4]);
}
for (const type of ['Int64', 'Uint64']) sameAsArrays(type, numbers, 'id', vector([1n, null, 4n], new arrow[type]()), [1n, null, 4n]);
sameAsArrays('List<Int64>', numbers, 'id', vector([[1n, 2n], null, [4n, null]], list(new arrow.Int64())), [[1n, 2n], null, [4n, null]]);
for (const type of ['Float16', 'Float32', 'Float64']) sameAsArrays(type, floats, 'x', vector([1.5, -0.25], new arrow[type]()), [1.5, -0.25]);
sameAsArrays('FixedSizeList', floats, 'x', vector([[1.5], [2.5]], new arrow.FixedSizeList(1, new arrow.Field('x', new arrow.Float32(), true))), [[1.5], [2.5]]);

test('a table that went through IPC', () => {
  const table = arrow.tableFromIPC(arrow.tableToIPC(new arrow.Table({ word: utf8, words: listVector.concat(listVector).slice(0, strings.length), code: dictionary })));
  for (const [name, values] of [['word', strings], ['words', [...lists, ...lists].slice(0, strings.length)], ['code', strings]]) {
    assert.deepEqual(transformed(layer, 'word', table.getChild(name)), transformed(layer, 'word', values));
  }
});

test('types that are no features are refused by name', () => {
  for (const type of [new arrow.Bool(), new arrow.TimestampMillisecond()]) {
    assert.throws(() => layer.transform({ word: vector([true], type) }), (error) => error instanceof fc.FeatureColumnError && error.code === 'dtype_mismatch' && error.message.includes(String(type)));
  }
});

test('a null among floats is an error, as everywhere', () => {
  assert.throws(() => floats.transform({ x: vector([1, null], new arrow.Float32()) }), { code: 'missing_feature', row: 1 });
});
