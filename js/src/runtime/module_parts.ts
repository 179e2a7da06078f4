/**
 * Parts of the module that few pages need (wasm/parts.mjs). They share the memory and the table of the core: functions of it that they
 * call are in there, and theirs that the core calls, once they are.
 *
 * What waits anyway - loading a layer, a file - asks for its parts by `need`. A call that cannot wait asks by `require`: the part is
 * then read at once, from Node's disk or, in a page, by a request that blocks. So does the core with its first error, for what it says.
 */
import { FeatureColumnError } from '../errors.js';
import { abortable } from '../loading/abort.js';
import { hasFiles, nodeModule } from '../loading/location.js';
import type { Handle } from './module.js';
import type { Fetch } from '../loading/types.js';
import type { PartName, WasmParts } from './wasm_source.js';

interface Files {
  existsSync(path: URL): boolean;
  readFileSync(path: URL): Uint8Array<ArrayBuffer>;
}

/** What is asked for by calls that cannot wait, beside messages: `transformExamples`, `explain`, `coverage`. */
const AT_ONCE: readonly PartName[] = ['rows', 'explain'];

/** What stands in the way of a part, as an error of this package. */
function partError(name: PartName, cause: unknown): FeatureColumnError {
  if (cause instanceof FeatureColumnError) return cause;
  const isRefused = cause instanceof WebAssembly.CompileError || cause instanceof WebAssembly.LinkError || cause instanceof RangeError;
  if (!isRefused) return new FeatureColumnError('network', `the part "${name}" of feature-columns could not be loaded: ${(cause as Error).message}. Are all files of its dist/ served?`, { cause, value: name });
  return new FeatureColumnError('unsupported', `the part "${name}" of the WebAssembly module cannot be compiled here: ${cause.message}. feature-columns.whole.wasm has no parts: give it as wasmModule or wasmBinary`, { cause, value: name });
}

/** Whether the page's policy allows requests that block, where the engine tells. */
function mayBlock(): boolean {
  const { document } = globalThis as { document?: { featurePolicy?: { allowsFeature(name: string): boolean } } };
  return document?.featurePolicy?.allowsFeature('sync-xhr') !== false;
}

/** Whether the engine compiles a part here and now. Throws where it does not: some have had a limit of 4 KB for that in pages, which this module of nothing exceeds. */
function compilesAtOnce(): boolean {
  const padding = 8192;
  const empty = new Uint8Array(11 + padding);
  empty.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0x80 | (padding & 0x7f), padding >> 7]);
  return new WebAssembly.Module(empty) instanceof WebAssembly.Module;
}

/** A custom section: "build", by which a part knows its core, for a slot holds another function in another build; "parts" of the core. */
const sectionOf = (module: WebAssembly.Module, name: string): string => WebAssembly.Module.customSections(module, name).map((bytes) => String.fromCharCode(...new Uint8Array(bytes))).join('');

export class ModuleParts {
  private readonly missing: Set<PartName>;
  private readonly pending = new Map<PartName, Promise<void>>();
  private readonly narrow = new Set<Handle>();
  private ahead: Promise<unknown> = Promise.resolve();
  private messagesAhead: Promise<unknown> = Promise.resolve();
  private files: Files | undefined;
  /** The core's own exports. */
  core: WebAssembly.Exports = {};

  /** `source`: where the parts are. A module that has none within is whole. */
  constructor(
    private readonly module: WebAssembly.Module,
    private readonly source: WasmParts,
    private readonly fetch: Fetch | undefined,
  ) {
    this.missing = new Set(sectionOf(module, 'parts').split(',').filter(Boolean) as PartName[]);
  }

  /** Called once, when the core runs. Where a part could not be had at once, those that calls may ask for begin to come. */
  async begin(): Promise<void> {
    if (hasFiles()) this.files = await nodeModule<Files>('fs').catch(() => undefined); // a bundler may have made nothing of it
    if (this.missing.size === 0 || this.canRead()) return;
    this.messagesAhead = this.add('messages').catch(() => {});
    this.ahead = Promise.allSettled(AT_ONCE.map((name) => this.add(name)));
  }

  /** Fetches and adds parts. @throws FeatureColumnError `network` and `unsupported`, after which another call tries again; `aborted` */
  async need(names: readonly PartName[], signal: AbortSignal | undefined): Promise<void> {
    await abortable(Promise.all([...names.map((name) => this.add(name)), this.messagesAhead]), 'feature-columns', signal);
  }

