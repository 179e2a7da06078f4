// A server in memory for suites: `fetch` with what servers do, well and badly.
export const BASE = 'https://models.test/v1/';

const bytesOf = (content) => (typeof content === 'string' ? new TextEncoder().encode(content) : content);

/**
 * @param {Record<string, Uint8Array | string>} files by path below BASE
 * @param {{ranges?: boolean, answer?: (path: string, init: RequestInit, count: number) => Response | Promise<Response> | undefined, chunk?: number}} options
 *   `answer` may answer in place of the files; count is how often the path was asked for before.
 */
export function memoryServer(files, { ranges = false, answer, chunk = 1 << 16 } = {}) {
  const log = [];
  let aborted = 0;
  const body = (bytes, signal) => {
    let at = 0;
    return new ReadableStream({
      start(controller) {
        signal?.addEventListener('abort', () => controller.error(signal.reason));
      },
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + chunk));
        at += chunk;
      },
    });
  };
  const fetch = async (url, init = {}) => {
    const { signal } = init;
    signal?.throwIfAborted();
    signal?.addEventListener('abort', () => (aborted += 1));
    const path = String(url).startsWith(BASE) ? decodeURIComponent(String(url).slice(BASE.length).replace(/[?#].*$/, '')) : String(url);
    const count = log.filter((entry) => entry.path === path).length;
    const range = new Headers(init.headers).get('range');
    log.push({ path, url: String(url), range });
    const own = await answer?.(path, init, count);
    if (own) return own;
    if (!Object.hasOwn(files, path)) return new Response('no such file', { status: 404, statusText: 'Not Found' });
    const bytes = bytesOf(files[path]);
    const match = ranges ? /^bytes=(\d+)-(\d+)$/.exec(range ?? '') : null;
    if (!match) return new Response(body(bytes, signal), { headers: { 'content-length': String(bytes.length), etag: '"1"' } });
    const [start, end] = [Number(match[1]), Math.min(Number(match[2]), bytes.length - 1)];
    if (start >= bytes.length) return new Response(null, { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } });
    return new Response(body(bytes.slice(start, end + 1), signal), {
      status: 206,
      headers: { 'content-length': String(end + 1 - start), 'content-range': `bytes ${start}-${end}/${bytes.length}`, etag: '"1"' },
    });
  };
  return { fetch, log, files, aborted: () => aborted, paths: () => log.map(({ path }) => path) };
}

/** The error that a promise is rejected with. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was expected to fail, and did not');
}
