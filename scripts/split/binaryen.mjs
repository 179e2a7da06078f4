// Binaryen's tools.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const FEATURES = ['--enable-simd', '--enable-bulk-memory', '--enable-mutable-globals', '--enable-sign-ext', '--enable-nontrapping-float-to-int'];

let toolFolder;

/** binaryen's tools, of the emscripten that has linked the module: with an emsdk they are not on the path. */
export function binaryen(tool, ...args) {
  toolFolder ??= path.join(execFileSync('em-config', ['BINARYEN_ROOT'], { encoding: 'utf8' }).trim(), 'bin');
  return execFileSync(path.join(toolFolder, tool), [...FEATURES, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
}
