/** `createRuntime({cache})`: requests that use a cache of the caller's choice. */
import { hasFiles } from '../loading/location.js';
import type { Fetch, LoaderOptions } from '../loading/types.js';
import type { CacheOption } from './cache.js';

interface CachedFetch {
  readonly fetch: Fetch;
  /** Lets go of what is kept for a URL. Whether there was anything. */
  forget(url: string): Promise<boolean>;
}

/**
 * Wraps a fetch. Only whole files are kept: a 206 is part of one, and the Cache API refuses it. A file is kept while it is
 * read, not before, and what cannot be kept (no room left) is read all the same.
 */
function cachedFetch(fetch: Fetch, cache: CacheOption): CachedFetch {
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

/** The options of a runtime's loading, with its requests through its cache. */
export function withCache({ fetch, baseUrl, retries, cache }: LoaderOptions & { readonly cache?: CacheOption | undefined }): LoaderOptions {
  // Without a fetch of the caller's, names of files are read by Node itself.
  const wrapped = cache !== undefined && (fetch || !hasFiles()) ? cachedFetch(fetch ?? ((url, init) => globalThis.fetch(url, init)), cache) : { fetch };
  return { ...wrapped, baseUrl, retries };
}
