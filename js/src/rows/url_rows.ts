/** Pieces of a URL by HTTP Range, taken only from servers that prove that they honour it and that the file is still the same. */
import { FeatureColumnError } from '../errors.js';
import { abortable } from '../loading/abort.js';
import { cutError, looksLikeHtml, networkError, openUrl, TransientError, type OpenAnswer } from '../loading/http.js';
import type { Loader, Resolved } from '../loading/loader.js';
import { changedError } from './changed.js';
import type { RowFile } from './row_file.js';

/** What says that two answers are of one file, as far as this page may see it. */
interface Version {
  readonly total: number;
  readonly etag: string | null;
  readonly modified: string | null;
}

interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly version: Version;
}

const refusal = (url: string, message: string): FeatureColumnError =>
  new FeatureColumnError('unsupported', `${url}: ${message}. Rows can be fetched only from a server that answers Range requests; leave out fetch: 'rows' to download the whole file`, { value: url });

/** @throws FeatureColumnError those of {@link RowFile.read} */
export async function openUrlRows(loader: Loader, file: Resolved, head: number, signal: AbortSignal): Promise<RowFile> {
  const attempt = (offset: number, size: number, known: Version | undefined, own: AbortSignal): Promise<Piece> =>
    loader.retrying(file, own, () => readPiece(loader, file, offset, size, known, own));
  const { bytes, version } = await attempt(0, head, undefined, signal);
  const { total, etag, modified } = version;
  const known = etag === null && modified === null ? undefined : JSON.stringify([total, etag, modified]);
  return { size: total, version: known, head: bytes, read: async (offset, size, own) => (await attempt(offset, size, version, own)).bytes };
}

/** @throws FeatureColumnError, or TransientError around one */
async function readPiece(loader: Loader, { url, request }: Resolved, offset: number, size: number, known: Version | undefined, signal: AbortSignal): Promise<Piece> {
  const opened = await open(loader, url, request, offset, size, known, signal);
  let done = false;
  try {
    const { headers, status } = opened.response as Response;
    const etag = headers.get('etag');
    const modified = headers.get('last-modified');
    if (status !== 206) throw await wholeError(opened, url, known, signal);
    const encoding = headers.get('content-encoding') ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') throw refusal(url, `the server compresses parts of files (Content-Encoding: ${encoding}), so that their bytes cannot be told`);
    const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers.get('content-range') ?? '');
    if (!match) throw refusal(url, 'the server answered 206 without a Content-Range of one part that this page may see. Of another origin it must say Access-Control-Expose-Headers: Content-Range, ETag');
    const [first, last, total] = match.slice(1).map(Number) as [number, number, number];
    const version = { total, etag, modified };
    if (known) requireSame(url, known, version);
    // The first piece may be longer than the file.
    const expected = known ? size : Math.min(size, total - offset);
    if (first !== offset || last !== offset + expected - 1) {
      throw networkError(`${url}: the server answered with bytes ${first} to ${last} where ${offset} to ${offset + size - 1} were asked for`);
    }
    const bytes = await collect(opened, url, expected, signal);
    done = true;
    if (known === undefined && looksLikeHtml(bytes, opened.html)) throw htmlError(url);
    return { bytes, version };
  } finally {
    if (!done) opened.body?.cancel().catch(() => {});
  }
}

async function open(loader: Loader, url: string, request: Request | undefined, offset: number, size: number, known: Version | undefined, signal: AbortSignal): Promise<OpenAnswer> {
  try {
    return await abortable(openUrl(loader.fetch, url, request, signal, { Range: `bytes=${offset}-${offset + size - 1}` }), url, signal);
  } catch (error) {
    if (known && error instanceof FeatureColumnError && error.value === 416) throw changedError(url, `it has no bytes ${offset} to ${offset + size - 1} any more (416)`);
    throw error;
  }
}

const htmlError = (url: string): FeatureColumnError =>
  networkError(`${url}: the server answered with an HTML page, not with the file. Is the path right? Many servers answer a page for any name`);

/** Of an answer that is the whole of something. Its first bytes are read at most. */
async function wholeError({ response, body, html }: OpenAnswer, url: string, known: Version | undefined, signal: AbortSignal): Promise<Error> {
  const { headers, status } = response as Response;
  if (known) {
    const [etag, modified] = [headers.get('etag'), headers.get('last-modified')];
    if (known.etag !== null && etag !== null && etag !== known.etag) return changedError(url, `its ETag was ${known.etag}, and is ${etag}`);
    if (known.modified !== null && modified !== null && modified !== known.modified) return changedError(url, `it was last modified ${known.modified}, and now ${modified}`);
  }
  const reader = body?.getReader();
  let first: Uint8Array | undefined;
  try {
    first = reader && (await abortable(reader.read(), url, signal)).value;
  } catch (cause) {
    return cutError(url, cause, signal);
  } finally {
    reader?.cancel().catch(() => {});
    reader?.releaseLock();
  }
  if (looksLikeHtml(first ?? new Uint8Array(0), html)) return htmlError(url);
  return refusal(url, `the server ignores Range: it answered ${status} with the whole file`);
}

function requireSame(url: string, known: Version, now: Version): void {
  if (now.total !== known.total) throw changedError(url, `it had ${known.total} bytes, and has ${now.total}`);
  if (now.etag !== known.etag) throw changedError(url, `its ETag was ${known.etag}, and is ${now.etag}`);
  if (now.modified !== known.modified) throw changedError(url, `it was last modified ${known.modified}, and now ${now.modified}`);
}

/** The body, which must have exactly so many bytes. */
async function collect({ body }: OpenAnswer, url: string, expected: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(expected);
  let length = 0;
  const reader = body?.getReader();
  try {
    while (reader) {
      const { done, value } = await abortable(reader.read(), url, signal);
      if (done) break;
      if (length + value.length > expected) throw networkError(`${url}: the server sent more than the ${expected} bytes that it announced`);
      bytes.set(value, length);
      length += value.length;
    }
  } catch (cause) {
    reader?.cancel().catch(() => {});
    throw cutError(url, cause, signal);
  } finally {
    reader?.releaseLock();
  }
  if (length < expected) throw new TransientError(networkError(`${url} was cut off: ${length} of ${expected} bytes arrived`));
  return bytes;
}
