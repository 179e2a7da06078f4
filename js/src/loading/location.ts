/** Names of files: URLs and paths, and what they are relative to. */
import { FeatureColumnError } from '../errors.js';

/** A URL, or a path in Node as a `file:` URL, or a bare name that only a caller's `fetch` understands. */
export type Location = string;

// One letter before the colon is a drive of Windows, not a scheme.
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

export const isFileUrl = (location: Location): boolean => /^file:/i.test(location);
export const isUrl = (location: string): boolean => SCHEME.test(location);

interface NodeUrl {
  pathToFileURL(path: string): URL;
  fileURLToPath(url: string): string;
}
interface NodePath {
  resolve(...parts: string[]): string;
  dirname(path: string): string;
}

/** Whether files can be read by path. Deno and Bun have Node's modules too. */
export const hasFiles = (): boolean => typeof process === 'object' && typeof process.versions?.node === 'string';

/** What names are relative to in a page; in a worker that is its script. */
export function pageUrl(): string | undefined {
  const { document, location } = globalThis as { readonly document?: { readonly baseURI?: string }; readonly location?: { readonly href?: string } };
  return hasFiles() ? undefined : (document?.baseURI ?? location?.href);
}

/**
 * A module of Node, by a name that no bundler follows and no minifier puts together. `import` asks a module for all that it exports, and
 * fs thereby for Node's streams: 4 ms of a start that newer versions save.
 */
export async function nodeModule<T>(name: 'crypto' | 'fs' | 'fs/promises' | 'path' | 'url' | 'worker_threads'): Promise<T> {
  const specifier = ['node', name].join(':');
  const { getBuiltinModule } = process as { getBuiltinModule?: (specifier: string) => unknown };
  return (getBuiltinModule?.(specifier) ?? (await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier))) as T;
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
  if (name instanceof URL) return name.href;
  if (typeof name !== 'string') throw new FeatureColumnError('invalid_argument', `a URL or a path is needed, not ${String(name)}`, { value: name });
  if (isUrl(name)) return urlOf(name);
  const anchor = base === undefined ? undefined : await resolveLocation(base, undefined, unresolved);
  if (anchor !== undefined && !isFileUrl(anchor)) return isUrl(anchor) ? urlOf(name, anchor) : joinNames(anchor, name);
  if (anchor === undefined) {
    const page = pageUrl();
    if (page !== undefined) return urlOf(name, page);
    if (unresolved) return name;
    if (!hasFiles()) throw new FeatureColumnError('invalid_argument', `"${name}" is a relative name, and there is no page that it is relative to: give baseUrl, or a whole URL`, { value: name });
  }
  const [url, path] = await Promise.all([nodeModule<NodeUrl>('url'), nodeModule<NodePath>('path')]);
  const folder = anchor === undefined ? '.' : anchor.endsWith('/') ? url.fileURLToPath(anchor) : path.dirname(url.fileURLToPath(anchor));
  // path.resolve drops the slash at the end, which says "directory".
  return url.pathToFileURL(path.resolve(folder, name) + (/[\\/]$/.test(name) ? '/' : '')).href;
}

function urlOf(name: string, base?: string): string {
  try {
    return new URL(name, base).href;
  } catch (cause) {
    throw new FeatureColumnError('invalid_argument', `"${name}" is no URL`, { value: name, cause });
  }
}

const joinNames = (base: string, name: string): string => (name.startsWith('/') ? name : base.slice(0, base.lastIndexOf('/') + 1) + name);
