// feature-columns convert and inspect of vocabularies with their index.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { run } from './command.mjs';
import { fc } from './package.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'fcol-prebuilt-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name) => path.join(folder, name);
const text = Array.from({ length: 5000 }, (_, i) => `word ${i * 7}\r\n`).join('');
writeFileSync(at('videos.txt'), text);

const done = (args) => {
  const { status, stdout, stderr } = run(args);
  assert.equal(status, 0, stderr.toString());
  return stdout.toString();
};

test('a text gets an index, and comes back as it was', async () => {
  assert.match(done(['convert', '--input', at('videos.txt'), '--output', at('videos.vocabulary')]), /5000 keys, text of \d+ bytes, with its index \d+; read back and compared/);
  const report = JSON.parse(done(['convert', '--input', at('videos.vocabulary'), '--output', at('back.txt'), '--json']));
  assert.deepEqual([report.keys, report.textBytes, report.prebuiltBytes], [5000, text.length, readFileSync(at('videos.vocabulary')).length]);
  assert.ok(report.indexBytesPerKey < 5, JSON.stringify(report));
  assert.equal(readFileSync(at('back.txt'), 'utf8'), text);
  const runtime = await fc.createRuntime();
  const layer = await runtime.denseFeatures([fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile: at('videos.vocabulary') }))]);
  assert.equal(layer.transform({ word: ['word 70'] }).data.indexOf(1), 10);
  runtime.dispose();
});

test('inspect tells of it', () => {
  const facts = JSON.parse(done(['inspect', at('videos.vocabulary'), '--json']));
  assert.deepEqual([facts.kind, facts.format, facts.keys, facts.bytes, facts.lineEnds, facts.index], ['vocabulary', 'prebuilt', 5000, text.length, 'CRLF', 'is that of the text']);
  assert.equal(facts.indexBytes + facts.bytes, facts.storedBytes);
  assert.match(done(['inspect', at('videos.vocabulary')]), /^format: prebuilt$/m);
});

test('the first lines', () => {
  writeFileSync(at('odd.txt'), 'a\nb\n\nb\n');
  done(['convert', '--input', at('odd.txt'), '--output', at('odd.vocabulary'), '--vocabulary-size', '2']);
  done(['convert', '--input', at('odd.vocabulary'), '--output', at('odd-back.txt')]);
  assert.equal(readFileSync(at('odd-back.txt'), 'utf8'), 'a\nb\n');
});

test('what cannot be, and wrong usage: exit codes, and no file', () => {
  const bytes = readFileSync(at('videos.vocabulary'));
  bytes[bytes.length - 100] ^= 1;
  writeFileSync(at('damaged.vocabulary'), bytes);
  const out = at('no.vocabulary');
  for (const [args, status, words] of [
    [['convert', '--input', at('odd.txt'), '--output', out], 1, /empty line found/],
    [['convert', '--input', at('odd.txt'), '--output', out, '--vocabulary-size', '9'], 1, /empty line found/],
    [['convert', '--input', at('absent.txt'), '--output', out], 1, /absent\.txt/],
    [['convert', '--input', at('damaged.vocabulary'), '--output', at('no.txt')], 1, /checksum/],
    [['inspect', at('damaged.vocabulary')], 1, /checksum/],
    [['convert', '--input', at('videos.vocabulary'), '--output', out], 2, /one of --input and --output/],
    [['convert', '--input', at('videos.vocabulary'), '--output', at('no.txt'), '--vocabulary-size', '2'], 2, /--vocabulary-size/],
    [['convert', '--input', at('videos.txt'), '--output', out, '--vocabulary-size', '0'], 2, /--vocabulary-size/],
    [['convert', '--input', at('videos.txt'), '--output', out, '--format', 'int8'], 2, /--format/],
    [['convert', '--input', at('videos.txt'), '--output', at('no.npy'), '--vocabulary-size', '2'], 2, /--vocabulary-size/],
  ]) {
    const failed = run(args);
    assert.equal(failed.status, status, failed.stderr.toString());
    assert.match(failed.stderr.toString(), words);
  }
  assert.ok(!existsSync(out) && !existsSync(at('no.txt')));
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.tmp')), []);
});
