/** Rows that outlive the page: blocks of the file in a Cache of the Cache API, for the version of the file that they are of. */
import { FeatureColumnError } from '../errors.js';
import { abortable } from '../loading/abort.js';
import type { RowFile } from './row_file.js';
import type { RequestCost } from './row_table.js';

/** What is kept, and so fetched, at a time: from one multiple of it to the next. */
const BLOCK = 16 * 1024;

/** What is asked for, and the blocks around it: parts of blocks at both ends are read as whole ones, and one is in hand. */
export const COST: RequestCost = { copies: 2, rounding: 2 * BLOCK };

/** A name that no server has: what is kept under it is nobody's answer. */
const PLACE = 'https://rows.invalid/';

/**
 * The same file with what was read of it kept in `caches.open(name)`. What cannot be kept, because there is no room, is fetched again.
 *
 * @throws FeatureColumnError `unsupported` where there is no Cache API, or nothing says whether the file is still the same
 */
export async function keepRows(file: RowFile, url: string, name: string, signal: AbortSignal): Promise<RowFile> {
  const storage = (globalThis as { caches?: CacheStorage }).caches;
  const refused = (message: string) => new FeatureColumnError('unsupported', `${url}: rows cannot be kept: ${message}. Leave out table.keep`, { value: name });
  if (storage === undefined) throw refused('there is no Cache API here; pages need a secure context (https or localhost)');
  if (file.version === undefined) throw refused('only an ETag (of another origin: in Access-Control-Expose-Headers) or a Last-Modified of the server says that a file is still the same');
  const prefix = `${PLACE}${encodeURIComponent(url)}/${encodeURIComponent(file.version)}/`;
  let cache: Cache;
  try {
    cache = await abortable(storage.open(name), url, signal);
  } catch (cause) {
    if (cause instanceof FeatureColumnError) throw cause;
    throw refused((cause as Error).message);
  }
  const sizeOf = (block: number) => Math.min(BLOCK, file.size - block * BLOCK);

  /** A block that is kept, whole; else undefined. */
  const kept = async (block: number): Promise<Uint8Array | undefined> => {
    try {
      const answer = await cache.match(prefix + block);
      const bytes = answer && new Uint8Array(await answer.arrayBuffer());
      return bytes?.length === sizeOf(block) ? bytes : undefined;
    } catch {
      return undefined; // the storage may fail at any time
    }
  };

  const read = async (offset: number, size: number, own: AbortSignal): Promise<Uint8Array> => {
    const bytes = new Uint8Array(size);
    const put = (block: number, content: Uint8Array) => {
      const start = block * BLOCK - offset;
      const from = Math.max(0, -start);
      bytes.set(content.subarray(from, Math.min(content.length, size - start)), start + from);
    };
    const end = Math.floor((offset + size - 1) / BLOCK) + 1;
    let missing: number | undefined; // the first of those that are fetched together
    for (let block = Math.floor(offset / BLOCK); block <= end; ++block) {
      const content = block < end ? await abortable(kept(block), url, own) : undefined;
      if (content === undefined && block < end) {
        missing ??= block;
        continue;
      }
      if (missing !== undefined) await fetchBlocks(missing, block, put, own);
      missing = undefined;
      if (content) put(block, content);
    }
    return bytes;
  };

  const fetchBlocks = async (from: number, to: number, put: (block: number, content: Uint8Array) => void, own: AbortSignal): Promise<void> => {
    const start = from * BLOCK;
    const bytes = await file.read(start, Math.min(to * BLOCK, file.size) - start, own);
    for (let block = from; block < to; ++block) {
      const content = bytes.slice((block - from) * BLOCK, (block - from) * BLOCK + sizeOf(block));
      put(block, content);
      await abortable(cache.put(prefix + block, new Response(content)).catch(() => {}), url, own);
    }
  };

  return { ...file, read };
}
