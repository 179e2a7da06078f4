// A server calls transform thousands of times a second: what it leaves to the garbage collector is its answer, and nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { packageFolder, root } from './package.mjs';

const EACH = 20; // strings of a call
/** {data, shape, columns} and the shape: some 110 bytes. The rest is for code that a busy machine has not compiled yet. */
const ANSWER = 500;
/** Strings are joined to be encoded: an object of 32 bytes for each, and its characters once. */
const A_STRING = 48;
/** What encodeInto answers, the joined text, and views that are made where they cannot be kept. */
const ENCODING = 200;

test('transform with `out` leaves no garbage but its answer', () => {
  const probe = path.join(root, 'tests/node/garbage_probe.mjs');
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];
  const found = JSON.parse(execFileSync(process.execPath, [...flags, probe, path.join(packageFolder, 'dist/index.js')], { encoding: 'utf8' }));
  const most = { 'typed arrays': ANSWER, 'nested arrays': ANSWER, bytes: ANSWER + ENCODING, strings: ANSWER + ENCODING + EACH * A_STRING };
  assert.deepEqual(Object.keys(found), Object.keys(most));
  for (const [name, bytes] of Object.entries(found)) {
    assert.ok(bytes <= most[name], `${name}: ${bytes.toFixed(0)} bytes a call, not at most ${most[name]}`);
    assert.ok(bytes >= 30, `${name}: ${bytes} bytes are less than an answer: the measure is wrong`);
  }
});
