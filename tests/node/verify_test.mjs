// feature-columns verify: what it counts, what it finds, and its exit codes.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { OTHERWISE } from '../suites/golden_suite.mjs';
import { run } from './command.mjs';
import { noShared, root, shared } from './package.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'fcol-verify-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Writes cases, one a line, with NaN as Python writes it. */
function caseFile(name, cases, pack = (text) => text) {
  const file = path.join(folder, name);
  writeFileSync(file, pack(cases.map((each) => JSON.stringify(each).replaceAll('"@NaN"', 'NaN')).join('\n') + '\n'));
  return file;
}
const floats = (...values) => Buffer.from(Float32Array.from(values).buffer).toString('base64');
const verify = (...args) => run(['verify', ...args]);
const report = (...args) => JSON.parse(verify(...args, '--json').stdout.toString());

const spec = { version: 1, layer: 'dense_features', columns: [{ type: 'numeric_column', key: 'b', shape: [2] }, { type: 'numeric_column', key: 'a' }] };
const good = {
  id: 'good', spec, files: {}, dtypes: { a: 'float32', b: 'float32' }, rows: [{ a: 1, b: [2, 3] }, { a: 4, b: [5, '@NaN'] }],
  expected: { shape: [2, 3], data: floats(1, 2, 3, 4, 5, NaN), columns: [['a', 0, 1], ['b', 1, 2]] },
};
const withData = (id, ...values) => ({ ...good, id, expected: { ...good.expected, data: floats(...values) } });
const refusal = { id: 'refusal', what: 'a feature that is not there', spec, files: {}, dtypes: { a: 'float32' }, rows: [{ a: 1 }], error: { type: 'ValueError', message: 'Feature b is not in features dictionary.' } };

test('verify: equal cases and refusals are exit code 0, plain and compressed', () => {
  for (const file of [caseFile('equal.jsonl', [good, refusal]), caseFile('equal.jsonl.gz', [good, refusal], gzipSync)]) {
    const done = verify(file);
    assert.equal(done.status, 0, done.stderr.toString());
    assert.equal(done.stdout.toString(), `${file}: 2 cases: 2 equal, 0 different (1 refusal among them); 6 of 6 floats bit for bit\n`);
  }
});

test('verify: one wrong bit is exit code 1, and is found', () => {
  const next = Math.fround(5 * (1 + 2 ** -23));
  const file = caseFile('bit.jsonl', [good, withData('bit', 1, 2, 3, 4, next, NaN)]);
  const done = verify(file);
  assert.equal(done.status, 1);
  assert.match(done.stdout.toString(), /first difference: bit as columns: column "b", row 1, value 0: 5, expected 5\.00000\d+ \(1 ulp\)/);
  const { all } = report(file);
  assert.deepEqual([all.cases, all.equal, all.different, all.floats, all.equalFloats, all.largestUlps], [2, 1, 1, 12, 11, 1]);
  const { difference } = all.firstDifference;
  assert.deepEqual(difference, { column: 'b', row: 1, index: 0, value: 5, expected: next, ulps: 1 });
  const tolerant = report(file, '--tolerance', '1e-6').all;
  assert.deepEqual([tolerant.equal, tolerant.close, tolerant.different, tolerant.firstDifference], [1, 1, 0, null]);
  assert.equal(verify(file, '--tolerance', '1e-6').status, 0);
  assert.equal(verify(file, '--tolerance', '1e-9').status, 1);
});

test('verify: NaN, the sign of zero, and a column called close', () => {
  const zero = { ...good, id: 'zero', rows: [{ a: 0, b: [0, 1] }], expected: { shape: [1, 3], data: floats(-0, 0, 1) } };
  const { all } = report(caseFile('zero.jsonl', [zero]));
  assert.deepEqual([all.different, all.equalFloats, all.firstDifference.difference.column], [1, 2, '*']);
  const nan = report(caseFile('nan.jsonl', [withData('nan', 1, 2, 3, 4, NaN, NaN)])).all;
  assert.deepEqual([nan.different, nan.largestUlps, nan.firstDifference.difference.expected], [1, 'Infinity', 'NaN']);
  const close = withData('close', 1, 2, 3, 4, 5.000001, NaN);
  close.expected.close = ['b'];
  assert.equal(verify(caseFile('close.jsonl', [close])).status, 0);
  close.expected.close = ['a'];
  assert.equal(verify(caseFile('other.jsonl', [close])).status, 1);
});

