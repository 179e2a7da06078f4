// Entries of the package, with what they share and what few need in chunks.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

/** A module of fewer bytes than this is no file of its own. */
const SMALL = 600;

/**
 * Bundles `entryPoints` with esbuild's splitting, so that what is loaded together is one file. esbuild alone would make a chunk for each
 * set of entries and lazy parts that reach a module: dozens of small files, which compress badly and come one by one. Here a lazy part is
 * taken to reach all that is loaded already wherever it is asked for, which then stays together.
 *
 * @param ahead modules that import parts before they are asked for; these imports do not count for that
 * @param hot the folder of what runs with each batch
 * @param page modules that every page needs, whatever it does: see {@link Copies}
 * @param plain folders of modules without a state, of which there may be copies
 */
export async function bundleEntries({ ahead, hot, page, plain, ...options }) {
  const { build } = await import('esbuild');
  const shared = { ...options, absWorkingDir: root, bundle: true, splitting: true, format: 'esm', metafile: true, write: false };
  const entries = Object.values(options.entryPoints).map((file) => path.relative(root, file));
  const copies = new Copies((await build(shared)).metafile, entries, page, plain);
  const { metafile } = await build({ ...shared, plugins: [modules(copies, new Map())] });
  const additions = new Together(metafile, ahead, entries).additions();
  const built = await build({ ...shared, logOverride: { 'ignored-bare-import': 'silent' }, plugins: [modules(copies, additions)] });
  await write(sideBySide(built, (output) => Object.keys(output.inputs).some((file) => file.startsWith(hot))));
}

/** Modules as esbuild is to see them: copies where parts need one, and `additions` to their imports. */
const modules = (copies, additions) => ({
  name: 'modules',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^[./].*\.[jt]s(\?copy)?$/ }, ({ path: asked, importer, resolveDir, pluginData, kind }) => {
      if (kind === 'entry-point' || kind === 'dynamic-import') return undefined;
      const [file, copy] = path.relative(root, path.resolve(resolveDir, asked)).replace(/\.js$/, '.ts').split('?');
      // What is added has its whole path, and says itself whether it is a copy.
      const copied = path.isAbsolute(asked) ? copy !== undefined : copies.isFor(file, path.relative(root, importer), pluginData?.suffix);
      return copied ? { path: path.join(root, file), suffix: COPY, pluginData: { suffix: COPY } } : undefined;
    });
    onLoad({ filter: /\.ts$/ }, ({ path: file, suffix }) => {
      const imports = [...(additions.get(path.relative(root, file) + suffix) ?? [])].map((other) => `import ${JSON.stringify(path.join(root, other))};`);
      return { contents: [readFileSync(file, 'utf8'), ...imports].join('\n'), loader: 'ts', pluginData: { suffix } };
    });
  },
});

/** Bundles entries of which none shares a file with another. */
export async function bundleApart(options) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({ ...options, absWorkingDir: root, bundle: true, format: 'esm', write: false });
  await write(outputFiles.map(({ path: file, text }) => [file, text, true]));
}

async function write(files) {
  for (const [file, text, isHot] of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, await minified(text, isHot));
  }
}

/** Characters of a line: Node prints the one that threw before the message of an error that nobody caught. */
export const LONGEST_LINE = 2000;

/** Whether a file has the module inside: a text of bytes, which takes long to read and is to stay as it is escaped. */
const hasWasm = (text) => text.includes('asm\\x01\\0\\0\\0') || text.includes('\\0asm');

/** What terser makes of what esbuild has minified: 4 % less to download, of what is only seen with the whole file in view. */
async function minified(text, isHot) {
  if (hasWasm(text)) return text;
  const { minify } = await import('terser');
  // What makes texts shorter and their Brotli no smaller is not done: `0===n` in place of `n===0`. Functions side by side compress better.
  // A function that has one caller becomes a part of that, but not where it would be made anew for each batch.
  const compress = { ecma: 2020, passes: 3, hoist_funs: true, lhs_constants: false, reduce_funcs: !isHot };
  const { code } = await minify(text, { module: true, ecma: 2020, compress, format: { ecma: 2020, max_line_len: LONGEST_LINE } });
  // What is imported by a name that is not written down is not for bundlers to look for; terser drops the comments that say so.
  return code.replace(/\bimport\(([\w$]+)\)/g, 'import(/* @vite-ignore *//* webpackIgnore: true */$1)');
}

