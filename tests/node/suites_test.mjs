// The suites of tests/suites in Node.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { assert } from '../suites/assert.mjs';
import { fc, root, shared, verify, worker } from './package.mjs';

const folder = path.join(root, 'tests/suites');
const files = {
  verify,
  worker,
  /** The text of a golden file of this repository. */
  golden: async (name) => readFileSync(path.join(root, 'tests/golden', name), 'utf8'),
  /** The lines of a file of shared golden cases; undefined where they are not there. */
  sharedCases: async (name) => (shared ? gunzipSync(readFileSync(path.join(shared, 'golden/cases', name))).toString('utf8').trimEnd().split('\n') : undefined),
};

for (const name of readdirSync(folder).filter((file) => file.endsWith('_suite.mjs')).sort()) {
  const { default: suite } = await import(path.join(folder, name));
  await suite((title, run) => test(`${name.replace('_suite.mjs', '')}: ${title}`, (context) => run({ skip: (why) => context.skip(why) })), assert, fc, files);
}
