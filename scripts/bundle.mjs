// Entries of the package, with what they share and what few need in chunks.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

/**
 * Bundles `entryPoints` with esbuild's splitting, so that what is loaded together is one file. esbuild alone would make a chunk for each
 * set of entries and lazy parts that reach a module: dozens of small files, which compress badly and come one by one. Here a lazy part is
 * taken to reach all that is loaded already wherever it is asked for, which then stays together.
 *
 * @param ahead modules that import parts before they are asked for; these imports do not count for that
 */
export async function bundleEntries({ ahead = [], ...options }) {
  const { build } = await import('esbuild');
  const shared = { ...options, absWorkingDir: root, bundle: true, splitting: true, format: 'esm', metafile: true, write: false };
  const { metafile } = await build(shared);
  const loaded = alreadyLoaded(metafile.inputs, ahead, Object.values(options.entryPoints).map((file) => path.relative(root, file)));
  const together = {
    name: 'together',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const before = loaded.get(path.relative(root, file));
        if (!before) return undefined;
        const imports = before.map((other) => `import ${JSON.stringify(path.join(root, other))};`);
        return { contents: [readFileSync(file, 'utf8'), ...imports].join('\n'), loader: 'ts' };
      });
    },
  };
  const { outputFiles, metafile: { outputs } } = await build({ ...shared, logOverride: { 'ignored-bare-import': 'silent' }, plugins: [together] });
  for (const { path: file, text } of outputFiles) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, sideBySide(text, path.relative(root, file), outputs));
  }
  return outputs;
}

/** `import()` of a file that needs others asks for these at the same time: it would tell of them only when it has come itself. */
function sideBySide(text, file, outputs) {
  const here = closureOf(file, (each) => staticImports(outputs[each].imports));
  return text.replace(/\bimport\("(\.[^"]+)"\)/g, (call, name) => {
    const target = path.join(path.dirname(file), name);
    const others = [...closureOf(target, (each) => staticImports(outputs[each].imports))].filter((each) => each !== target && !here.has(each));
    if (others.length === 0) return call;
    const calls = others.map((each) => `import("./${path.relative(path.dirname(file), each)}")`);
    return `Promise.all([${[call, ...calls].join()}]).then(([e])=>e)`;
  });
}

const staticImports = (imports) => imports.filter((each) => !each.external && each.kind === 'import-statement').map((each) => each.path);

function closureOf(file, importsOf) {
  const closure = new Set([file]);
  for (const each of closure) for (const next of importsOf(each)) closure.add(next);
  return closure;
}

/** Of each module that is imported lazily: those that are loaded before it, whoever imports it. As with dominators of a graph. */
function alreadyLoaded(inputs, ahead, entries) {
  const lazyImports = (file) => inputs[file].imports.filter((each) => !each.external && each.kind === 'dynamic-import').map((each) => each.path);
  const lazy = Object.keys(inputs).flatMap(lazyImports).filter((file) => !entries.includes(file));
  const roots = [...new Set([...entries, ...lazy])];
  const closures = new Map(roots.map((file) => [file, closureOf(file, (each) => staticImports(inputs[each].imports))]));
  const places = new Map(lazy.map((file) => [file, roots.filter((from) => [...closures.get(from)].some((each) => !ahead.includes(each) && lazyImports(each).includes(file)))]));
  // At first everything, and less at each turn, until nothing changes.
  const loaded = new Map(roots.map((file) => [file, entries.includes(file) ? closures.get(file) : new Set(Object.keys(inputs))]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [file, from] of places) {
      const [first, ...others] = from.map((each) => loaded.get(each));
      const next = new Set([...closures.get(file), ...[...first].filter((each) => others.every((other) => other.has(each)))]);
      changed ||= next.size !== loaded.get(file).size;
      loaded.set(file, next);
    }
  }
  return new Map(lazy.map((file) => [file, [...loaded.get(file)].filter((each) => !closures.get(file).has(each))]));
}
