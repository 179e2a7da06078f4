// The core compiled for this processor, and its lookups as a wasm module without the API: built on demand, by CMake.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { aptInstall, emscriptenEnvironment, ensureTools, root, run } from '../../../scripts/toolchain.mjs';

export const buildFolder = path.join(root, 'build/bench');
const nativeFolder = path.join(root, 'build/bench-native');

/** Installs a peer's library, known to pkg-config by `name`, where that is possible: the programs are built without it where it is not. */
export function ensureLibrary(name, debianPackage) {
  if (spawnSync('pkg-config', ['--exists', name]).status === 0) return;
  try {
    aptInstall([debianPackage, 'pkg-config']);
  } catch (error) {
    console.error(`${debianPackage} cannot be installed: ${error.message}`);
  }
}

/** The path of a native benchmark, built with -O3 -march=native and prefetch. */
export function nativeProgram(target) {
  ensureTools('build', 'bench');
  run('cmake', ['--preset', 'bench']);
  run('cmake', ['--build', '--preset', 'bench', '--target', target]);
  return path.join(nativeFolder, target);
}

/** The exports of a module of wasm made of the objects that ship. */
export async function wasmProgram(target) {
  ensureTools('build');
  const env = emscriptenEnvironment();
  run('emcmake', ['cmake', '--preset', 'wasm'], { env });
  run('cmake', ['--build', '--preset', 'wasm', '--target', target], { env });
  const module = await WebAssembly.compile(readFileSync(path.join(root, 'build/wasm', `${target}.wasm`)));
  // What it imports are calls of the system that it does not come to: a word about grown memory, and the end of the program.
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  const { exports } = await WebAssembly.instantiate(module, imports);
  exports._initialize?.();
  return exports;
}

/** A process that takes turns with contenders in this one: `ask` writes a line and waits for the answer's. */
export async function serve(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  child.once('error', () => {}); // its output ends, which is what is waited for
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${path.basename(program)} ended before it answered`);
    return value;
  };
  const ready = await answer();
  return {
    ready,
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      return answer();
    },
    end: () => child.stdin.end(),
  };
}

/** What the compiler of the native benchmarks calls itself. */
export function compilerVersion() {
  return spawnSync('c++', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0] ?? 'no compiler';
}
