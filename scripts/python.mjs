// The exporter's tests and fresh random cases: TensorFlow from PyPI in an environment of its own, kept in build/python.
// FCOL_PYTHON names a Python that has TensorFlow already; FCOL_SEED and FCOL_CASES say which random cases, and how many.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

const REQUIREMENTS = ['tensorflow>=2.16,<2.22', 'tf-keras>=2.16,<2.22'];
const INSTALL_MINUTES = 15;
const environment = path.join(root, 'build/python');

const lastLine = (text) => (text ?? '').trim().split('\n').at(-1);

/** Runs a step; why it failed, or undefined. */
function problemOf(command, args) {
  const done = spawnSync(command, args, { stdio: ['ignore', 2, 'pipe'], encoding: 'utf8', timeout: INSTALL_MINUTES * 60 * 1000 });
  if (done.status === 0) return undefined;
  return `${path.basename(command)} ${args.join(' ')}: ${done.error?.message ?? (lastLine(done.stderr) || `ended with ${done.status ?? done.signal}`)}`;
}

/** Installed is not yet usable: TensorFlow's builds need AVX, and this Python's version. */
const importProblem = (program) => problemOf(program, ['-c', 'import tensorflow, tf_keras']);

/** A Python with TensorFlow, or why there is none. */
function python() {
  if (process.env.FCOL_PYTHON) {
    const problem = importProblem(process.env.FCOL_PYTHON);
    // Somebody asked for this one: it is no reason to skip.
    if (problem !== undefined) throw new Error(`FCOL_PYTHON=${process.env.FCOL_PYTHON} has no TensorFlow with tf-keras: ${problem}`);
    return { program: process.env.FCOL_PYTHON };
  }
  const program = path.join(environment, 'bin/python');
  const stamp = path.join(environment, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === REQUIREMENTS.join('\n')) return { program };
  console.error('installing TensorFlow from PyPI …');
  mkdirSync(path.dirname(environment), { recursive: true });
  const missing =
    problemOf('python3', ['-m', 'venv', '--clear', environment]) ??
    problemOf(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...REQUIREMENTS]) ??
    importProblem(program);
  if (missing !== undefined) return { missing };
  writeFileSync(stamp, REQUIREMENTS.join('\n'));
  return { program };
}

/**
 * Runs tests/python against the package in `app`; without TensorFlow it is skipped, and says so.
 *
 * @param options `{cases, seed}`: how many random cases, and which; default FCOL_CASES, FCOL_SEED, else 150 of any seed
 */
export function pythonSuite(app, { cases, seed } = {}) {
  const { program, missing } = python();
  if (missing !== undefined) {
    console.log(`# skipped: TensorFlow is not here (${missing})`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const shared = process.env.FCOL_SHARED ?? path.join(root, '../shared');
  const env = {
    ...process.env, PYTHONPATH: path.join(root, 'python'), PYTHONDONTWRITEBYTECODE: '1',
    FCOL_CLI: path.join(app, 'node_modules/feature-columns/dist/cli.js'), ...(existsSync(shared) && { FCOL_SHARED: path.resolve(shared) }),
    ...(cases !== undefined && { FCOL_CASES: cases }), ...(seed !== undefined && { FCOL_SEED: seed }),
  };
  const done = spawnSync(program, ['-W', 'ignore', '-m', 'unittest', 'discover', '-v', '-s', 'tests/python'], { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const text = `${done.stdout}\n${done.stderr}`;
  console.log(text.split('\n').filter((line) => !/^[WIE]\d{4} |absl::InitializeLog/.test(line)).join('\n').slice(-20000));
  const ran = Number(/^Ran (\d+) tests? in/m.exec(text)?.[1] ?? 0);
  const of = (name) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(text)?.[1] ?? 0);
  const failed = of('failures') + of('errors');
  return { passed: Math.max(0, ran - failed - of('skipped')), failed: done.status === 0 && ran > 0 ? failed : Math.max(1, failed), skipped: of('skipped') };
}
