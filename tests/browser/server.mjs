// What the browsers are served: the package, the suites and the goldens, all under the strict CSP; and the demo under a base path of its own.
import { createServer } from 'node:http';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const shared = [process.env.FCOL_SHARED, path.resolve(root, '../shared')].find((folder) => folder && existsSync(path.join(folder, 'golden')));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml' };
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";

const WATCH = '<script src="/browser/watch.js"></script>';
const PAGE = `<!doctype html><meta charset="utf-8"><title>suites</title>${WATCH}<link rel="icon" href="data:,"><script type="module" src="page.mjs"></script>`;

/** Where the demo is, and where it is without one of its files. */
export const DEMO = 'some/base/demo/';
export const DEMO_WITHOUT_INDEX = 'some/base/demo-without-index/';

export function startServer(packageFolder, demo) {
  const folders = {
    package: path.join(packageFolder, 'dist'), suites: path.join(root, 'tests/suites'), browser: path.join(root, 'tests/browser'), golden: path.join(root, 'tests/golden'),
    [DEMO.slice(0, -1)]: demo, [DEMO_WITHOUT_INDEX.slice(0, -1)]: demo,
  };
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
    if (!prefix || (prefix.endsWith('without-index') && url.endsWith('.index'))) return answer(404, '');
    let file = path.join(folder, url.slice(prefix.length));
    if (!file.startsWith(folder)) return answer(403, '');
    if (existsSync(file) && statSync(file).isDirectory()) file = path.join(file, 'index.html');
    if (!existsSync(file)) return answer(404, '');
    const headers = { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store' };
    if (folder !== demo) headers['content-security-policy'] = CSP; // the demo page brings its own, in a meta element
    const body = readFileSync(file);
    return response.writeHead(200, headers).end(file.endsWith('.html') ? body.toString().replace('<head>', `<head>${WATCH}`) : body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ server, origin: `http://127.0.0.1:${server.address().port}` })));
}
