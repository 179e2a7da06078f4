// Files are closed, whatever becomes of what is read from them.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fc } from './package.mjs';
import { scratch } from './scratch.mjs';

const at = scratch('handles');
const folder = at('');
const HANDLES = '/proc/self/fd';
const open = () => readdirSync(HANDLES).flatMap((handle) => {
  try {
    return [readlinkSync(path.join(HANDLES, handle))];
  } catch {
    return []; // that of the listing
  }
}).filter((file) => file.startsWith(folder));

test('files: none stays open when another one of the layer is missing or bad', { skip: existsSync(HANDLES) ? false : 'only Linux lists what is open' }, async () => {
  const files = { good: at('good.txt', 'a\nb\n'), long: at('long.txt', Array.from({ length: 100_000 }, (_, i) => `key${i}`).join('\n')), twice: at('twice.txt', 'a\na\n'), missing: at('missing.txt') };
  for (const names of [['good', 'missing'], ['long', 'missing'], ['missing', 'good', 'long'], ['good', 'twice', 'long']]) {
    const runtime = await fc.createRuntime();
    const columns = names.map((name) => fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile(name, { vocabularyFile: files[name] })));
    await assert.rejects(() => runtime.denseFeatures(columns), { name: 'FeatureColumnError' });
    for (let i = 0; i < 100 && open().length > 0; ++i) await wait(10);
    assert.deepEqual(open(), [], names.join());
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  }
});