test('verify: another shape, another order of columns, and what should be refused or not', () => {
  const shape = { ...good, id: 'shape', expected: { ...good.expected, shape: [1, 6] } };
  const order = { ...good, id: 'order', expected: { ...good.expected, columns: [['b', 0, 2], ['a', 2, 1]] } };
  const taken = { ...good, id: 'taken', what: 'in words', expected: undefined, error: { message: 'no way' } };
  const refused = { ...refusal, id: 'refused', error: undefined, expected: good.expected };
  const code = { ...refusal, id: 'code', error: { code: 'out_of_range' } };
  for (const [each, phrase] of [
    [shape, /the shape is \[2, 3\], expected \[1, 6\]/],
    [order, /the columns are \[\["a",0,1\],\["b",1,2\]\], expected/],
    [taken, /taken \(in words\) as columns: it gave an output, expected a refusal: no way/],
    [refused, /refused with "missing_feature": .*not in features dictionary/],
    [code, /refused with "missing_feature", expected "out_of_range"/],
  ]) {
    const done = verify(caseFile(`${each.id}.jsonl`, [each]));
    assert.equal(done.status, 1, each.id);
    assert.match(done.stdout.toString(), phrase);
  }
  assert.equal(verify(caseFile('code.jsonl', [{ ...code, error: { code: 'missing_feature' } }])).status, 0);
  const excepted = caseFile('excepted.jsonl', [good, taken, shape]);
  assert.equal(verify(excepted, '--except', 'in words', '--except', 'shape').status, 0);
  assert.equal(report(excepted, '--except', 'in words', '--except', 'shape').all.excepted, 2);
});

test('verify: the case in docs/cases.md is one', () => {
  const [, text] = /```json\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'docs/cases.md'), 'utf8'));
  const file = path.join(folder, 'documented.jsonl');
  writeFileSync(file, text.replaceAll('\n', ' '));
  assert.equal(verify(file).status, 0);
});

test('verify: several files are summed', () => {
  const [one, two] = [caseFile('one.jsonl', [good]), caseFile('two.jsonl', [withData('bad', 9, 2, 3, 4, 5, NaN), refusal])];
  const done = verify(one, two);
  assert.equal(done.status, 1);
  assert.match(done.stdout.toString().trimEnd().split('\n').at(-1), /^all: 3 cases: 2 equal, 1 different \(1 refusal among them\); 11 of 12 floats bit for bit, largest distance \d+ ulp$/);
  assert.deepEqual(report(one, two).files.map(({ cases, different }) => [cases, different]), [[1, 0], [2, 1]]);
});

test('verify: what is no case is exit code 1 and told with its place', () => {
  const { spec: _, ...noSpec } = good;
  for (const [cases, phrase] of [
    [[good, noSpec], /case 2: .*"spec" of good must be an object/],
    [[{ ...good, id: 5 }], /case 1: .*"id" must be a string/],
    [[{ ...good, examples: [] }], /either "rows" or "examples"/],
    [[{ ...good, error: {} }], /either "expected" or "error"/],
    [['text'], /not an object/],
    [[{ ...good, dtypes: { a: 'float32' } }], /"dtypes" of good does not have "b"/],
    [[{ ...good, dtypes: { a: 'float', b: 'float32' } }], /"dtypes" of good must be string, int64/],
    [[{ ...good, files: { 'a.txt': 'no base64' } }], /"files" of good must be base64/],
    [[{ ...good, expected: { ...good.expected, shape: [2, 4] } }], /"data" of good has 24 bytes, its shape \[2, 4\] needs 32/],
  ]) {
    const done = verify(caseFile('no.jsonl', cases));
    assert.equal(done.status, 1);
    assert.match(done.stderr.toString(), phrase);
  }
  writeFileSync(path.join(folder, 'broken.jsonl'), '{"id": ');
  assert.match(verify(path.join(folder, 'broken.jsonl')).stderr.toString(), /case 1: .*not valid JSON/);
  writeFileSync(path.join(folder, 'empty.jsonl'), '\n');
  assert.match(verify(path.join(folder, 'empty.jsonl')).stderr.toString(), /has no case in it/);
  writeFileSync(path.join(folder, 'half.jsonl.gz'), gzipSync(JSON.stringify(good)).subarray(0, 50));
  const half = verify(path.join(folder, 'half.jsonl.gz'));
  assert.equal(half.status, 1);
  assert.match(half.stderr.toString(), /no whole gzip file/);
  assert.equal(verify(path.join(folder, 'nowhere.jsonl')).status, 1);
});

test('verify: wrong usage is exit code 2', () => {
  const file = caseFile('usage.jsonl', [good]);
  for (const [args, phrase] of [
    [[], /verify takes files of cases/],
    [[file, '--tolerance', 'much'], /--tolerance takes a number/],
    [[file, '--tolerance', '-1'], /tolerance/],
    [[file, '--except', 'nobody'], /there is no case "nobody"/],
    [[file, '--except', good.id], /leaves out every case/],
    [[file, '--bogus'], /bogus[\s\S]*verify CASES\.jsonl/], // and the help of the command, not of all
  ]) {
    const done = verify(...args);
    assert.equal(done.status, 2, args.join(' '));
    assert.match(done.stderr.toString(), phrase);
  }
  assert.equal(verify('--help').status, 0);
});

test('verify: the shared goldens are equal', { skip: noShared }, () => {
  const files = ['dense', 'long', 'sequence', 'linear', 'examples', 'refusals'].map((name) => path.join(shared, 'golden/cases', `${name}.jsonl.gz`));
  const { all } = report(...files, ...OTHERWISE.flatMap((name) => ['--except', name]));
  assert.deepEqual([all.cases, all.different, all.excepted], [1955, 0, OTHERWISE.length]);
  assert.ok(all.equal >= 1900 && all.refusals >= 148, JSON.stringify(all));
});
