// How long a page is blocked while a worker has a large batch, against the same batch in the page's own thread: the longest task of
// the page's thread, in its own CPU time.
import { result, verify } from '../harness.mjs';
import { mainThread } from './trace.mjs';

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

export async function blockRows(browser, url, { rounds }) {
  const page = await browser.newPage();
  await page.goto(`${url}tests/bench/browser/blocks.html`);
  await page.waitForFunction(() => globalThis.runCase !== undefined);
  page.setDefaultTimeout(0);
  const results = [];
  for (const name of await page.evaluate(() => globalThis.cases)) {
    const run = (where) => page.evaluate(([what, place]) => globalThis.runCase(what, place), [name, where]);
    verify(`a worker, ${name}`, await run('worker'), await run('page'), 0);
    const longest = { worker: [], page: [] };
    const all = [];
    for (let round = 0; round < rounds; ++round) {
      for (const where of ['worker', 'page']) {
        const tasks = (await mainThread(browser, page, () => run(where))).filter(({ name: what }) => what === 'RunTask').map(({ milliseconds }) => milliseconds);
        longest[where].push(Math.max(...tasks));
        if (where === 'worker') all.push(...tasks);
      }
    }
    const times = Object.fromEntries([['feature-columns', longest.worker], ['the same in the page', longest.page]].map(([who, each]) => [who, { min: Math.min(...each), median: median(each) }]));
    const over = all.filter((each) => each > 2).length;
    results.push(result('worker', `longest task of the page, ${name}`, times, { note: `at most ${Math.max(...all).toFixed(2)}; ${over} of ${all.length} tasks over 2 ms` }));
  }
  await page.close();
  return results;
}
