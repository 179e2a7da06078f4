// The suites of tests/suites in a browser, against the installed package, under the strict CSP; then the demo page, worked as a person does.
import path from 'node:path';
import { assert } from '../suites/assert.mjs';
import { demoTests } from './demo_test.mjs';
import { Unsupported } from './drivers/webdriver_page.mjs';
import { DEMO, DEMO_WITHOUT_INDEX, root, startServer } from './server.mjs';

/** The browser is there, but it does not run. */
export class NotStarted extends Error {}

/** Runs everything in the browser of `driver`, a module of drivers/; answers {passed, failed, skipped}. */
export async function runBrowser({ app, driver, demo = path.join(root, 'build/demo') }) {
  const { server, origin } = await startServer(path.join(app, 'node_modules/feature-columns'), demo);
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const tell = (name, outcome, problem) => {
    totals[outcome] += 1;
    if (outcome !== 'passed') console.log(`${outcome}: ${name}${problem ? `\n${problem}` : ''}`);
  };
  let browser;
  try {
    browser = await driver.launch().catch((error) => {
      throw new NotStarted(`${driver.name} does not start: ${error.message}`, { cause: error });
    });
    console.log(`${driver.name} ${browser.version}`);
    const page = await browser.newPage();
    await page.goto(`${origin}/browser/suites.html`);
    await page.waitForFunction(() => globalThis.suiteResults !== undefined, undefined, { timeout: 600_000 }).catch(async (error) => {
      throw new Error([error.message, ...(await page.complaints())].join('\n'));
    });
    for (const { name, outcome, problem } of await page.evaluate(() => globalThis.suiteResults)) tell(name, outcome, problem);
    const violations = (await page.complaints()).filter((text) => /Content Security Policy/i.test(text));
    tell('no CSP violation in the suites', violations.length === 0 ? 'passed' : 'failed', violations.join('\n'));
    await page.close();

    const test = async (name, run) => {
      try {
        await run();
        tell(`demo: ${name}`, 'passed');
      } catch (error) {
        if (error instanceof Unsupported) tell(`demo: ${name}`, 'skipped', error.message);
        else tell(`demo: ${name}`, 'failed', error.stack ?? String(error));
      }
    };
    await demoTests(await browser.newPage(), { whole: `${origin}/${DEMO}`, withoutIndex: `${origin}/${DEMO_WITHOUT_INDEX}` }, test, assert);
  } finally {
    await browser?.close();
    server.close();
  }
  return totals;
}
