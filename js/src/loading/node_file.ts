/** Files in Node, read in pieces. */
import { networkError, notFoundError, type OpenBody } from './http.js';
import { nodeModule, type Location } from './location.js';

interface FileHandle {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  stat(): Promise<{ size: number; mtimeMs: number; isDirectory(): boolean }>;
  close(): Promise<void>;
}
interface FileModule {
  open(path: URL): Promise<FileHandle>;
}

const CHUNK = 1024 * 1024;

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

/** A file as a body. */
export async function openPath(location: Location): Promise<OpenBody> {
  const { file, size } = await openFile(location);
  let position = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = new Uint8Array(CHUNK);
        const { bytesRead } = await file.read(chunk, 0, CHUNK, position);
        if (bytesRead === 0) {
          await file.close();
          controller.close();
        } else {
          position += bytesRead;
          controller.enqueue(chunk.subarray(0, bytesRead));
        }
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
  return { body, total: size, html: false };
}

/** `size` bytes from `offset`; fewer where the file ends before. */
export async function readPath(location: Location, offset: number, size: number): Promise<Uint8Array<ArrayBuffer>> {
  return (await readPathVersion(location, offset, size)).bytes;
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
