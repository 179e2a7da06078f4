/** Files kept in the origin's private file system (OPFS). */
import { FeatureColumnError } from '../errors.js';
import type { KeptAnswers } from './cache.js';

/** A file's name for a URL: names have a length, URLs have not. */
async function nameOf(url: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(url)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** {@link opfsCache}. */
export async function openOpfsCache(folder: string): Promise<Required<KeptAnswers>> {
  const storage = typeof navigator === 'object' ? (navigator.storage as StorageManager | undefined) : undefined;
  if (typeof storage?.getDirectory !== 'function') throw new FeatureColumnError('unsupported', 'there is no origin private file system here: it needs a browser of 2023 or later and a page from https or localhost');
  const directory = await (await storage.getDirectory()).getDirectoryHandle(folder, { create: true });
  const absent = (error: unknown): undefined => {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  };
  return {
    async match(url) {
      const handle = await directory.getFileHandle(await nameOf(url)).catch(absent);
      if (!handle) return undefined;
      const file = await handle.getFile();
      // A file that was never written to its end is empty: what is written appears when it is closed.
      return file.size === 0 ? undefined : new Response(file, { headers: { 'content-length': String(file.size) } });
    },
    async put(url, response) {
      const handle = await directory.getFileHandle(await nameOf(url), { create: true });
      await response.body?.pipeTo(await handle.createWritable());
    },
    async delete(url) {
      const name = await nameOf(url);
      const there = (await directory.getFileHandle(name).catch(absent)) !== undefined;
      if (there) await directory.removeEntry(name);
      return there;
    },
  };
}
