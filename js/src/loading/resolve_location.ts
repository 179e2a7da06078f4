/** What names of files are relative to. */
import { FeatureColumnError } from '../errors.js';
import { hasFiles, isFileUrl, nodeModule, pageUrl, urlOf, type Location } from './location.js';

interface NodeUrl {
  pathToFileURL(path: string): URL;
  fileURLToPath(url: string): string;
}
interface NodePath {
  resolve(...parts: string[]): string;
  dirname(path: string): string;
}

/**
 * Resolves names against a base.
 *
 * Under a `file:` base, names are paths, not URLs: `50%.txt` and `a#1.txt` are files. Without a base, names go to a
 * caller's `fetch` as they are (`unresolved`), or are relative to the page, or to the working directory.
 *
 * @throws FeatureColumnError `invalid_argument` for a relative name where nothing is known that it is relative to
 */
export async function resolveLocation(name: string | URL, base: string | URL | undefined, unresolved: boolean): Promise<Location> {
  const whole = urlOf(name, base);
  if (whole !== undefined || name instanceof URL) return whole as Location;
  const anchor = base === undefined ? undefined : await resolveLocation(base, undefined, unresolved);
  if (anchor !== undefined && !isFileUrl(anchor)) return name.startsWith('/') ? name : anchor.slice(0, anchor.lastIndexOf('/') + 1) + name;
  if (anchor === undefined) {
    const page = pageUrl();
    if (page !== undefined) return new URL(name, page).href;
    if (unresolved) return name;
    if (!hasFiles()) throw new FeatureColumnError('invalid_argument', `"${name}" is a relative name, and there is no page that it is relative to: give baseUrl, or a whole URL`, { value: name });
  }
  const [url, path] = await Promise.all([nodeModule<NodeUrl>('url'), nodeModule<NodePath>('path')]);
  const folder = anchor === undefined ? '.' : anchor.endsWith('/') ? url.fileURLToPath(anchor) : path.dirname(url.fileURLToPath(anchor));
  // path.resolve drops the slash at the end, which says "directory".
  return url.pathToFileURL(path.resolve(folder, name) + (/[\\/]$/.test(name) ? '/' : '')).href;
}
