/** `createRuntime({cache})`: what answers are kept in. */
import { lazy } from '../loading/lazy.js';

/** What keeps answers by URL: a `Cache` of the Cache API, or {@link opfsCache}. */
export interface KeptAnswers {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
  delete?(url: string): Promise<boolean>;
}

/** How requests use the HTTP cache (`fetch`'s own option), or where answers are kept (`await caches.open('models-v1')`). */
export type CacheOption = RequestCache | KeptAnswers;

/**
 * Keeps files in a folder of the origin private file system: they are read from disk piece by piece, are not evicted file by file, and
 * are deleted with the folder. Name the folder after the version of what is in it, as one does with caches.
 *
 * @throws FeatureColumnError `unsupported` where there is no such file system: Node, pages that are not https, old browsers
 * @example createRuntime({ cache: await opfsCache('model-v3') })
 */
export async function opfsCache(folder: string): Promise<Required<KeptAnswers>> {
  return (await lazy(import('./opfs_cache.js'))).openOpfsCache(folder);
}
