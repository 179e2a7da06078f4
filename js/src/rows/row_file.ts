/** A file that is read in pieces, of which it is known that they are of one and the same content. */
import { FeatureColumnError } from '../errors.js';
import { abortable } from '../loading/abort.js';
import { networkError } from '../loading/http.js';
import { lazy } from '../loading/lazy.js';
import type { Loader, Resolved } from '../loading/loader.js';
import { openUrlRows } from './url_rows.js';

export interface RowFile {
  /** Of the whole file, in bytes. */
  readonly size: number;
  /** What the server says of the content, so that it can be told in another session; undefined where nothing is known. */
  readonly version?: string | undefined;
  /** The first bytes, as many as were asked for or as the file has. */
  readonly head: Uint8Array<ArrayBuffer>;
  /**
   * Exactly `size` bytes from `offset`, both within the file.
   *
   * @throws FeatureColumnError `integrity` if the file has changed since it was opened; `not_found`, `network`, `unsupported`, `aborted`
   */
  read(offset: number, size: number, signal: AbortSignal): Promise<Uint8Array>;
}

/**
 * Opens a source for reading in pieces; reads its first `head` bytes.
 *
 * @throws FeatureColumnError `unsupported` for what can be read only once, for a pinned file, and for servers that ignore Range;
 *   `not_found`, `network`, `aborted`
 */
export async function openRows(loader: Loader, file: Resolved, head: number, signal: AbortSignal): Promise<RowFile> {
  const { url, digest, location, source } = file;
  if (digest !== undefined) {
    throw new FeatureColumnError('unsupported', `integrity of ${url}: a SHA-256 is of the whole file, and of this one only rows are fetched. Leave out its integrity, or fetch: 'rows'`);
  }
  if (location !== undefined) return loader.isFile(location) ? (await lazy(import('./path_rows.js'))).openPathRows(location, head, signal) : openUrlRows(loader, file, head, signal);
  if (source instanceof Blob) return openBlob(source, url, head, signal);
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    return { size: bytes.length, head: bytes.slice(0, head), read: async (offset, size) => bytes.subarray(offset, offset + size) };
  }
  throw new FeatureColumnError('unsupported', `${url} can be read only once, and as a whole; rows are fetched from a URL, a path or a Blob`);
}

async function openBlob(blob: Blob, url: string, head: number, signal: AbortSignal): Promise<RowFile> {
  const read = async (offset: number, size: number, own: AbortSignal): Promise<Uint8Array<ArrayBuffer>> => {
    let bytes: ArrayBuffer;
    try {
      bytes = await abortable(blob.slice(offset, offset + size).arrayBuffer(), url, own);
    } catch (cause) {
      if (cause instanceof FeatureColumnError) throw cause;
      throw networkError(`${url} cannot be read: ${(cause as Error).message}. Was the file changed or deleted?`, cause); // a File of a disk
    }
    if (bytes.byteLength !== size) throw networkError(`${url} was cut off: ${bytes.byteLength} of ${size} bytes arrived`);
    return new Uint8Array(bytes);
  };
  return { size: blob.size, head: await read(0, Math.min(head, blob.size), signal), read };
}
