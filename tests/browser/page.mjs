// Runs every suite in the page, one test after the other, and leaves the results for the runner.
import { assert } from '../suites/assert.mjs';
import * as fc from '../package/index.js';
import * as verify from '../package/verify.js';
import * as worker from '../package/worker.js';

const files = {
  verify,
  worker,
  golden: async (name) => (await fetch(`../golden/${name}`)).text(),
  sharedCases: async (name) => {
    const response = await fetch(`../shared/${name}`);
    return response.ok ? (await response.text()).trimEnd().split('\n') : undefined;
  },
};

const results = [];
for (const name of await (await fetch('../suites.json')).json()) {
  const tests = [];
  const { default: suite } = await import(`../suites/${name}`);
  await suite((title, run) => tests.push({ title: `${name.replace('_suite.mjs', '')}: ${title}`, run }), assert, fc, files);
  for (const { title, run } of tests) {
    let skipped;
    try {
      await run({ skip: (why) => (skipped = why) });
      results.push({ name: title, outcome: skipped === undefined ? 'passed' : 'skipped', problem: skipped });
    } catch (error) {
      // WebKit's stacks begin without the message.
      const { stack = '' } = error ?? {};
      results.push({ name: title, outcome: 'failed', problem: stack.includes(error?.message) ? stack : `${error}\n${stack}` });
    }
  }
}
globalThis.suiteResults = results;
