// Loading from bad servers: what is missing, refused, cut off or a page in place of a file.
import { EXPECTED, FILES, MODEL, WORDS, loading } from './loading_files.mjs';
import { BASE, memoryServer } from './memory_server.mjs';

export default function (test, assert, fc) {
  const { coded, embedding, failure, vectors } = loading(assert, fc);

  test('missing files are not_found with the URL and the status', async () => {
    for (const missing of ['videos.txt', 'model.ckpt.data-00000-of-00001']) {
      const files = { ...FILES };
      delete files[missing];
      const error = await failure(memoryServer(files), [embedding()]);
      coded(error, 'not_found', `${BASE}${missing}`, '404', 'No such file or directory');
      assert.equal(error.column, missing === 'videos.txt' ? 'watched' : 'watched_embedding');
    }
    coded(await failure(memoryServer({ 'videos.txt': WORDS }), [embedding()]), 'not_found', 'model.ckpt.index', '404');
  });

  test('other refusals of a server are network, and only its own faults are tried again', async () => {
    for (const [status, tries] of [[403, 1], [429, 1], [500, 3], [503, 3]]) {
      const server = memoryServer(FILES, { answer: (path) => (path === 'videos.txt' ? new Response('', { status }) : undefined) });
      coded(await failure(server, [embedding()], {}, { retries: 2 }), 'network', `${BASE}videos.txt`, String(status));
      assert.equal(server.paths().filter((path) => path === 'videos.txt').length, tries, `status ${status}`);
    }
  });

  test('a connection that is cut is tried again, twice by default', async () => {
    for (const cut of [
      () => Promise.reject(new TypeError('fetch failed')),
      () => new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) })),
      () => new Response('om', { headers: { 'content-length': String(WORDS.length) } }),
    ]) {
      const server = memoryServer(FILES, { answer: (path, _, count) => (path === 'videos.txt' && count < 2 ? cut() : undefined) });
      assert.deepEqual(await vectors(server, [embedding()], {}, { retries: 'default' }), EXPECTED);
      assert.equal(server.paths().filter((path) => path === 'videos.txt').length, 3);
      const dead = memoryServer(FILES, { answer: (path) => (path === 'videos.txt' ? cut() : undefined) });
      coded(await failure(dead, [embedding()]), 'network', `${BASE}videos.txt`);
    }
  });

  test('an HTML page in place of a file is named as one', async () => {
    const page = '<!DOCTYPE html><html><body>home</body></html>';
    for (const path of ['videos.txt', 'model.ckpt.index']) {
      for (const headers of [{ 'content-type': 'text/html; charset=utf-8' }, {}]) {
        const server = memoryServer({ 'videos.txt': WORDS, ...MODEL }, { answer: (asked) => (asked === path || (path.endsWith('.index') && !(asked in FILES)) ? new Response(page, { headers }) : undefined) });
        coded(await failure(server, [embedding()]), 'network', `${BASE}${path}`, 'the server answered with an HTML page');
      }
    }
  });

  test('truncated files: by Content-Length where the server sent it, else by their own marks', async () => {
    for (const [path, bytes] of Object.entries(MODEL)) {
      for (let size = 0; size < bytes.length; size += size < 16 || size > bytes.length - 16 ? 1 : 13) {
        const short = bytes.slice(0, size);
        const headers = { 'content-length': String(bytes.length) };
        const told = memoryServer(FILES, { answer: (asked) => (asked === path ? new Response(short, { headers }) : undefined) });
        coded(await failure(told, [embedding()]), 'network', 'was cut off', `${size} of ${bytes.length}`);
        const error = await failure(memoryServer({ ...FILES, [path]: short }), [embedding('watched', { tensorNameInCkpt: 'other' }, { vocabularySize: 2 })]);
        // Tensors lie in the order of their names: `other` is the last.
        assert.ok(['invalid_checkpoint', 'checksum_mismatch'].includes(error.code), `${path} cut at ${size}: ${error.message}`);
      }
    }
    coded(await failure(memoryServer({ ...FILES, 'videos.txt': 'omar\nstr' }), [embedding('watched', {}, { vocabularySize: 3 })]), 'invalid_vocabulary', 'Invalid vocab_size', 'expected 3 but got 2');
  });
}