  /** Waits for what the core's errors say, where it has to come beforehand. If it does not come, they say that. */
  async told(signal: AbortSignal | undefined): Promise<void> {
    await this.need([], signal);
  }

  /** The core is about to put a message together: whether it can. */
  readonly messages = (): boolean => {
    try {
      this.require('messages');
      return true;
    } catch {
      return false;
    }
  };

  /** Whether a part is there, or nothing is missing. */
  has(name: PartName): boolean {
    return !this.missing.has(name);
  }

  /** Waits for what calls on a new layer may ask for at once, where it has to come beforehand. If it does not come, these calls tell of it. */
  async ready(signal: AbortSignal | undefined): Promise<void> {
    await abortable(this.ahead, 'feature-columns', signal);
  }

  /** Begins to fetch a part that will be needed; who needs it is told of a failure. */
  foresee(name: PartName): void {
    this.add(name).catch(() => {});
  }

  /** Books a table whose rows `columns` has to widen. */
  holdNarrow(table: Handle): void {
    this.narrow.add(table);
    this.foresee('columns');
  }

  isNarrow(table: Handle): boolean {
    return this.narrow.has(table);
  }

  /** Adds a part at once. @throws FeatureColumnError `network`, `unsupported`; it is then fetched in the background, for another call */
  require(name: PartName): void {
    if (!this.missing.has(name)) return;
    try {
      new WebAssembly.Instance(this.checked(name, new WebAssembly.Module(this.read(name))), this.imports);
      this.missing.delete(name);
    } catch (cause) {
      this.foresee(name);
      throw partError(name, cause);
    }
  }

  private async add(name: PartName): Promise<void> {
    if (!this.missing.has(name)) return;
    let adding = this.pending.get(name);
    if (!adding) {
      adding = this.fetched(name);
      this.pending.set(name, adding);
      adding.catch(() => this.pending.delete(name));
    }
    return adding;
  }

  private async fetched(name: PartName): Promise<void> {
    try {
      const source = await this.source.part(name, this.fetch);
      const part = this.checked(name, source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source));
      await WebAssembly.instantiate(part, this.imports); // if a call was ahead of it, this puts the same into the table again
      this.missing.delete(name);
    } catch (cause) {
      throw partError(name, cause);
    }
  }

  /** What parts import: of the core's functions those that it exports, and those in its table. */
  private get imports(): WebAssembly.Imports {
    const { core } = this;
    const get = (_: object, name: string) => core[name] ?? ((core.table as WebAssembly.Table).get(Number(name)) as WebAssembly.ImportValue);
    return { core: new Proxy({}, { get }) as WebAssembly.ModuleImports };
  }

  private checked(name: PartName, part: WebAssembly.Module): WebAssembly.Module {
    if (sectionOf(part, 'build') === sectionOf(this.module, 'build')) return part;
    throw new FeatureColumnError('unsupported', `the part "${name}" of the WebAssembly module is of another build than feature-columns.wasm: serve the files of one version`, { value: name });
  }

  /** Whether parts can be read at once: their files are beside the entry's on disk, or can be asked for by requests that block. */
  private canRead(): boolean {
    try {
      const { files, source } = this;
      const urls = [...this.missing].map((name) => source.url(name));
      if (files) return urls.every((url) => url.protocol === 'file:' && files.existsSync(url));
      return typeof XMLHttpRequest === 'function' && mayBlock() && urls.every((url) => url.protocol !== 'file:') && source.isServed(this.fetch) && compilesAtOnce();
    } catch {
      return false; // where asking for a file is not allowed, or nothing tells where it is
    }
  }

  private read(name: PartName): Uint8Array<ArrayBuffer> {
    let url: URL;
    try {
      url = this.source.url(name);
    } catch {
      throw new Error('it has to come beforehand here, and has not');
    }
    if (this.files) return this.files.readFileSync(url);
    const request = new XMLHttpRequest();
    request.open('GET', url.href, false);
    // Answers of such requests in pages are text only; this character set keeps each byte, whatever it stands for.
    request.overrideMimeType('text/plain; charset=x-user-defined');
    request.send();
    const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
    if (request.status !== 200) throw new Error(`${url.href}: the server answered ${request.status}`);
    if (bytes[0] !== 0) throw new Error(`${url.href}: the server answered something else than WebAssembly`);
    return bytes;
  }
}
