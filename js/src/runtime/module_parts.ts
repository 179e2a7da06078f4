/**
 * Parts of the module that few pages need (wasm/parts.mjs). They share the memory, the functions and the table of the core; a slot of
 * the table that is theirs holds an import of the core until they are there.
 *
 * What waits anyway - loading a layer, a file - asks for its parts by `need`. A call that cannot wait asks by `require`: the part is
 * then read at once, from Node's disk or, in a page, by a request that blocks.
 */
import { FeatureColumnError } from '../errors.js';
import { lazy } from '../loading/lazy.js';
import { hasFiles, nodeModule } from '../loading/location.js';
import type { PartName, WasmParts } from './wasm_source.js';

interface Files {
  existsSync(path: URL): boolean;
  readFileSync(path: URL): Uint8Array<ArrayBuffer>;
}

/** What is asked for by calls that cannot wait: `transformExamples`, `explain`, `coverage`. */
const AT_ONCE: readonly PartName[] = ['rows', 'explain'];

/** Thrown by a function of a part that is called and cannot be had: C++ does not know what to do with it, and the runtime ends. */
export class MissingPart extends Error {
  constructor(readonly problem: FeatureColumnError) {
    super(problem.message);
  }
}

/** The custom section by which a part knows its core: names of imports mean other functions in another build. */
const buildOf = (module: WebAssembly.Module): string => String(WebAssembly.Module.customSections(module, 'build').map((bytes) => new Uint8Array(bytes)));

export class ModuleParts {
  private readonly pending = new Map<PartName, Promise<void>>();
  private readonly there = new Set<PartName>();
  private readonly wanted = new Set<PartName>();
  private readonly names: readonly PartName[];
  private files: Files | undefined;
  private core: WebAssembly.Exports = {};

  /** `source`: where the parts are. A module that has none within is whole. */
  constructor(
    private readonly module: WebAssembly.Module,
    private readonly source: WasmParts,
  ) {
    const imported = new Set(WebAssembly.Module.imports(module).map((each) => each.module));
    this.names = source.names.filter((name) => imported.has(name));
  }

  /** What the core imports for functions that are not there yet: they bring their part. */
  imports(): WebAssembly.Imports {
    const slots = (part: PartName) => (_: object, slot: string | symbol) => (...values: unknown[]): unknown => {
      try {
        this.require(part);
      } catch (problem) {
        throw new MissingPart(problem as FeatureColumnError);
      }
      return ((this.table.get(Number(slot)) as (...values: unknown[]) => unknown))(...values);
    };
    return Object.fromEntries(this.names.map((name) => [name, new Proxy({}, { get: slots(name) }) as WebAssembly.ModuleImports]));
  }

  /** Called once with the core's own exports. Where a part could not be had at once, those that calls may ask for come now. */
  async attach(instance: WebAssembly.Instance): Promise<void> {
    this.core = instance.exports;
    if (hasFiles()) this.files = await nodeModule<Files>('fs');
    if (!this.canRead()) await this.need(...this.names.filter((name) => AT_ONCE.includes(name)));
  }

  /** Fetches and adds parts, and those that are wanted. @throws FeatureColumnError `network`, after which another call tries again */
  async need(...names: readonly PartName[]): Promise<void> {
    try {
      await Promise.all([...this.wanted, ...names].map((name) => this.add(name)));
    } catch (error) {
      this.wanted.clear(); // who is told of it gives up what wanted them
      throw error;
    }
  }

  /** Begins to fetch a part that a layer to come will need. */
  want(name: PartName): void {
    if (!this.isMissing(name)) return;
    this.wanted.add(name);
    this.add(name).catch(() => {}); // is told of when it is needed
  }

  /** Adds a part at once. @throws FeatureColumnError `network`, `unsupported` */
  require(name: PartName): void {
    if (!this.isMissing(name)) return;
    const bytes = this.read(name);
    try {
      this.link(name, new WebAssembly.Module(bytes));
    } catch (cause) {
      if (cause instanceof FeatureColumnError) throw cause;
      throw new FeatureColumnError('unsupported', `the part "${name}" of the WebAssembly module cannot be compiled here: ${(cause as Error).message}. feature-columns.whole.wasm has no parts: give it as wasmModule or wasmBinary`, { cause });
    }
  }

  private isMissing(name: PartName): boolean {
    return this.names.includes(name) && !this.there.has(name);
  }

  private async add(name: PartName): Promise<void> {
    if (!this.isMissing(name)) return;
    let adding = this.pending.get(name);
    if (!adding) {
      adding = lazy(this.source.part(name))
        .then((source) => (source instanceof WebAssembly.Module ? source : WebAssembly.compile(source)))
        .then((module) => this.link(name, module));
      this.pending.set(name, adding);
      adding.catch(() => this.pending.delete(name));
    }
    return adding;
  }

  private get table(): WebAssembly.Table {
    return Object.values(this.core).find((each) => each instanceof WebAssembly.Table) as WebAssembly.Table;
  }

  private link(name: PartName, part: WebAssembly.Module): void {
    if (!this.isMissing(name)) return;
    if (buildOf(part) !== buildOf(this.module)) {
      throw new FeatureColumnError('unsupported', `the part "${name}" of the WebAssembly module is of another build than feature-columns.wasm: serve the files of one version`, { value: name });
    }
    new WebAssembly.Instance(part, { core: this.core as WebAssembly.ModuleImports });
    this.there.add(name);
  }

  /** Whether a part can be read at once: its file is beside this one on disk, or can be asked for by a request that blocks. */
  private canRead(): boolean {
    const first = this.names[0];
    if (first === undefined) return true;
    const url = this.source.url(first);
    if (this.files) return url.protocol === 'file:' && this.files.existsSync(url);
    return typeof XMLHttpRequest === 'function' && url.protocol !== 'file:' && this.source.isBeside;
  }

  private read(name: PartName): Uint8Array<ArrayBuffer> {
    const url = this.source.url(name);
    try {
      if (this.files) return this.files.readFileSync(url);
      const request = new XMLHttpRequest();
      request.open('GET', url.href, false);
      // Answers of such requests in pages are text only; this character set keeps each byte, whatever it stands for.
      request.overrideMimeType('text/plain; charset=x-user-defined');
      request.send();
      const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
      if (request.status !== 200 || bytes[0] !== 0) throw new Error(`the server answered ${request.status}`);
      return bytes;
    } catch (cause) {
      throw new FeatureColumnError('network', `a part of the WebAssembly module could not be read from ${url.href}: ${(cause as Error).message}. Are all files of dist/ served?`, { cause });
    }
  }
}
