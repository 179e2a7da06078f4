// Finds, and on Debian installs, what a build needs beyond Node: emscripten, CMake, Ninja; for tests Catch2, SIMDe, clang, Chromium.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const hasFile = (...files) => files.some((file) => existsSync(file));

// What each tool is for, how to see that it is there, and Debian's package of it.
const TOOLS = {
  build: [
    { package: 'emscripten', there: () => has('emcc') },
    { package: 'cmake', there: () => has('cmake') },
    { package: 'ninja-build', there: () => has('ninja') },
  ],
  test: [
    { package: 'g++', there: () => has('g++') },
    { package: 'catch2', there: () => hasFile('/usr/include/catch2/catch.hpp', '/usr/include/catch2/catch_all.hpp', '/usr/local/include/catch2/catch_all.hpp') },
    { package: 'libsimde-dev', there: () => hasFile('/usr/include/simde/wasm/simd128.h', '/usr/local/include/simde/wasm/simd128.h') },
    { package: 'python3-venv', there: () => spawnSync('python3', ['-c', 'import ensurepip, venv']).status === 0 },
  ],
  browser: [{ package: 'chromium', there: () => has('chromium') || has('google-chrome') || process.env.CHROME_PATH !== undefined }],
  firefox: [{ package: 'firefox-esr', there: () => has('firefox') || has('firefox-esr') || process.env.FIREFOX_PATH !== undefined }],
  webkit: [
    { package: 'webkit2gtk-driver', there: () => has('WebKitWebDriver') },
    { package: 'xvfb', there: () => has('Xvfb') || process.env.DISPLAY !== undefined },
  ],
  bench: [
    { package: 'g++', there: () => has('g++') },
    { package: 'libsimde-dev', there: () => hasFile('/usr/include/simde/wasm/simd128.h', '/usr/local/include/simde/wasm/simd128.h') },
  ],
};

/** Runs a command with its output shown on stderr, so that stdout stays for results; throws with the command if it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed (${result.status ?? result.signal})`);
}

/** Installs what is missing for `purposes` ('build', 'test', …) with apt-get where that is possible, else says what to install. */
export function ensureTools(...purposes) {
  const missing = purposes.flatMap((purpose) => TOOLS[purpose]).filter((tool) => !tool.there()).map((tool) => tool.package);
  if (missing.length === 0) return;
  if (!aptInstall(missing)) throw new Error(`please install ${missing.join(', ')} (the names of Debian's packages), then run this again`);
}

/** Installs packages of Debian; false where apt-get cannot be used. Throws if it fails. */
export function aptInstall(packages) {
  const sudo = process.getuid?.() === 0 ? [] : has('sudo') ? ['sudo'] : undefined;
  if (!has('apt-get') || !sudo) return false;
  console.error(`installing ${packages.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const aptGet = (...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', '-q', '-o', 'Dpkg::Use-Pty=0', ...args];
    run(command, rest, { env, stdio: ['ignore', 'ignore', 2] });
  };
  aptGet('update');
  aptGet('install', '-y', '--no-install-recommends', ...packages);
  return true;
}

/** npm ci, unless node_modules is already what package-lock.json says. */
export function ensurePackages(folder = root) {
  const lock = path.join(folder, 'package-lock.json');
  const stamp = path.join(folder, 'node_modules', '.installed');
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.error('installing npm packages …');
  // No package here needs its install script; some would download binaries that are not used.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

/** The environment emscripten needs: Debian's optimizer finds its JavaScript parser (acorn) through NODE_PATH. */
export function emscriptenEnvironment() {
  const debian = '/usr/share/nodejs';
  const nodePath = [process.env.NODE_PATH, existsSync(path.join(debian, 'acorn')) ? debian : undefined].filter(Boolean).join(':');
  return nodePath ? { ...process.env, NODE_PATH: nodePath } : { ...process.env };
}