const staticImports = (imports) => imports.filter((each) => !each.external && each.kind === 'import-statement').map((each) => each.path);

function closureOf(file, importsOf) {
  const closure = new Set([file]);
  for (const each of closure) for (const next of importsOf(each)) closure.add(next);
  return closure;
}

const common = ([first, ...others]) => new Set([...first].filter((each) => others.every((other) => other.has(each))));

/** How a copy is told from its module. */
const COPY = '?copy';

/**
 * Which modules lazy parts have copies of. An entry has functions that most apps do not call: columns of every kind, specs. A bundler leaves
 * those out of an app - but not what one of its parts calls too, since what is in a file of ours stays in one file of the app, the one that it
 * downloads first. So parts call such functions by a copy of their own, unless every page needs them anyway.
 */
class Copies {
  constructor({ inputs }, entries, page, plain) {
    const importsOf = (file) => staticImports(inputs[file].imports);
    const reached = (roots) => new Set(roots.flatMap((file) => [...closureOf(file, importsOf)]));
    const entryModules = reached(entries);
    const always = reached(page);
    const lazy = Object.keys(inputs).flatMap((file) => inputs[file].imports.filter((each) => each.kind === 'dynamic-import' && !each.external).map((each) => each.path));
    this.own = new Set([...reached(lazy)].filter((file) => !entryModules.has(file)));
    this.copied = new Set([...reached(lazy)].filter((file) => entryModules.has(file) && !always.has(file)));
    const odd = [...this.copied].filter((file) => !plain.some((folder) => file.startsWith(folder)));
    if (odd.length > 0) throw new Error(`there cannot be two of ${odd.join(', ')}: either ${page.join(' or ')} needs it, or no lazy part does`);
  }

  /** Whether `importer` gets a copy of `file`. */
  isFor(file, importer, suffix) {
    return this.copied.has(file) && (suffix === COPY || this.own.has(importer));
  }
}

/** Which modules are loaded together: by the graph of imports, with the entries and the lazy parts as its roots. */
class Together {
  constructor({ inputs, outputs }, ahead, entries) {
    this.bytes = new Map(Object.values(outputs).flatMap((output) => Object.entries(output.inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput])));
    const lazyImports = (file) => inputs[file].imports.filter((each) => !each.external && each.kind === 'dynamic-import').map((each) => each.path);
    this.importsOf = (file) => staticImports(inputs[file].imports);
    this.lazy = [...new Set(Object.keys(inputs).flatMap(lazyImports))].filter((file) => !entries.includes(file));
    this.roots = [...entries, ...this.lazy];
    this.closures = new Map(this.roots.map((file) => [file, closureOf(file, this.importsOf)]));
    this.places = new Map(this.lazy.map((file) => [file, this.roots.filter((from) => [...this.closures.get(from)].some((each) => !ahead.includes(each) && lazyImports(each).includes(file)))]));
    this.loaded = this.allLoaded(Object.keys(inputs), entries);
  }

  /** Of each root: what is loaded once it is, whoever asked for it. As with dominators, everything at first, and less at each turn. */
  allLoaded(all, entries) {
    const loaded = new Map(this.roots.map((file) => [file, entries.includes(file) ? this.closures.get(file) : new Set(all)]));
    for (let changed = true; changed; ) {
      changed = false;
      for (const [file, places] of this.places) {
        const next = new Set([...this.closures.get(file), ...common(places.map((from) => loaded.get(from)))]);
        changed ||= next.size !== loaded.get(file).size;
        loaded.set(file, next);
      }
    }
    return loaded;
  }

  /** Modules to be imported beside its own, by module. */
  additions() {
    const additions = new Map();
    const add = (to, files) => additions.set(to, new Set([...(additions.get(to) ?? []), ...files]));
    for (const [file, home] of this.homes()) {
      add(home, [file]);
      for (const each of this.lazy) if (each !== home && this.loaded.get(each).has(home)) add(each, [file]);
    }
    for (const file of this.lazy) add(file, [...this.loaded.get(file)].filter((each) => !this.closures.get(file).has(each)));
    return additions;
  }

  /** Small modules that several parts share, each with the part that is loaded before all of these. */
  homes() {
    const before = new Map(this.lazy.map((file) => [file, common(this.places.get(file).map((from) => this.loaded.get(from)))]));
    const homes = [];
    for (const [file, bytes] of this.bytes) {
      const users = this.lazy.filter((each) => this.closures.get(each).has(file));
      // Where one of them comes before the others, it is there already.
      if (bytes >= SMALL || users.length < 2 || users.some((each) => users.every((other) => other === each || before.get(other).has(each)))) continue;
      const there = common(users.map((each) => before.get(each)));
      if (there.has(file) || this.importsOf(file).some((each) => !there.has(each))) continue;
      const home = this.lazy.filter((each) => there.has(each)).sort((one, other) => this.loaded.get(other).size - this.loaded.get(one).size)[0];
      if (home) homes.push([file, home]);
    }
    return homes;
  }
}

