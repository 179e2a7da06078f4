// The suites of tests/suites in Chromium, against the installed package, under the strict CSP; then the demo page, worked as a person does.
import { createServer } from 'node:http';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { assert } from '../suites/assert.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const shared = [process.env.FCOL_SHARED, path.resolve(root, '../shared')].find((folder) => folder && existsSync(path.join(folder, 'golden')));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml' };
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";

const PAGE = '<!doctype html><meta charset="utf-8"><title>suites</title><link rel="icon" href="data:,"><script type="module" src="page.mjs"></script>';

/** Serves the package, the suites and the goldens, everything under the CSP; and the demo under a base path of its own. */
function startServer(packageFolder, demo) {
  const folders = { package: path.join(packageFolder, 'dist'), suites: path.join(root, 'tests/suites'), browser: path.join(root, 'tests/browser'), golden: path.join(root, 'tests/golden'), 'some/base/demo': demo };
  const server = createServer((request, response) => {
    const url = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).slice(1);
    const answer = (status, body, type = 'text/plain') => response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'content-security-policy': CSP }).end(body);
    if (url === 'browser/suites.html') return answer(200, PAGE, TYPES['.html']);
    if (url === 'suites.json') return answer(200, JSON.stringify(readdirSync(folders.suites).filter((file) => file.endsWith('_suite.mjs')).sort()), TYPES['.json']);
    if (url.startsWith('shared/')) {
      const file = shared && path.join(shared, 'golden/cases', path.basename(url));
      return file && existsSync(file) ? answer(200, gunzipSync(readFileSync(file))) : answer(404, '');
    }
    const [prefix, folder] = Object.entries(folders).find(([each]) => url === each || url.startsWith(each + '/')) ?? [];
    if (!prefix) return answer(404, '');
    let file = path.join(folder, url.slice(prefix.length));
    if (!file.startsWith(folder)) return answer(403, '');
    if (existsSync(file) && statSync(file).isDirectory()) file = path.join(file, 'index.html');
    if (!existsSync(file)) return answer(404, '');
    const headers = { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store' };
    if (!prefix.endsWith('demo')) headers['content-security-policy'] = CSP; // the demo page brings its own, in a meta element
    return response.writeHead(200, headers).end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ server, origin: `http://127.0.0.1:${server.address().port}` })));
}

const BROWSER_ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Runs everything; answers {passed, failed, skipped}. */
export async function runBrowser({ app }) {
  const executablePath = process.env.CHROME_PATH ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
  const { server, origin } = await startServer(path.join(app, 'node_modules/feature-columns'), path.join(root, 'build/demo'));
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGS });
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const tell = (name, outcome, problem) => {
    totals[outcome] += 1;
    if (outcome !== 'passed') console.log(`${outcome}: ${name}${problem ? `\n${problem}` : ''}`);
  };
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${origin}/browser/suites.html`);
    await page.waitForFunction(() => globalThis.suiteResults !== undefined, undefined, { timeout: 600_000 }).catch((error) => {
      throw new Error(`${error.message}\n${complaints.join('\n')}`);
    });
    for (const { name, outcome, problem } of await page.evaluate(() => globalThis.suiteResults)) tell(name, outcome, problem);
    const violations = complaints.filter((text) => /Content Security Policy/i.test(text));
    tell('no CSP violation in the suites', violations.length === 0 ? 'passed' : 'failed', violations.join('\n'));
    await page.close();

    const { demoTests } = await import('./demo_test.mjs');
    const demoPage = await browser.newPage();
    const test = async (name, run) => {
      try {
        await run();
        tell(`demo: ${name}`, 'passed');
      } catch (error) {
        tell(`demo: ${name}`, 'failed', error.stack ?? String(error));
      }
    };
    await demoTests(demoPage, `${origin}/some/base/demo/`, test, assert);
  } finally {
    await browser.close();
    server.close();
  }
  return totals;
}
