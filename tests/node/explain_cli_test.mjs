// feature-columns explain and coverage: what they print, and their exit codes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { run } from './command.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'fcol-explain-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const spec = path.join(folder, 'spec.json');
writeFileSync(spec, JSON.stringify({
  version: 1, layer: 'dense_features',
  columns: [
    { type: 'indicator_column', categorical_column: { type: 'categorical_column_with_vocabulary_list', key: 'word', vocabulary_list: ['a', 'b'], num_oov_buckets: 1 } },
    { type: 'numeric_column', key: 'x' },
  ],
}));
const rows = '{"word": ["a", "q", ""], "x": 0.1}\n{"word": "q", "x": null}\n{"word": [], "x": 3}\n';

test('explain: the row asked for, as text and as JSON', () => {
  const text = run(['explain', '--spec', spec], rows);
  assert.equal(text.status, 0, text.stderr.toString());
  const out = text.stdout.toString();
  assert.match(out, /^word_indicator \[0, 3\)$/m);
  assert.match(out, /"a": in the vocabulary; id 0/);
  assert.match(out, /"q": out of vocabulary, hashed to a bucket; bytes 71, fingerprint64 \d+ mod 1 \+ 2; id 2/);
  assert.match(out, /"" is left out/);
  assert.match(out, /= \[1, 0, 1\]/);
  const json = run(['explain', '--spec', spec, '--row', '2', '--json'], rows);
  assert.deepEqual(JSON.parse(json.stdout.toString()).columns.map(({ name, values }) => [name, values]), [['word_indicator', [0, 0, 0]], ['x', [3]]]);
});

test('explain: a row that is refused, a row that is not there, wrong usage', () => {
  const refused = run(['explain', '--spec', spec, '--row', '1'], rows);
  assert.deepEqual([refused.status, refused.stdout.toString()], [1, '']);
  assert.match(refused.stderr.toString(), /null/);
  assert.equal(run(['explain', '--spec', spec, '--row', '3'], rows).status, 1);
  for (const wrong of [['explain'], ['explain', '--spec', spec, '--row', '-1'], ['explain', '--spec', spec, '--input-format', 'tfrecord'], ['coverage'], ['coverage', '--spec', spec, '--top', 'x']]) {
    assert.equal(run(wrong, rows).status, 2, wrong.join(' '));
  }
});

test('coverage: adds up over batches, whatever their size; CSV too', () => {
  const reports = ['1', '2', '1024'].map((size) => run(['coverage', '--spec', spec, '--batch-size', size, '--json'], rows).stdout.toString());
  assert.equal(new Set(reports).size, 1);
  const { rows: count, columns: [word, x] } = JSON.parse(reports[0]);
  assert.equal(count, 3);
  assert.deepEqual([word.values, word.missing, word.emptyRows, word.outOfVocabulary, word.unknown], [4, 1, 1, 2, [{ value: 'q', count: 2 }]]);
  assert.deepEqual([x.missing, x.emptyRows], [1, 1]);
  assert.match(run(['coverage', '--spec', spec], rows).stdout.toString(), /out of vocabulary 2 \(50\.0 %\)\n {2}unknown values: 1; the most frequent: "q" × 2/);
  const csv = run(['coverage', '--spec', spec, '--input-format', 'csv', '--json'], 'word,x\na,1\nq,2\n');
  assert.deepEqual(JSON.parse(csv.stdout.toString()).columns[0].outOfVocabulary, 1, csv.stderr.toString());
});
