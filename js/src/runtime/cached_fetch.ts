/** `createRuntime({cache})`: requests that use a cache of the caller's choice. */
import type { Fetch } from '../loading/types.js';

/** What keeps answers by URL: a `Cache` of the Cache API, or {@link opfsCache}. */
export interface KeptAnswers {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
  delete?(url: string): Promise<boolean>;
}

/** How requests use the HTTP cache (`fetch`'s own option), or where answers are kept (`await caches.open('models-v1')`). */
export type CacheOption = RequestCache | KeptAnswers;

export interface CachedFetch {
  readonly fetch: Fetch;
  /** Lets go of what is kept for a URL. Whether there was anything. */
  forget(url: string): Promise<boolean>;
}

/**
 * Wraps a fetch. Only whole files are kept: a 206 is part of one, and the Cache API refuses it. A file is kept while it is
 * read, not before, and what cannot be kept (no room left) is read all the same.
 */
export function cachedFetch(fetch: Fetch, cache: CacheOption): CachedFetch {
  if (typeof cache === 'string') return { fetch: (url, init) => fetch(url, { ...init, cache }), forget: async () => false };
  const putting = new Map<string, Promise<void>>();
  return {
    async fetch(url, init) {
      if (new Headers(init?.headers).has('range')) return fetch(url, init);
      const kept = await cache.match(url);
      if (kept) return kept;
      const response = await fetch(url, init);
      // A page in place of a file would be answered for ever.
      if (response.status !== 200 || /^text\/html\b/i.test(response.headers.get('content-type') ?? '')) return response;
      const put = cache.put(url, response.clone()).catch(() => {}).then(() => void (putting.get(url) === put && putting.delete(url)));
      putting.set(url, put);
      return response;
    },
    async forget(url) {
      await putting.get(url);
      return (await cache.delete?.(url)) ?? false;
    },
  };
}

/**
 * Keeps files in a folder of the origin private file system: they are read from disk piece by piece, are not evicted file by file, and
 * are deleted with the folder. Name the folder after the version of what is in it, as one does with caches.
 *
 * @throws FeatureColumnError `unsupported` where there is no such file system: Node, pages that are not https, old browsers
 * @example createRuntime({ cache: await opfsCache('model-v3') })
 */
export async function opfsCache(folder: string): Promise<Required<KeptAnswers>> {
  return (await import('./opfs_cache.js')).openOpfsCache(folder);
}
