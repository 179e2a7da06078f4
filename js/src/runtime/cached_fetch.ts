/** `createRuntime({cache})`: requests that use a cache of the caller's choice. */
import type { Fetch } from '../loading/types.js';

/** How requests use the HTTP cache (`fetch`'s own option), or a Cache that answers are kept in (`await caches.open('models')`). */
export type CacheOption = RequestCache | Pick<Cache, 'match' | 'put'>;

/** Wraps a fetch. Only whole answers are put into a Cache: a 206 is part of a file, and the Cache API refuses it. */
export function cachedFetch(fetch: Fetch, cache: CacheOption): Fetch {
  if (typeof cache === 'string') return (url, init) => fetch(url, { ...init, cache });
  return async (url, init) => {
    if (new Headers(init?.headers).has('range')) return fetch(url, init);
    const kept = await cache.match(url);
    if (kept) return kept;
    const response = await fetch(url, init);
    if (response.status === 200) await cache.put(url, response.clone());
    return response;
  };
}