/** What esbuild writes for a part of which all is in a chunk, because other parts use some of it. */
const STUB = /^import\{([^}]*)\}from"(\.\/[^"]+)";(?:import"[^"]+";)*export\{([^}]*)\};\s*$/;

const names = (list) => list.split(',').map((each) => each.split(' as ')).map(([from, to = from]) => [from, to]);

/**
 * The files. An `import()` of one that needs others asks for these at the same time: it would tell of them only when it has come itself. A
 * part that is but a stub is passed over, and its chunk is called as it was.
 */
function sideBySide({ outputFiles, metafile: { outputs } }, isHot) {
  const files = new Map(outputFiles.map(({ path: file, text }) => [path.relative(root, file), text]));
  const stubs = new Map();
  const renamed = new Map();
  for (const [file, text] of files) {
    const [, imported, from, exported] = (path.basename(file) !== file && outputs[file].entryPoint && STUB.exec(text)) || [];
    if (!from || !file.includes('/chunks/')) continue;
    const chunk = path.join(path.dirname(file), from);
    const local = new Map(names(imported).map(([name, own]) => [own, name]));
    stubs.set(file, { chunk, picks: names(exported).map(([own, name]) => `${name}:e.${local.get(own)}`).join() });
    renamed.set(path.basename(chunk), path.basename(chunk).replace('chunk-', `${path.basename(file).replace(/-\w+\.js$/, '')}-`));
  }
  const needs = (file) => staticImports(outputs[file].imports);
  const linked = (text, file) => {
    const here = closureOf(file, needs);
    return text.replace(/\bimport\("(\.[^"]+)"\)/g, (call, name) => {
      const asked = path.join(path.dirname(file), name);
      const { chunk: target, picks } = stubs.get(asked) ?? { chunk: asked };
      const others = [...closureOf(target, needs)].filter((each) => each !== target && !here.has(each));
      const calls = [target, ...others].map((each) => `import("./${path.relative(path.dirname(file), each)}")`);
      const all = others.length === 0 ? calls[0] : `Promise.all([${calls}])`;
      const given = others.length === 0 ? 'e' : '([e])';
      return picks ? `${all}.then(${given}=>({${picks}}))` : others.length === 0 ? call : `${all}.then(${given}=>e)`;
    });
  };
  const rename = (text) => text.replace(/\bchunk-\w+\.js\b/g, (name) => renamed.get(name) ?? name);
  return [...files].filter(([file]) => !stubs.has(file)).map(([file, text]) => [path.join(root, rename(file)), rename(linked(text, file)), isHot(outputs[file])]);
}
