// What a page downloads of the package: of each entry, and of each part that is loaded when it is asked for. Brotli, quality 11.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { bundledPage, PAGES } from './pages.mjs';

export const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

/** The modules of a built package that are for pages: what each imports at once, and lazily. Paths from `dist`. */
export class Modules {
  #imports = new Map();
  #sizes = new Map();

  constructor(dist) {
    this.dist = dist;
  }

  /** The files that a file imports `now`, and those that it may import `lazily`. */
  imports(file) {
    if (!this.#imports.has(file)) {
      const text = readFileSync(path.join(this.dist, file), 'utf8');
      const find = (pattern) => [...text.matchAll(pattern)].map(([, name]) => path.join(path.dirname(file), name));
      this.#imports.set(file, { now: find(/\b(?:im|ex)port\b(?:[\w$\s{},*]*\bfrom|\{[\w$\s,]*\}from)?\s*["'](\.{1,2}\/[^"']+)["']/g), lazily: find(/\bimport\(["'](\.{1,2}\/[^"']+)["']\)/g) });
    }
    return this.#imports.get(file);
  }

  /** What comes with a file: itself, and all that it imports at once. */
  closure(file) {
    const closure = new Set([file]);
    for (const each of closure) for (const next of this.imports(each).now) closure.add(next);
    return closure;
  }

  /** All that a page may download beside the wasm. */
  get files() {
    const reached = new Set(['external.js']);
    for (const file of reached) for (const next of [...this.imports(file).now, ...this.imports(file).lazily]) reached.add(next);
    return [...reached].sort();
  }

  /** What comes lazily, by name; what parts share has none. */
  get parts() {
    return this.files.filter((file) => /^chunks.(?!chunk-)/.test(file));
  }

  /** The part of this source file. */
  part(name) {
    const found = this.parts.filter((file) => file.startsWith(`chunks/${name}-`));
    if (found.length !== 1) throw new Error(`there are ${found.length} parts ${name}`);
    return found[0];
  }

