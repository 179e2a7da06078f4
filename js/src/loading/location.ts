/** Names of files: URLs and paths, what they are relative to, and the names beside them. */
import { FeatureColumnError } from '../errors.js';
import type { Source } from './types.js';

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

const hasPage = (): boolean => typeof location === 'object' && location !== null && typeof location.href === 'string' && !hasFiles();

/** A module of Node, by a name that no bundler follows. */
export function nodeModule<T>(name: 'crypto' | 'fs/promises' | 'path' | 'url' | 'worker_threads'): Promise<T> {
  const specifier = `node:${name}`;
  return import(/* @vite-ignore */ /* webpackIgnore: true */ specifier) as Promise<T>;
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
  if (SCHEME.test(name)) return new URL(name).href;
  const anchor = base === undefined ? undefined : await baseLocation(base, unresolved);
  if (anchor !== undefined && !isFileUrl(anchor)) return SCHEME.test(anchor) ? new URL(name, anchor).href : joinNames(anchor, name);
  if (anchor === undefined) {
    if (hasPage()) return new URL(name, (globalThis as { document?: { baseURI?: string } }).document?.baseURI ?? location.href).href;
    if (unresolved) return name;
    if (!hasFiles()) throw new FeatureColumnError('invalid_argument', `"${name}" is a relative name, and there is no page that it is relative to: give baseUrl, or a whole URL`, { value: name });
  }
  const [url, path] = await Promise.all([nodeModule<NodeUrl>('url'), nodeModule<NodePath>('path')]);
  const folder = anchor === undefined ? '.' : anchor.endsWith('/') ? url.fileURLToPath(anchor) : path.dirname(url.fileURLToPath(anchor));
  // path.resolve drops the slash at the end, which says "directory".
  return url.pathToFileURL(path.resolve(folder, name) + (/[\\/]$/.test(name) ? '/' : '')).href;
}

async function baseLocation(base: string | URL, unresolved: boolean): Promise<Location> {
  return resolveLocation(base, undefined, unresolved);
}

const joinNames = (base: string, name: string): string => (name.startsWith('/') ? name : base.slice(0, base.lastIndexOf('/') + 1) + name);

/** `model.ckpt` → `model.ckpt.index`; a query (`?token=…`) stays at the end. */
export function withSuffix(location: Location, suffix: string): Location {
  const end = isUrl(location) && !isFileUrl(location) ? location.search(/[?#]/) : -1;
  return end < 0 ? location + suffix : location.slice(0, end) + suffix + location.slice(end);
}

export const withoutSuffix = (location: Location, suffix: string): Location => {
  const end = isUrl(location) && !isFileUrl(location) ? location.search(/[?#]/) : -1;
  const path = end < 0 ? location : location.slice(0, end);
  return path.endsWith(suffix) ? path.slice(0, -suffix.length) + (end < 0 ? '' : location.slice(end)) : location;
};

export const isDirectory = (location: Location): boolean => withoutSuffix(location, '/') !== location;

/** A file inside a directory, with or without the slash at the directory's end. */
export const inDirectory = (directory: Location, file: string): Location =>
  withSuffix(withoutSuffix(directory, '/'), `/${isUrl(directory) ? file.split('/').map(encodeURIComponent).join('/') : file}`);

/** A URL without its query: what its ending tells of. */
export const pathOf = (location: Location): string => (isFileUrl(location) ? location : location.replace(/[?#].*$/s, ''));

/** The directory of a file, slash included. */
export const directoryOf = (location: Location): Location => {
  const end = isUrl(location) && !isFileUrl(location) ? location.search(/[?#]/) : -1;
  const path = end < 0 ? location : location.slice(0, end);
  return path.slice(0, path.lastIndexOf('/') + 1) + (end < 0 ? '' : location.slice(end));
};

/** What messages call a source. */
export function describeSource(source: Source): string {
  if (typeof source === 'string') return source;
  if (source instanceof URL) return source.href;
  if (typeof Request !== 'undefined' && source instanceof Request) return source.url;
  if (typeof Response !== 'undefined' && source instanceof Response) return source.url === '' ? 'Response' : source.url;
  if (typeof File !== 'undefined' && source instanceof File) return source.name;
  return Object.prototype.toString.call(source).slice(8, -1);
}

/** Keys for things that are the same only if they are the same object. */
export class IdentityKeys {
  private readonly numbers = new WeakMap<object, number>();
  private next = 1;

  of(object: object): string {
    let number = this.numbers.get(object);
    if (number === undefined) this.numbers.set(object, (number = this.next++));
    return `#${number}`;
  }
}
