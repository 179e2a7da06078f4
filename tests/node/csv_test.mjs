// CSV as an input of the command line: the same vectors as the same rows in NDJSON, wherever chunks end; and what is refused.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { lines, piecesOf, run, runInPieces, seeded } from './command.mjs';
import { linearSpec } from './linear_spec.mjs';
import { cli, noShared, shared } from './package.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('csv');
const folder = at('');

const WORDS = ['omar', 'a"b', 'new\nline', 'é', 'two\r\nlines', 'com,ma', ' space ', '東京', '"', 'semi;colon', 'tab\there', 'back\\slash', '\u0001'];
const columns = [
  { type: 'numeric_column', key: 'age' },
  { type: 'numeric_column', key: 'pair', shape: [2] },
  { type: 'indicator_column', categorical_column: { type: 'categorical_column_with_vocabulary_list', key: 'word', vocabulary_list: WORDS } },
  { type: 'indicator_column', categorical_column: { type: 'categorical_column_with_hash_bucket', key: 'words', hash_bucket_size: 7 } },
  { type: 'indicator_column', categorical_column: { type: 'categorical_column_with_hash_bucket', key: 'big', hash_bucket_size: 1000, dtype: 'int64' } },
];
const spec = at('spec.json', JSON.stringify({ version: 1, layer: 'dense_features', columns }));
const linear = linearSpec(at, columns);
const LIST = ['--csv-list-separator', '|'];
const transform = (args, input) => run(['transform', '--spec', spec, '--input-format', 'csv', ...LIST, ...args], input);

