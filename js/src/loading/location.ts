/** Names of files: URLs and paths, and where they can be read. */
/** A URL, or a path in Node as a `file:` URL, or a bare name that only a caller's `fetch` understands. */
export type Location = string;

// One letter before the colon is a drive of Windows, not a scheme.
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

export const isFileUrl = (location: Location): boolean => /^file:/i.test(location);
export const isUrl = (location: string): boolean => SCHEME.test(location);

/** Whether files can be read by path. Deno and Bun have Node's modules too. */
export const hasFiles = (): boolean => typeof process === 'object' && typeof process.versions?.node === 'string';

/** What names are relative to in a page or a worker. */
export function pageUrl(): string | undefined {
  const { document, location } = globalThis as { readonly document?: { readonly baseURI?: string }; readonly location?: { readonly href?: string } };
  return hasFiles() ? undefined : (document?.baseURI ?? location?.href);
}

/** The URL of a name, where that takes no more than URLs: a base that is one, or a page. */
export function urlOf(name: string | URL, base: string | URL | undefined = pageUrl()): string | undefined {
  if (name instanceof URL) return name.href;
  if (isUrl(name)) return new URL(name).href;
  const anchor = base === undefined ? undefined : urlOf(base);
  return anchor === undefined || isFileUrl(anchor) ? undefined : new URL(name, anchor).href;
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
