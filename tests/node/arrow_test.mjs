// Batches of real Arrow vectors, in a process of their own: apache-arrow's builders make code from strings, which the tests'
// process forbids.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

test('batches of Arrow vectors', () => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // it would make the output binary
  const cases = fileURLToPath(new URL('arrow_cases.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', cases], { env, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.ok(Number(/^# pass (\d+)$/m.exec(stdout)?.[1]) >= 27, stdout);
});