/** Rows as CSV and as NDJSON, each with its own digits. */
function randomRows(count, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const some = (most, make) => Array.from({ length: Math.floor(random() * (most + 1)) }, make);
  const integer = () => pick([String(Math.floor(random() * 100)), '9007199254740993', '-9223372036854775808', '9223372036854775807', '-7']);
  const float = () => pick([String(random() * 100 - 50), '1e3', '-2.5E-7', '0.1', '16777217', String(Math.floor(random() * 1000))]);
  // The ways floats and integers are written in CSV but not in JSON.
  const inCsv = (number) => pick([number, number, ` ${number}`, `${number} `, number.startsWith('-') ? number : `+${number}`, number.startsWith('0.') ? number.slice(1) : number]);
  const cell = (text) => (/[",\n\r]/.test(text) || random() < 0.2 ? `"${text.replaceAll('"', '""')}"` : text);
  const csv = ['age,note,pair,word,words,big'];
  const json = [];
  for (let i = 0; i < count; ++i) {
    const [age, pair, word, words, big] = [float(), [float(), float()], random() < 0.1 ? null : pick(WORDS), some(3, () => pick(WORDS)), some(3, integer)];
    const listed = (values) => (values.length === 0 ? 'null' : `[${values}]`);
    json.push(`{"age":${age},"pair":[${pair}],"word":${JSON.stringify(word === null ? null : [word])},"words":${listed(words.map((each) => JSON.stringify(each)))},"big":${listed(big)}}`);
    csv.push([inCsv(age), pick(['', 'a note', 'with "quotes"\nand lines', '1|2']), pair.map(inCsv).join('|'), word ?? '', words.join('|'), big.map(inCsv).join('|')].map(cell).join(','));
    if (random() < 0.05) csv.push('');
  }
  const end = random() < 0.5 ? '\n' : '\r\n';
  return { csv: (random() < 0.3 ? '\ufeff' : '') + csv.join(end) + (random() < 0.5 ? end : ''), ndjson: json.join('\n') };
}

test('csv: random rows give what NDJSON gives, whole, in pieces, compressed, and on threads', async () => {
  for (const seed of [1, 2, 3, 4]) {
    const random = seeded(seed);
    const { csv, ndjson } = randomRows(300, random);
    const wanted = run(['transform', '--spec', spec], ndjson);
    assert.equal(wanted.status, 0, wanted.stderr.toString());
    assert.equal(lines(wanted.stdout).length, 300);
    const same = (done, what) => {
      assert.equal(done.status, 0, `${what}: ${done.stderr}`);
      assert.ok(done.stdout.equals(wanted.stdout), `${what}, seed ${seed}`);
    };
    same(transform([], csv), 'whole');
    same(transform(['--batch-size', '7', '--threads', String(seed)], csv), 'small batches');
    same(run(['transform', '--spec', spec, ...LIST, '--input', at('rows.csv.gz', gzipSync(csv))]), 'compressed');
    const pieces = piecesOf(Buffer.from(csv), 40, random);
    same(await runInPieces(['transform', '--spec', spec, '--input-format', 'csv', ...LIST], pieces), 'in pieces');
  }
});

test('csv: the delimiter is an option, and a cell without a list separator is one value', () => {
  const done = run(['transform', '--spec', at('one.json', JSON.stringify({
    version: 1, layer: 'dense_features',
    columns: [{ type: 'indicator_column', categorical_column: { type: 'categorical_column_with_vocabulary_list', key: 'w', vocabulary_list: ['a|b', 'a'] } }, { type: 'numeric_column', key: 'x' }],
  })), '--input-format', 'csv', '--csv-delimiter', 'tab'], 'w\tx\na|b\t1\n"a"\t.5\n\t-0\n');
  assert.equal(done.status, 0, done.stderr.toString());
  const rows = lines(done.stdout).map(({ features }) => features);
  assert.deepEqual(rows, [[1, 0, 1], [0, 1, 0.5], [0, 0, -0]]);
  assert.ok(Object.is(rows[2][2], -0));
});

test('csv: a missing value does not depend on other rows, even in a cross', () => {
  const cross = at('cross.json', JSON.stringify({ version: 1, layer: 'dense_features', columns: [{ type: 'indicator_column', categorical_column: { type: 'crossed_column', keys: ['a', 'b'], hash_bucket_size: 5 } }] }));
  const [whole, single] = ['1024', '2'].map((size) => run(['transform', '--spec', cross, '--input-format', 'csv', '--batch-size', size], 'a,b\nx,\nx,y\n,\n'));
  assert.equal(whole.status, 0, whole.stderr.toString());
  assert.deepEqual(lines(whole.stdout).map(({ features }) => features.reduce((sum, value) => sum + value)), [0, 1, 0]);
  assert.ok(single.stdout.equals(whole.stdout));
});

test('csv: an input may end with or without its line end, even within it', () => {
  const rows = ['1,1|2,omar,a,5', '2,3|4,é,b,6'];
  const [wanted, ...others] = ['\n', '', '\r\n', '\r', '\n\r', '\r\n\r\n'].map((end) => transform([], `age,pair,word,words,big\r\n${rows.join('\r\n')}${end}`));
  assert.equal(lines(wanted.stdout).length, 2);
  for (const done of others) assert.ok(done.stdout.equals(wanted.stdout), done.stderr.toString());
});

test('csv: score keeps the row, with features as they were read and other columns as text', () => {
  const done = run(['score', '--spec', linear, '--input-format', 'csv', ...LIST], 'id,age,pair,word,words,big,"say ""hi"""\n007,nan,inf|-.5,omar,a|b,9007199254740993,"x,""y"""\n');
  assert.equal(done.status, 0, done.stderr.toString());
  const text = done.stdout.toString();
  assert.match(text, /"big":\[9007199254740993\]/);
  const [{ logits, ...row }] = lines(done.stdout);
  assert.deepEqual(row, { id: '007', age: 'NaN', pair: ['Infinity', -0.5], word: ['omar'], words: ['a', 'b'], big: [9007199254740992], 'say "hi"': 'x,"y"' });
  assert.deepEqual(logits, ['NaN']); // of its age
});

test('csv: an estimator of two lists of columns scores CSV as it scores NDJSON', { skip: noShared }, () => {
  const model = path.join(shared, 'golden/models/dnn_linear_combined_classifier');
  const read = (file) => JSON.parse(readFileSync(path.join(model, file), 'utf8').replace(/("(?:vocabulary_file|ckpt_to_load_from)": *)("[^"]+")/g, (_, field, name) => field + JSON.stringify(path.join(model, JSON.parse(name)))));
  const { n_classes: classes, dnn } = read('model.json');
  const estimator = at('combined.json', JSON.stringify({
    version: 1, layer: 'dnn_linear_combined_classifier', ckpt_to_load_from: `${model}/`, n_classes: classes, dnn_activation_fn: dnn.hidden_layers[0].activation,
    dnn_feature_columns: read('columns.json').columns, linear_feature_columns: read('linear_columns.json').columns,
  }));
  const ndjson = readFileSync(path.join(model, 'rows.ndjson'), 'utf8');
  const rows = ndjson.trimEnd().split('\n').map((line) => JSON.parse(line));
  const keys = [...new Set(rows.flatMap(Object.keys))];
  const cell = (value) => `"${[value ?? ''].flat().join('|').replaceAll('"', '""')}"`;
  const csv = [keys.join(','), ...rows.map((row) => keys.map((key) => cell(row[key])).join(','))].join('\r\n');
  const scores = (args, input) => {
    const done = run(['score', '--spec', estimator, ...args], input);
    assert.equal(done.status, 0, done.stderr.toString());
    return lines(done.stdout).map(({ logits, probabilities, class_ids: ids }) => ({ logits, probabilities, ids }));
  };
  assert.deepEqual(scores(['--input-format', 'csv', ...LIST], csv), scores([], ndjson));
});

const HEADER = 'age,pair,word,words,big\n';
const GOOD = '1,1|2,omar,a,5\n';

test('csv: errors name the line and the column', () => {
  for (const [row, phrase] of [
    ['x,1|2,omar,a,5', /line 5, column "age": "x" is no number/],
    ['1,1|2,omar,a,5.0', /line 5, column "big": "5\.0" is no integer/],
    ['1,1|2,omar,a,3|9223372036854775808', /line 5, column "big": "9223372036854775808" does not fit in int64/],
    ['1,1|2,omar,a', /line 5: the row has 4 cells, but the header row has 5/],
    ['1,1|2,omar,a,5,', /line 5: the row has 6 cells/],
    ['1,1|2,om"ar,a,5', /line 5, column "word": it has a quote inside/],
    ['1,1|2,"om"ar,a,5', /line 5, column "word": it goes on behind its closing quote/],
    ['0x10,1|2,omar,a,5', /"0x10" is no number/],
    ['1 2,1|2,omar,a,5', /"1 2" is no number/],
    ['1,1|2|3,omar,a,5', /line 5: column "pair"/],
    [',1|2,omar,a,5', /line 5: column "age"/],
  ]) {
    // Before it a row of two lines and a blank line.
    const done = transform([], `${HEADER}1,1|2,"two\nlines",a,5\n\n${row}\n${GOOD}`);
    assert.equal(done.status, 1, row);
    assert.match(done.stderr.toString(), phrase);
    assert.equal(done.stdout.length, 0);
  }
  const bytes = Buffer.concat([Buffer.from(`${HEADER}1,1|2,`), Buffer.from([0xff, 0xfe]), Buffer.from(',a,5\n')]);
  const notUtf8 = transform([], bytes);
  assert.equal(notUtf8.status, 1);
  assert.match(notUtf8.stderr.toString(), /UTF-8/);
});

test('csv: --on-error leaves out or nulls bad rows, of text and of values, with any number of threads', () => {
  const bad = ['x,1|2,omar,a,5\n', '1,1|2\n', '1,1|2|3,omar,a,5\n', '1,1|2,o"m,a,5\n'];
  const input = HEADER + GOOD + bad[0] + GOOD + bad[1] + bad[2] + '1,1|2,"two\nlines",a,5\n' + bad[3] + GOOD;
  for (const threads of ['1', '2', '3']) {
    const skipped = transform(['--on-error', 'skip', '--batch-size', '3', '--threads', threads], input);
    assert.equal(skipped.status, 0, skipped.stderr.toString());
    assert.equal(lines(skipped.stdout).length, 4);
    assert.match(skipped.stderr.toString(), /^line 3, column "age"[^\n]*\nline 5: the row has 2 cells[^\n]*\nline 6: column "pair"[^\n]*\nline 9, column "word"[^\n]*\n4 rows written, 4 bad rows left out\n$/);
    const nulled = transform(['--on-error', 'null', '-q', '--batch-size', '3', '--threads', threads], input);
    assert.deepEqual(lines(nulled.stdout).map(({ features }) => features === null), [false, true, false, true, true, false, true, false]);
    assert.equal(nulled.stderr.length, 0);
    const scored = run(['score', '--spec', linear, '--input-format', 'csv', ...LIST, '--on-error', 'null', '-q', '--threads', threads], input);
    assert.deepEqual(lines(scored.stdout).map(({ logits }) => logits === null), [false, true, false, true, true, false, true, false]);
  }
});

test('csv: a header that cannot be used is refused', () => {
  for (const [input, phrase] of [
    ['', /CSV starts with a header row/],
    ['\n\r\n', /CSV starts with a header row/],
    ['age,pair,word,words,big,age\n', /names "age" twice/],
    ['age;pair;word;words;big\n', /names none of the features.*--csv-delimiter/],
    ['age,pair,word,words\n1,1|2,a,a\n', /Feature big is not in features dictionary/],
    ['age,"pair\n', /ends within a quoted cell of the row that starts in line 1/],
  ]) {
    const done = transform([], input);
    assert.equal(done.status, 1, input);
    assert.match(done.stderr.toString(), phrase);
  }
  const none = transform([], HEADER);
  assert.equal(none.status, 0, none.stderr.toString());
  assert.equal(none.stdout.length, 0);
});

test('csv: an input that is cut off inside quotes is refused, and leaves no file', () => {
  const output = at('never.ndjson');
  const cut = transform(['--on-error', 'skip', '--output', output], `${HEADER}${GOOD}1,1|2,"om`);
  assert.equal(cut.status, 1);
  assert.match(cut.stderr.toString(), /row that starts in line 3: it is cut off/);
  const half = run(['transform', '--spec', spec, ...LIST, '--input', at('half.csv.gz', gzipSync(HEADER + GOOD.repeat(1000)).subarray(0, 60)), '--output', output]);
  assert.equal(half.status, 1);
  assert.match(half.stderr.toString(), /half\.csv\.gz" is no whole gzip file/);
  const empty = run(['transform', '--spec', spec, ...LIST, '--input', at('empty.csv.gz', '')]);
  assert.match(empty.stderr.toString(), /no whole gzip file/);
  assert.deepEqual(readdirSync(folder).filter((name) => name.includes('never')), []);
});

test('csv: wrong usage is exit code 2', () => {
  for (const [args, phrase] of [
    [['--csv-delimiter', ',,'], /--csv-delimiter takes one ASCII character or tab/],
    [['--csv-delimiter', '"'], /--csv-delimiter/],
    [['--csv-list-separator', '-'], /nothing that words and numbers are made of/],
    [['--csv-delimiter', '|'], /are the same character/],
    [['--output', 'x.csv'], /does not write csv/],
    [['--output', 'x.ndjson.gz'], /is not compressed/],
  ]) {
    const done = transform(args, '');
    assert.equal(done.status, 2, args.join(' '));
    assert.match(done.stderr.toString(), phrase);
  }
  const other = run(['transform', '--spec', spec, '--csv-delimiter', ';'], '');
  assert.equal(other.status, 2);
  assert.match(other.stderr.toString(), /are for --input-format csv/);
});

test('csv: | head ends quietly', () => {
  const file = at('many.csv', HEADER + GOOD.repeat(200_000));
  const done = spawnSync('sh', ['-c', `node "${cli}" transform --spec "${spec}" --csv-list-separator '|' --input "${file}" --threads 2 | head -n 2`], { encoding: 'utf8' });
  assert.equal(done.stderr, '');
  assert.equal(done.stdout.trimEnd().split('\n').length, 2);
});
