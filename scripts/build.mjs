// npm run build: src/ and wasm/ -> build/wasm, js/src -> dist/. Sets up what is missing first.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync, existsSync, chmodSync } from 'node:fs';
import path from 'node:path';
import { CORE_CALLS, PARTS } from '../wasm/parts.mjs';
import { bundleApart, bundleEntries, LONGEST_LINE } from './bundle.mjs';
import { packageSizes, sizesTable } from './sizes.mjs';
import { splitWasm } from './split-wasm.mjs';
import { emscriptenEnvironment, ensurePackages, ensureTools, root, run } from './toolchain.mjs';

// Found only after ensurePackages.
const bundle = async (options) => (await import('esbuild')).build(options);

const at = (...parts) => path.join(root, ...parts);
const version = JSON.parse(readFileSync(at('package.json'), 'utf8')).version;

/** Compiles the core to build/wasm/feature-columns.{mjs,wasm}. */
function buildWasm() {
  const env = emscriptenEnvironment();
  if (!existsSync(at('build/wasm/build.ninja'))) {
    run('emcmake', ['cmake', '--preset', 'wasm'], { env });
  }
  run('cmake', ['--build', '--preset', 'wasm'], { env });
}

/** Cuts the module into what the package has: its files by the names that they have there. */
function cutWasm() {
  const folder = at('build/wasm/parts');
  splitWasm(at('build/wasm/feature-columns.wasm'), { parts: PARTS, coreCalls: CORE_CALLS }, folder);
  const file = (name) => readFileSync(path.join(folder, `${name}.wasm`));
  return { core: file('core'), whole: file('whole'), parts: new Map(PARTS.map(({ name }) => [name, file(name)])) };
}

/** What js/src imports but git does not hold: the wasm as text. */
function generate({ core, parts }) {
  const generated = at('js/src/generated');
  mkdirSync(generated, { recursive: true });
  run('node', [at('scripts/generate-codes.mjs')]);
  // A character for each byte: see bytesOfText. Control characters are escaped, so that the file stays text to every tool.
  const inline = (name, wasm) => writeFileSync(path.join(generated, `${name}.js`), `export const inlineWasm = ${JSON.stringify(wasm.toString('latin1')).replaceAll('\x7f', '\\x7f')};\n`);
  inline('wasm_core', core);
  for (const [name, part] of parts) inline(`wasm_${name}`, part);
}

/** Bundles the entries into dist/ and writes their types. */
async function buildPackage({ core, whole, parts }) {
  rmSync(at('dist'), { recursive: true, force: true });
  const shared = {
    bundle: true, format: 'esm', target: 'es2022', minify: true, lineLimit: LONGEST_LINE, charset: 'utf8', sourcemap: false, logLevel: 'error',
    external: ['node:*', 'apache-arrow', 'hyparquet', 'hyparquet-compressors'], define: { __VERSION__: JSON.stringify(version) }, legalComments: 'none',
  };
  // The external entry must leave `new URL('./feature-columns.wasm', import.meta.url)` for bundlers to find, in a file beside that one.
  await bundleEntries({
    ...shared, outdir: at('dist'), platform: 'neutral', chunkNames: 'chunks/[name]-[hash]', ahead: ['js/src/loading/foresight.ts'], hot: 'js/src/batch/',
    // A page starts a runtime, and defines columns of some kind.
    page: ['js/src/runtime/entry.ts', 'js/src/columns/checks.ts', 'js/src/columns/source.ts'], plain: ['js/src/columns/', 'js/src/spec/'],
    entryPoints: { index: at('js/src/index.ts'), external: at('js/src/external.ts') },
  });
  // Not with those: a chunk for what a page of the one has in common with a page of the other would cost every page 1.4 KB.
  await bundleApart({
    ...shared, entryPoints: { worker: at('js/src/worker/index.ts'), 'worker-thread': at('js/src/worker/thread.ts') }, outdir: at('dist'), platform: 'neutral', plugins: [packageAsExternal],
  });
  await bundle({
    ...shared, entryPoints: { cli: at('js/src/cli/main.ts'), verify: at('js/src/verify/index.ts') }, outdir: at('dist'), platform: 'node', minify: false,
    // What few commands need is a file of its own, loaded when it is needed.
    splitting: true, chunkNames: 'cli-[name]-[hash]', plugins: [packageAsExternal],
  });
  chmodSync(at('dist/cli.js'), 0o755);
  writeFileSync(at('dist/feature-columns.wasm'), core);
  for (const [name, part] of parts) writeFileSync(at(`dist/feature-columns.${name}.wasm`), part);
  writeFileSync(at('dist/feature-columns.whole.wasm'), whole);
  run('npx', ['tsc', '-p', at('tsconfig.json')]);
  if (existsSync(at('scripts/generate-schema.mjs'))) run('node', [at('scripts/generate-schema.mjs')]);
}

/** The command line and the worker use the package's own entries, so that the wasm is held once in the tarball. */
const packageAsExternal = {
  name: 'package-as-external',
  setup(build) {
    build.onResolve({ filter: /^feature-columns$/ }, () => ({ path: './index.js', external: true }));
    build.onResolve({ filter: /^\.\.\/(index|external)\.js$/ }, ({ path: entry }) => ({ path: `./${path.basename(entry)}`, external: true }));
  },
};

async function reportSizes() {
  console.error(sizesTable(await packageSizes(at('dist'))));
}

export async function build() {
  ensureTools('build');
  ensurePackages();
  buildWasm();
  const wasm = cutWasm();
  generate(wasm);
  await buildPackage(wasm);
  await reportSizes();
}

if (process.argv[1] === new URL(import.meta.url).pathname) await build();
