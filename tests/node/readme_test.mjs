// The README's first example, run as it stands.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageFolder, root } from './package.mjs';

test('readme: the first example gives vectors and probabilities', async () => {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'README.md'), 'utf8'));
  const program = code
    .replace("from 'feature-columns'", `from '${pathToFileURL(path.join(packageFolder, 'dist/index.js'))}'`)
    .replace('import.meta.url', `'${pathToFileURL(root)}/'`);
  const { data, shape, columns, probabilities } = await import(`data:text/javascript,${encodeURIComponent(`${program}\nexport { data, shape, columns, probabilities };`)}`);
  assert.deepEqual(shape, [2, 32]);
  assert.deepEqual(columns.map(({ name, offset }) => [name, offset]), [['impression_video_id_shared_embedding', 0], ['watched_video_id_shared_embedding', 16]]);
  assert.ok(data.subarray(48).every((value) => value === 0), 'nothing watched is a zero vector');
  assert.ok(data.subarray(0, 48).some((value) => value !== 0));
  assert.ok(Math.abs(probabilities[0] + probabilities[1] - 1) < 1e-6);
});
