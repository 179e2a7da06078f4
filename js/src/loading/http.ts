/** One GET: the response, or an error that says what the server did. */
import { FeatureColumnError } from '../errors.js';
import { abortedError } from './abort.js';
import { contentRange, isEncoded } from './range.js';
import type { Fetch, Source } from './types.js';

/** What is used of a ReadableStream. */
export interface ByteStream {
  readonly locked: boolean;
  getReader(): { read(): Promise<ReadableStreamReadResult<Uint8Array>>; cancel(): Promise<void> };
  cancel(): Promise<void>;
}

/** A body and what is known of it before it arrives. */
export interface OpenBody<Body extends ByteStream = ByteStream> {
  readonly body: Body | undefined;
  /** Content-Length, where it counts the bytes that the body has. */
  readonly total: number | undefined;
  readonly html: boolean;
  readonly response?: Response;
}

/** Worth another try: the connection was cut, or the server was out of order. */
export class TransientError extends Error {
  /** `answered`: the server was there, and failed. */
  constructor(
    readonly problem: FeatureColumnError,
    readonly answered = false,
  ) {
    super(problem.message, { cause: problem });
  }
}

export const networkError = (message: string, cause?: unknown): FeatureColumnError => new FeatureColumnError('network', message, cause === undefined ? {} : { cause });

const reasonOf = (cause: unknown): string => {
  const { message, cause: inner } = (cause ?? {}) as Error; // a stream may fail with nothing at all
  return inner instanceof Error && inner.message !== '' ? `${message}: ${inner.message}` : String(message ?? cause);
};

/** What a failed `fetch`, or a body that breaks off, becomes. */
export function cutError(url: string, cause: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return abortedError(url, signal);
  if (cause instanceof FeatureColumnError) return cause;
  return new TransientError(networkError(`${url} could not be read: ${reasonOf(cause)}. Is the server up, and does it allow this page (CORS)?`, cause));
}

export const notFoundError = (url: string, why: string, cause?: unknown): FeatureColumnError =>
  new FeatureColumnError('not_found', `${url}; No such file or directory: ${why}`, { value: url, cause });

function statusError(url: string, response: Response): Error {
  const status = `${response.status}${response.statusText === '' ? '' : ` ${response.statusText}`}`;
  if (response.status === 404 || response.status === 410) return notFoundError(url, `the server answered ${status}`);
  const problem = new FeatureColumnError('network', `${url}: the server answered ${status}`, { value: response.status });
  return response.status >= 500 ? new TransientError(problem, true) : problem;
}

/** An answer of a server. */
export type OpenAnswer = OpenBody<ReadableStream<Uint8Array>>;

/** @throws FeatureColumnError, or TransientError around one */
export async function openUrl(fetch: Fetch, url: string, request: Request | undefined, signal: AbortSignal, headers?: Record<string, string>): Promise<OpenAnswer> {
  let response: Response;
  try {
    response = await fetch(url, { ...(request ? initOf(request, headers) : headers && { headers }), signal });
  } catch (cause) {
    throw cutError(url, cause, signal);
  }
  if (typeof response?.headers?.get !== 'function') throw new FeatureColumnError('invalid_argument', `${url}: fetch gave ${String(response)}, and no Response`);
  return openResponse(url, response, headers !== undefined);
}

/** A Request carries its own headers (credentials, tokens), which a range must keep. Its method, signal and integrity: `Loader.resolve`. */
function initOf({ headers: own, credentials, mode, redirect, referrer, referrerPolicy, cache }: Request, headers: Record<string, string> | undefined): RequestInit {
  return {
    headers: { ...Object.fromEntries(own), ...headers }, credentials, mode: mode === 'navigate' ? 'cors' : mode, redirect, referrer, referrerPolicy, ...(cache !== 'default' && { cache }),
  };
}

/** @param mayBePart whether a part was asked for, of which the caller sees to it that it is the right one */
export function openResponse(url: string, response: Response, mayBePart = false): OpenAnswer {
  const { headers } = response;
  const part = response.status === 206 && !mayBePart ? contentRange(headers) : undefined;
  const isWhole = response.status !== 206 || mayBePart || (part?.start === 0 && part.end === part.total - 1);
  if (!response.ok || !isWhole) {
    response.body?.cancel().catch(() => {});
    throw isWhole ? statusError(url, response) : networkError(`${url}: the server answered 206 with a part, ${headers.get('content-range') ?? 'which it does not name'}, where the whole file was asked for`);
  }
  const length = headers.get('content-length');
  // Content-Length counts what travels: of a compressed body it says nothing about the bytes that arrive here.
  const total = !isEncoded(headers) && length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  return { body: response.body ?? undefined, total, html: /^text\/html\b/i.test(headers.get('content-type') ?? ''), response };
}

/** Bytes that a caller gave, as a body. */
export function openGiven(source: Exclude<Source, string | URL | Request>): OpenBody {
  if (source instanceof Response) return openResponse(source.url === '' ? 'Response' : source.url, source);
  if (source instanceof Blob) return { body: source.stream() as ReadableStream<Uint8Array>, total: source.size, html: false };
  if (source instanceof ReadableStream) return { body: source, total: undefined, html: false };
  const bytes = viewOf(source);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
  return { body, total: bytes.length, html: false };
}

function viewOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  try {
    return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  } catch (cause) {
    throw new FeatureColumnError('invalid_argument', `these bytes are no longer here: their memory has been moved to somebody else (${(cause as Error).message})`, { cause });
  }
}

const decoder = () => new TextDecoder('utf-8', { fatal: false });

/** Whether a body is a page in place of the file: what single-page hosts answer for any name, or stores in XML for one that they have not. */
export function looksLikeHtml(head: Uint8Array, html: boolean): boolean {
  const text = decoder().decode(head.subarray(0, 256)).trimStart().toLowerCase();
  return /^<(!doctype html|html|\?xml)[\s>]/.test(text) || (html && text.startsWith('<'));
}
