/** Parts of the package that not every page needs: files of their own, which are fetched when they are needed. */
import { FeatureColumnError } from '../errors.js';
import { abortable } from './abort.js';

/** What `import()` gives. @throws FeatureColumnError `network` where the part's file cannot be had, `aborted` */
export function lazy<T>(part: Promise<T>, signal?: AbortSignal): Promise<T> {
  const loaded = part.catch((cause: unknown) => {
    throw new FeatureColumnError('network', `a part of feature-columns could not be loaded: ${(cause as Error).message}. Are all files of its dist/ served?`, { cause });
  });
  return abortable(loaded, 'feature-columns', signal);
}
