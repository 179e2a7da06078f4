// createRuntime({cache}): what is kept, for how long, and that nothing wrong is kept. In browsers also the origin private file system.
import { BASE, memoryServer, rejection } from './memory_server.mjs';

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const sha256 = async (text) => hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

/** The Cache API's part that is used. */
function memoryCache({ put = async () => {} } = {}) {
  const kept = new Map();
  return {
    kept,
    match: async (url) => (kept.has(url) ? new Response(kept.get(url)) : undefined),
    put: async (url, response) => {
      await put(response);
      kept.set(url, new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (url) => kept.delete(url),
  };
}

export default function (test, assert, fc) {
  const column = () => fc.indicatorColumn(fc.categoricalColumnWithVocabularyFile('word', { vocabularyFile: 'words.txt' }));
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
  /** The width of the column over a server's file, which is the number of its lines. */
  async function width(server, cache, options) {
    const runtime = await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0, cache });
    try {
      return (await runtime.denseFeatures([column()], options)).width;
    } finally {
      runtime.dispose();
    }
  }

  test('what was read once is kept, while it is read', async () => {
    let reached;
    const waiting = new Promise((resolve) => (reached = resolve));
    const cache = memoryCache({ put: () => waiting });
    const server = memoryServer({ 'words.txt': 'a\nb\n' });
    assert.equal(await width(server, cache), 2, 'a store that is slow holds nobody up');
    reached();
    await settled();
    assert.equal(await width(memoryServer({}), cache), 2);
    assert.deepEqual([...cache.kept.keys()], [`${BASE}words.txt`]);
  });

  test('a store without room, and a page in place of the file', async () => {
    const full = memoryCache({ put: async () => Promise.reject(new Error('QuotaExceededError')) });
    assert.equal(await width(memoryServer({ 'words.txt': 'a\nb\n' }), full), 2);
    const cache = memoryCache();
    const page = { answer: () => new Response('<!doctype html><p>home</p>', { headers: { 'content-type': 'text/html' } }) };
    assert.equal((await rejection(width(memoryServer({}, page), cache))).code, 'network');
    await settled();
    assert.equal(cache.kept.size, 0);
    assert.equal(await width(memoryServer({ 'words.txt': 'a\n' }), cache), 1);
  });

  test('an older version that is kept gives way to the one that integrity names', async () => {
    const [first, second] = ['a\nb\n', 'a\nb\nc\n'];
    const cache = memoryCache();
    const integrity = async (text) => ({ integrity: { 'words.txt': await sha256(text) } });
    assert.equal(await width(memoryServer({ 'words.txt': first }), cache, await integrity(first)), 2);
    await settled();
    const server = memoryServer({ 'words.txt': second });
    assert.equal(await width(server, cache), 2, 'without a word nothing is asked for');
    assert.equal(server.log.length, 0);
    assert.equal(await width(server, cache, await integrity(second)), 3);
    assert.equal(server.log.length, 1);
    await settled();
    assert.equal(await width(memoryServer({}), cache, await integrity(second)), 3);
    const error = await rejection(width(server, cache, await integrity('other')));
    assert.equal(error.code, 'integrity');
    assert.ok(server.log.length <= 3, 'it is asked for once more, not for ever');
    const without = { match: cache.match, put: cache.put };
    assert.equal((await rejection(width(server, without, await integrity('other')))).code, 'integrity');
  });

  test('the origin private file system, where there is one', async () => {
    if (typeof navigator !== 'object' || typeof navigator.storage?.getDirectory !== 'function') {
      assert.equal((await rejection(fc.opfsCache('models-v1'))).code, 'unsupported');
      return;
    }
    const folder = `models-${Math.random()}`;
    const cache = await fc.opfsCache(folder);
    const text = 'a\nb\nc\n';
    assert.equal(await width(memoryServer({ 'words.txt': text }), cache), 3);
    for (let i = 0; i < 100 && !(await cache.match(`${BASE}words.txt`)); ++i) await settled();
    assert.equal(await width(memoryServer({}), await fc.opfsCache(folder), { integrity: { 'words.txt': await sha256(text) } }), 3);
    assert.equal((await rejection(width(memoryServer({}), await fc.opfsCache(`${folder}-2`)))).code, 'not_found');
    assert.equal(await cache.delete(`${BASE}words.txt`), true);
    assert.equal(await cache.delete(`${BASE}words.txt`), false);
    assert.equal((await rejection(width(memoryServer({}), cache))).code, 'not_found');
    const root = await navigator.storage.getDirectory();
    for (const name of [folder, `${folder}-2`]) await root.removeEntry(name, { recursive: true });
  });
}
