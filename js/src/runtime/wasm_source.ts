/** Where the module's code comes from: what the caller hands over, a URL, or what the entry of the package brings. */
import { FeatureColumnError, type ErrorCode } from '../errors.js';
import { hasFiles, isFileUrl, nodeModule, resolveLocation } from '../loading/location.js';
import type { Fetch } from '../loading/types.js';
import type { WasmSource } from './module.js';

export interface WasmOptions {
  /** The bytes of `feature-columns.wasm`, or of `feature-columns.whole.wasm`, which needs no other file. */
  readonly wasmBinary?: BufferSource | undefined;
  /** The same compiled: share one among runtimes, or pass the whole one where compiling is not allowed (Cloudflare Workers). */
  readonly wasmModule?: WebAssembly.Module | undefined;
  /** Where `feature-columns.wasm` is; a URL, or in Node a path. Its parts, `feature-columns.<name>.wasm`, may be beside it, or beside the entry. */
  readonly wasmUrl?: string | URL | undefined;
}

/** The parts of the module: wasm/parts.mjs says what is in them. */
export type PartName = 'checkpoint' | 'columns' | 'explain' | 'messages' | 'models' | 'prebuilt' | 'rows' | 'vocabulary';

/** Where parts come from. */
export interface WasmParts {
  /** Of those of the package compiled once for all runtimes, where it comes from the package itself. */
  part(name: PartName, fetch: Fetch | undefined): Promise<WasmSource>;
  /** The file of a part. Throws where there is nothing that it could be beside: in a classic script, in a module of a blob. */
  url(name: PartName): URL;
  /** Whether that file is what `part` gives, and a plain request gets it. */
  isServed(fetch: Fetch | undefined): boolean;
}

/** What an entry of the package brings. */
export interface DefaultWasm extends WasmParts {
  core(fetch: Fetch | undefined): Promise<WasmSource>;
}

/** Whether an entry and this chunk are files as the package has them, which no bundler has put elsewhere: then the parts' are beside them. */
export function isPackage(entry: string): boolean {
  return /\/index\.js$/.test(new URL(entry).pathname) && import.meta.url.startsWith(new URL('chunks/', entry).href);
}

export async function wasmSource({ wasmModule, wasmBinary, wasmUrl, fetch, baseUrl }: WasmOptions & { fetch?: Fetch | undefined; baseUrl?: string | URL | undefined }, own: DefaultWasm): Promise<[WasmSource, WasmParts]> {
  if (wasmModule ?? wasmBinary) return [(wasmModule ?? wasmBinary) as WasmSource, own];
  if (wasmUrl === undefined) return [await own.core(fetch), own];
  const location = await resolveLocation(wasmUrl, baseUrl, fetch !== undefined);
  return [await readWasm(location, fetch, 'not_found'), beside(location, own)];
}

/** Parts beside a core that is at `location`: where these are not, the entry's own. */
function beside(location: string, own: DefaultWasm): WasmParts {
  const partAt = (name: PartName) => location.replace(/(?<=^|\/)feature-columns\.wasm(?=$|[?#])/, `feature-columns.${name}.wasm`);
  return {
    async part(name, fetch) {
      const at = partAt(name);
      // Hosts of single pages answer with a page for any name.
      const found = at === location ? undefined : await readWasm(at, fetch).then((bytes) => WebAssembly.compile(bytes)).catch(() => undefined);
      return found ?? own.part(name, fetch);
    },
    url: (name) => (partAt(name) === location ? own.url(name) : new URL(partAt(name))),
    isServed: () => false, // which of the two it is shows when they are asked for
  };
}

/** `load` for each name once, its bytes compiled; again after a failure. */
export function compiledOnce(load: (name: PartName) => Promise<BufferSource>): (name: PartName) => Promise<WebAssembly.Module> {
  const compiled = new Map<PartName, Promise<WebAssembly.Module>>();
  return (name) => {
    let module = compiled.get(name);
    if (!module) {
      module = load(name).then((bytes) => WebAssembly.compile(bytes));
      compiled.set(name, module);
      module.catch(() => compiled.delete(name));
    }
    return module;
  };
}

/** `missing`: the code of a file that is not there. That of the package itself is not served. @throws FeatureColumnError `network`, or this */
export async function readWasm(location: string, fetch: Fetch | undefined, missing: ErrorCode = 'network'): Promise<BufferSource> {
  try {
    if (!fetch && isFileUrl(location) && hasFiles()) {
      // fs/promises would bring Node's streams.
      const { readFile } = await nodeModule<{ readFile(path: URL, done: (error: Error | null, bytes: Uint8Array<ArrayBuffer>) => void): void }>('fs');
      return await new Promise((resolve, reject) => readFile(new URL(location), (error, bytes) => (error ? reject(error) : resolve(bytes))));
    }
    const response = await (fetch ?? globalThis.fetch)(location);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.arrayBuffer();
  } catch (cause) {
    const { message } = cause as Error;
    // As Node says it, and as it is said above.
    throw new FeatureColumnError(/^ENOENT|404$/.test(message) ? missing : 'network', `the WebAssembly module could not be read from ${location}: ${message}`, { cause });
  }
}

/**
 * The module's bytes from text that has a character for each: module scripts are UTF-8 whatever a server says, and such text
 * costs no more than the bytes themselves once the server compresses it (base64 of deflated bytes costs a fifth more).
 */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return bytes;
}
