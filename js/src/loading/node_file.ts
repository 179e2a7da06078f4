/** Files in Node, read in pieces. */
import { networkError, notFoundError, type ByteStream, type OpenBody } from './http.js';
import { nodeModule, type Location } from './location.js';

// With what else is for Node alone: a page must not load it.
export { chunkCollector } from './node_garbage.js';

interface FileHandle {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  stat(): Promise<{ size: number; mtimeMs: number; isDirectory(): boolean }>;
  close(): Promise<void>;
}
interface FileModule {
  open(path: URL): Promise<FileHandle>;
}

/**
 * Bytes that are read at a time, of all files together that are read side by side: to ask another thread for some costs as much as to copy
 * a tenth of a megabyte, and each is a turn of the event loop, in which a table takes 1.5 ms for two megabytes, a vocabulary 8.
 */
const CHUNK = 2 * 1024 * 1024;
const LEAST = 256 * 1024;
/** Files that are being read. */
let reading = 0;

async function openFile(location: Location): Promise<{ file: FileHandle; size: number; modified: number }> {
  const { open } = await nodeModule<FileModule>('fs/promises');
  let file: FileHandle | undefined;
  try {
    file = await open(new URL(location));
    const status = await file.stat();
    if (status.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
    return { file, size: status.size, modified: status.mtimeMs };
  } catch (cause) {
    await file?.close();
    const { code, message } = cause as Error & { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') throw notFoundError(location, code === 'EISDIR' ? 'it is a directory' : 'there is no such file', cause);
    throw networkError(`${location} cannot be read: ${message}`, cause);
  }
}

/**
 * A file as a body, or the `length` bytes from `position` on. Each chunk is good until the next one is given. It is no
 * stream of the platform's: those take Node some milliseconds at their first use.
 */
export async function openPath(location: Location, position = 0, length = Infinity): Promise<OpenBody> {
  const { file, size } = await openFile(location);
  const end = position + length;
  // Two buffers take turns: while one is used the other is filled. New ones for each chunk would be as much garbage as the file is large.
  const buffers: Uint8Array[] = [];
  let turn = 0;
  let largest = 0;
  let closed = false;
  reading += 1;
  const read = async (): Promise<Uint8Array> => {
    largest ||= Math.min(Math.max(LEAST, Math.floor(CHUNK / reading)), Math.max(1, Math.min(size, end) - position));
    const buffer = (buffers[(turn ^= 1)] ??= new Uint8Array(largest));
    const wanted = Math.min(largest, end - position);
    const bytesRead = wanted > 0 ? (await file.read(buffer, 0, wanted, position)).bytesRead : 0;
    position += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  const close = async () => {
    if (!closed) reading -= 1;
    closed = true;
    await file.close();
  };
  let next: Promise<Uint8Array> | undefined;
  const reader: ReturnType<ByteStream['getReader']> = {
    async read() {
      const value = await (next ?? read());
      if (value.length === 0) {
        await close();
        return { done: true, value: undefined };
      }
      next = read();
      next.catch(() => {}); // it is told of when it is asked for
      return { done: false, value };
    },
    async cancel() {
      await next?.catch(() => {});
      await close();
    },
  };
  return { body: { locked: false, getReader: () => reader, cancel: () => reader.cancel() }, total: size, html: false };
}

/** What says that two reads are of one content: size in bytes, time of the last change in milliseconds. */
export interface PathVersion {
  readonly size: number;
  readonly modified: number;
}

/** The same, and of which version of the file they are. */
export async function readPathVersion(location: Location, offset: number, size: number): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly version: PathVersion }> {
  const { file, size: end, modified } = await openFile(location);
  try {
    size = Math.max(0, Math.min(size, end - offset)); // an index may ask for anything
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const { bytesRead } = await file.read(bytes, done, size - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return { bytes: bytes.subarray(0, done), version: { size: end, modified } };
  } finally {
    await file.close();
  }
}
