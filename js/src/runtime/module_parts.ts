/**
 * Parts of the module that few pages need (wasm/parts.mjs). They share the memory and the table of the core: functions of it that they
 * call are in there, and theirs that the core calls, once they are.
 *
 * What waits anyway - loading a layer, a file - asks for its parts by `need`. A call that cannot wait asks by `require`: the part is
 * then read at once, from Node's disk or, in a page, by a request that blocks.
 */
import { FeatureColumnError } from '../errors.js';
import { abortable } from '../loading/abort.js';
import { hasFiles, nodeModule } from '../loading/location.js';
import type { Handle } from './module.js';
import type { PartName, WasmParts } from './wasm_source.js';

interface Files {
  existsSync(path: URL): boolean;
  readFileSync(path: URL): Uint8Array<ArrayBuffer>;
}

/** What is asked for by calls that cannot wait: `transformExamples`, `explain`, `coverage`. */
const AT_ONCE: readonly PartName[] = ['rows', 'explain'];

/** What stands in the way of a part, as an error of this package. */
function partError(name: PartName, cause: unknown): FeatureColumnError {
  if (cause instanceof FeatureColumnError) return cause;
  const { message } = cause as Error;
  if (cause instanceof WebAssembly.CompileError || cause instanceof WebAssembly.LinkError || cause instanceof RangeError) {
    return new FeatureColumnError('unsupported', `the part "${name}" of the WebAssembly module cannot be compiled here: ${message}. feature-columns.whole.wasm has no parts: give it as wasmModule or wasmBinary`, { cause, value: name });
  }
  return new FeatureColumnError('network', `the part "${name}" of feature-columns could not be loaded: ${message}. Are all files of its dist/ served?`, { cause, value: name });
}

/** Whether the entry and this chunk are files as the package has them, which no bundler has put elsewhere: then the parts' are beside them. */
function isPackage(entry: string): boolean {
  return /\/(index|external)\.js$/.test(new URL(entry).pathname) && import.meta.url.startsWith(new URL('chunks/', entry).href);
}

/** Whether the engine compiles a part here and now: some have had a limit of 4 KB for that in pages, which this module of nothing exceeds. */
function compilesAtOnce(): boolean {
  const padding = 8192;
  const empty = new Uint8Array(11 + padding);
  empty.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0x80 | (padding & 0x7f), padding >> 7]);
  try {
    return new WebAssembly.Module(empty) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

/** A custom section: "build", by which a part knows its core, for a slot holds another function in another build; "parts" of the core. */
const sectionOf = (module: WebAssembly.Module, name: string): string => WebAssembly.Module.customSections(module, name).map((bytes) => String.fromCharCode(...new Uint8Array(bytes))).join('');

export class ModuleParts {
  private readonly pending = new Map<PartName, Promise<void>>();
  private readonly there = new Set<PartName>();
  private readonly narrow = new Set<Handle>();
  private ahead: Promise<unknown> = Promise.resolve();
  private readonly names: readonly PartName[];
  private files: Files | undefined;
  /** What parts import. */
  private core: WebAssembly.Imports = {};

  /** `source`: where the parts are. A module that has none within is whole. */
  constructor(
    private readonly module: WebAssembly.Module,
    private readonly source: WasmParts,
  ) {
    const cut = sectionOf(module, 'parts').split(',');
    this.names = source.names.filter((name) => cut.includes(name));
  }

  /** Called once with the core's own exports. Where a part could not be had at once, those that calls may ask for begin to come. */
  async attach(instance: WebAssembly.Instance): Promise<void> {
    const { exports } = instance;
    const table = Object.values(exports).find((each) => each instanceof WebAssembly.Table) as WebAssembly.Table;
    const get = (_: object, name: string) => exports[name] ?? (table.get(Number(name)) as WebAssembly.ImportValue);
    this.core = { core: new Proxy({}, { get }) as WebAssembly.ModuleImports };
    if (hasFiles()) this.files = await nodeModule<Files>('fs');
    if (this.names.length > 0 && !this.canRead()) this.ahead = Promise.allSettled(AT_ONCE.map((name) => this.add(name)));
  }

  /** Fetches and adds parts. @throws FeatureColumnError `network` and `unsupported`, after which another call tries again; `aborted` */
  async need(names: readonly PartName[], signal: AbortSignal | undefined): Promise<void> {
    await abortable(Promise.all(names.map((name) => this.add(name))), 'feature-columns', signal);
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
    if (!this.isMissing(name)) return;
    try {
      new WebAssembly.Instance(this.checked(name, new WebAssembly.Module(this.read(name))), this.core);
      this.there.add(name);
    } catch (cause) {
      this.foresee(name);
      throw partError(name, cause);
    }
  }

  private isMissing(name: PartName): boolean {
    return this.names.includes(name) && !this.there.has(name);
  }

  private async add(name: PartName): Promise<void> {
    if (!this.isMissing(name)) return;
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
      const source = await this.source.part(name);
      const part = this.checked(name, source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source));
      await WebAssembly.instantiate(part, this.core); // if a call was ahead of it, this puts the same into the table again
      this.there.add(name);
    } catch (cause) {
      throw partError(name, cause);
    }
  }

  private checked(name: PartName, part: WebAssembly.Module): WebAssembly.Module {
    if (sectionOf(part, 'build') === sectionOf(this.module, 'build')) return part;
    throw new FeatureColumnError('unsupported', `the part "${name}" of the WebAssembly module is of another build than feature-columns.wasm: serve the files of one version`, { value: name });
  }

  /** Whether parts can be read at once: their files are beside the entry's on disk, or can be asked for by requests that block. */
  private canRead(): boolean {
    try {
      const urls = this.names.map((name) => this.source.url(name));
      if (!urls.every((url) => url !== undefined)) return false;
      const { files } = this;
      if (files) return urls.every((url) => url.protocol === 'file:' && files.existsSync(url));
      return typeof XMLHttpRequest === 'function' && urls.every((url) => url.protocol !== 'file:') && isPackage(this.source.here) && compilesAtOnce();
    } catch {
      return false; // where asking for a file is not allowed
    }
  }

  private read(name: PartName): Uint8Array<ArrayBuffer> {
    const url = this.source.url(name);
    if (!url) throw new Error('it has to come beforehand here, and has not');
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
