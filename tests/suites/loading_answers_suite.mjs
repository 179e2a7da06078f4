// Answers that are not the file, and what a Request says: each is told of, and nothing is taken for a file that is none.
import { EXPECTED, FILES, WORDS, loading } from './loading_files.mjs';
import { BASE, memoryServer } from './memory_server.mjs';

const utf8 = (text) => new TextEncoder().encode(text);

export default function (test, assert, fc) {
  const { coded, embedding, failure, vectors, start, vocabulary } = loading(assert, fc);
  const words = (answer) => memoryServer(FILES, { answer: (path, init) => (path === 'videos.txt' ? answer(init) : undefined) });
  const ids = (vocabularyFile) => fc.indicatorColumn(vocabulary('watched', { vocabularyFile }));

  test('a part in place of the whole file is refused', async () => {
    for (const range of ['bytes 0-8/19', 'bytes 5-18/19', undefined]) {
      const part = () => new Response(WORDS.slice(0, 9), { status: 206, headers: range ? { 'content-range': range } : {} });
      coded(await failure(words(part), [embedding()]), 'network', `${BASE}videos.txt`, '206', range ?? 'does not name');
      coded(await failure(memoryServer({}), [ids(part())]), 'network', '206');
    }
    const all = () => new Response(WORDS, { status: 206, headers: { 'content-range': `bytes 0-${WORDS.length - 1}/${WORDS.length}` } });
    assert.deepEqual(await vectors(words(all), [embedding()]), EXPECTED);
  });

  test('pages are told from vocabularies, whatever their type', async () => {
    for (const [page, type] of [['<html><body>no</body></html>', 'text/plain'], ['<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', 'application/xml'], ['<h1>404</h1>', 'text/html']]) {
      coded(await failure(words(() => new Response(page, { headers: { 'content-type': type } })), [embedding()]), 'network', 'HTML page');
    }
    assert.deepEqual(await vectors(words(() => new Response(`<html-dog\n<b>\n${WORDS}`)), [fc.indicatorColumn(vocabulary('watched'))]), [0, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
    const short = '<!doctype html>\n<html></html>';
    const server = memoryServer({ ...FILES, 'videos.npy': short });
    coded(await failure(server, [embedding('watched', { ckptToLoadFrom: undefined, tensorNameInCkpt: undefined, table: { url: 'videos.npy' } })]), 'network', 'HTML page');
  });

  test('a server that always cuts a large file is given up, however much it sends', async () => {
    const large = utf8(Array.from({ length: 100_000 }, (_, i) => `key${String(i).padStart(10, '0')}\n`).join(''));
    let asked = 0;
    const cut = () => {
      ++asked;
      return new Response(large, { headers: { 'content-length': String(large.length + 10) } });
    };
    coded(await failure(words(cut), [ids('videos.txt')], {}, { retries: 1 }), 'network', 'was cut off');
    assert.equal(asked, 2);
  });

  test('a Request is read as it says: its method, signal, digest and redirect', async () => {
    const request = (init) => new Request(`${BASE}videos.txt`, init);
    coded(await failure(memoryServer(FILES), [ids(request({ method: 'POST', body: 'x' }))]), 'invalid_argument', 'POST');
    coded(await failure(memoryServer(FILES), [ids(request({ integrity: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' }))]), 'integrity', 'another content');
    coded(await failure(memoryServer(FILES), [ids(request({ signal: AbortSignal.abort() }))]), 'aborted');
    const controller = new AbortController();
    const slow = words((init) => {
      controller.abort('enough');
      return new Promise((_, reject) => init.signal.addEventListener('abort', () => reject(init.signal.reason)));
    });
    const error = await failure(slow, [ids(request({ signal: controller.signal }))]);
    coded(error, 'aborted');
    assert.equal(error.cause, 'enough');
    const inits = [];
    const seen = words((init) => void inits.push(init));
    const runtime = await start(seen);
    (await runtime.denseFeatures([ids(request({ redirect: 'error', referrerPolicy: 'no-referrer' }))])).dispose();
    runtime.dispose();
    assert.deepEqual(inits.map(({ redirect, referrerPolicy }) => [redirect, referrerPolicy]), [['error', 'no-referrer']]);
  });

  test('what is no source, no URL, no Response or no digest is told of as such', async () => {
    const moved = utf8(WORDS);
    structuredClone(moved.buffer, { transfer: [moved.buffer] });
    coded(await failure(memoryServer({}), [ids(moved)]), 'invalid_argument', 'moved');
    for (const url of ['http://', 'http://localhost:99999/v.txt']) coded(await failure(memoryServer({}), [ids(url)]), 'invalid_argument', url);
    for (const reason of [undefined, null]) {
      coded(await failure(words(() => Promise.reject(reason)), [embedding()]), 'network', `${BASE}videos.txt`);
      const broken = new ReadableStream({ pull: (controller) => controller.error(reason) });
      coded(await failure(memoryServer({}), [ids(broken)]), 'network', 'could not be read');
    }
    const nothing = await start({ fetch: async () => undefined });
    const error = await nothing.denseFeatures([ids('videos.txt')]).catch((caught) => caught);
    coded(error, 'invalid_argument', 'no Response');
    nothing.dispose();
    for (const integrity of ['sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', ['x']]) coded(await failure(memoryServer(FILES), [embedding()], { integrity }), 'invalid_argument', 'integrity takes an object');
    coded(await failure(memoryServer(FILES), [embedding()], { integrity: { 'model.ckpt': 'a'.repeat(64) } }), 'invalid_argument', 'model.ckpt.index');
    for (const retries of [-1, NaN, 1.5, 'x']) coded(await fc.createRuntime({ retries }).catch((caught) => caught), 'invalid_argument', 'retries');
    for (const baseUrl of [5, {}, 'http://']) {
      const runtime = await fc.createRuntime({ baseUrl, fetch: memoryServer(FILES).fetch });
      coded(await runtime.denseFeatures([embedding()]).catch((caught) => caught), 'invalid_argument');
      runtime.dispose();
    }
  });
}