  /** Brotli bytes of these files together. */
  size(files) {
    let total = 0;
    for (const file of files) {
      if (!this.#sizes.has(file)) this.#sizes.set(file, brotli(readFileSync(path.join(this.dist, file))));
      total += this.#sizes.get(file);
    }
    return total;
  }
}

/** What the parts are for, and which have come before them. */
const FEATURES = [
  ['files of any kind: vocabularies, tables, specs', ['file_resources']],
  ['tables of .npy, .safetensors', ['table_stream'], ['file_resources']],
  ['… of .npz', ['npz'], ['table_stream']],
  ['… of Arrow, with `apache-arrow`', ['arrow_table'], ['table_stream']],
  ['… of Parquet, with `hyparquet`', ['parquet_table'], ['table_stream']],
  ['… of a TensorFlow checkpoint', ['checkpoint'], ['file_resources']],
  ["… by rows: `fetch: 'rows'`", ['row_tables'], ['file_resources']],
  ['… and rows kept for later visits: `keep`', ['kept_rows'], ['row_tables']],
  ['vocabularies of TFRecords in gzip', ['record_vocabulary'], ['file_resources']],
  ['`runtime.prebuildVocabulary`', ['prebuild'], ['file_resources']],
  ['`integrity`', ['integrity'], ['file_resources']],
  ['`linearModel` and the estimators', ['load_model'], ['checkpoint']],
  ['`normalizerFn`, a function', ['normalizers']],
  ['`load`, of a spec', ['load_spec'], ['file_resources']],
  ['`layer.replace`', ['reload'], ['file_resources']],
  ['`runtime.tensors`, `runtime.readTensor`', ['tensor_file'], ['file_resources']],
  ['`opfsCache`', ['opfs_cache']],
  ['files of Node', ['node_file'], ['file_resources']],
  ['… by rows', ['path_rows'], ['row_tables', 'node_file']],
];

/**
 * The contents of a page's files, with the same letters for the hashes in chunks' names whatever these are: hashes change with every letter of the
 * contents, and by chance Brotli makes 60 bytes more or less of them.
 */
function withSteadyNames(files) {
  const names = new Map();
  let seed = 1;
  const letter = () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[(seed = (seed * 16807) % (2 ** 31 - 1)) >>> 26];
  const nameOf = (hash) => names.get(hash) ?? names.set(hash, Array.from({ length: hash.length }, letter).join('')).get(hash);
  return files.map(([, contents]) => Buffer.from(Buffer.from(contents).toString('utf8').replace(/(?<=-)[A-Z2-7]{8}(?=[-.])/g, nameOf)));
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

/**
 * `{entries, features, pages, wasm}`: brotli bytes by name. Of a feature: what comes beyond what it stands on. Of a page: JavaScript of the
 * package as it is, `bundled` by esbuild, and WebAssembly.
 */
export async function packageSizes(dist) {
  const modules = new Modules(dist);
  const core = modules.closure('external.js');
  const named = new Map(FEATURES.flatMap(([, parts, before = []]) => parts.map((part) => [modules.part(part), before])));
  const nameless = modules.parts.filter((part) => !named.has(part));
  if (nameless.length > 0) throw new Error(`FEATURES of scripts/sizes.mjs does not say what ${nameless.join(', ')} is for`);
  const filesOf = (parts) => new Set(parts.flatMap((part) => [...modules.closure(modules.part(part))]));
  const withBefore = (parts) => [...parts, ...parts.flatMap((part) => withBefore(named.get(modules.part(part))))];
  const features = FEATURES.map(([what, parts, before = []]) => {
    const there = new Set([...core, ...filesOf(withBefore(before))]);
    return { what, bytes: modules.size([...filesOf(parts)].filter((file) => !there.has(file))) };
  });
  const wasmFile = (part) => `feature-columns.${part}.wasm`;
  const pages = await Promise.all(PAGES.map(async (page) => ({
    what: page.what,
    bytes: modules.size(new Set([...core, ...filesOf(page.parts)])),
    bundledBytes: withSteadyNames(await bundledPage(dist, page)).reduce((sum, contents) => sum + brotli(contents), 0),
    wasmBytes: modules.size(['feature-columns.wasm', ...page.wasm.map(wasmFile)]),
  })));
  const entries = Object.fromEntries(['external', 'worker', 'worker-thread'].map((name) => [name, modules.size(modules.closure(`${name}.js`))]));
  const wasm = readdirSync(dist).filter((file) => file.endsWith('.wasm')).map((file) => ({ what: file, bytes: modules.size([file]) }));
  return { entries, features, pages, wasm };
}

/** The tables of docs/performance.md. */
export function sizesTable({ entries, features, pages, wasm }) {
  const table = (head, rows) => [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows.map(([what, ...sizes]) => `| ${[what, ...sizes.map(kilobytes)].join(' | ')} |`)].join('\n');
  return [
    table(['what', 'Brotli'], [
      ['the entry: columns, specs, `createRuntime`, `denseFeatures`, `sequenceFeatures`, `table: {data}`', entries.external], ...wasm.map(({ what, bytes }) => [`\`${what}\``, bytes]),
      ...features.map(({ what, bytes }) => [what, bytes]),
      ['`feature-columns/worker`, on the page', entries.worker],
    ]),
    table(['a page that calls', 'JavaScript, `dist/` as it is', 'JavaScript, bundled', 'WebAssembly', 'in all, bundled'], pages.map(({ what, bytes, bundledBytes, wasmBytes }) => [what, bytes, bundledBytes, wasmBytes, bundledBytes + wasmBytes])),
  ].join('\n\n');
}

const BEGIN = '<!-- sizes: node scripts/sizes.mjs --write -->';
const END = '<!-- /sizes -->';

/** The document with the tables in their place. */
export function withSizes(document, table) {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the document has no ${BEGIN} … ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n${table}\n${document.slice(end)}`;
}

if (process.argv[1] && path.resolve(process.argv[1]) === new URL(import.meta.url).pathname) {
  const { writeFileSync } = await import('node:fs');
  const root = path.resolve(path.dirname(process.argv[1]), '..');
  const document = path.join(root, 'docs/performance.md');
  if (!existsSync(path.join(root, 'dist'))) throw new Error('npm run build makes what is to be measured');
  const table = sizesTable(await packageSizes(path.join(root, 'dist')));
  if (process.argv.includes('--write')) writeFileSync(document, withSizes(readFileSync(document, 'utf8'), table));
  else console.log(table);
}
