/** A run of a file's bytes by HTTP Range, taken only from servers that prove that they honour it. */
import { abortable } from './abort.js';
import { cutError, networkError, openUrl, TransientError } from './http.js';
import type { Loader } from './loader.js';
import type { Location } from './location.js';

/** What says that two answers are of one file. */
export interface FileVersion {
  readonly total: number;
  readonly etag: string | null;
}

export type RangeAnswer =
  | { readonly kind: 'range'; readonly bytes: Uint8Array<ArrayBuffer>; readonly version: FileVersion }
  | { readonly kind: 'whole'; readonly bytes: Uint8Array<ArrayBuffer> } // the server ignores Range
  | { readonly kind: 'refused' }; // it cannot be told what came: read the whole file

/** Content-Range: `bytes 10-19/4000`; undefined where another page may not see it (CORS), or the size is unknown. */
function contentRange(text: string | null): { start: number; end: number; total: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(text ?? '');
  return match ? { start: Number(match[1]), end: Number(match[2]), total: Number(match[3]) } : undefined;
}

/** `size` bytes from `offset`, size > 0. @throws FeatureColumnError, or TransientError around one */
export async function readRange(loader: Loader, location: Location, offset: number, size: number, signal: AbortSignal, arrived: (bytes: number) => void): Promise<RangeAnswer> {
  let opened;
  try {
    opened = await abortable(openUrl(loader.fetch, location, undefined, signal, { Range: `bytes=${offset}-${offset + size - 1}` }), location, signal);
  } catch (error) {
    // 416: the file ends before. Reading it whole gives the better message. 5xx may be a server that chokes on Range.
    const problem = error instanceof TransientError ? error.problem : error;
    if (problem instanceof Error && 'code' in problem && problem.code === 'network') return { kind: 'refused' };
    throw problem;
  }
  const { headers, status } = opened.response as Response;
  const range = contentRange(headers.get('content-range'));
  const encoded = (headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity';
  const honoured = status === 206 && !encoded && range !== undefined && range.start === offset && range.end === offset + size - 1;
  if (!honoured && status !== 200) {
    opened.body?.cancel().catch(() => {});
    return { kind: 'refused' };
  }
  const bytes = await collect(opened.body, location, honoured ? size : opened.total, signal, arrived);
  if (!honoured) return opened.html ? { kind: 'refused' } : { kind: 'whole', bytes };
  return { kind: 'range', bytes, version: { total: range.total, etag: headers.get('etag') } };
}

async function collect(body: ReadableStream<Uint8Array> | undefined, location: Location, expected: number | undefined, signal: AbortSignal, arrived: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  try {
    while (reader) {
      const { done, value } = await abortable(reader.read(), location, signal);
      if (done) break;
      chunks.push(value);
      length += value.length;
      arrived(value.length);
    }
  } catch (cause) {
    reader?.cancel().catch(() => {});
    throw cutError(location, cause, signal);
  }
  if (expected !== undefined && length < expected) throw new TransientError(networkError(`${location} was cut off: ${length} of ${expected} bytes arrived`));
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
