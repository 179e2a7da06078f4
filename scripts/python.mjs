// The exporter's tests and fresh random cases: TensorFlow from PyPI in an environment of its own, kept in build/python.
// FCOL_PYTHON names a Python that has TensorFlow already; FCOL_SEED and FCOL_CASES say which random cases, and how many.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

const REQUIREMENTS = ['tensorflow>=2.16,<2.22', 'tf-keras>=2.16,<2.22'];
const environment = path.join(root, 'build/python');

/** A Python with TensorFlow, or why there is none. */
export function python() {
  if (process.env.FCOL_PYTHON) return { program: process.env.FCOL_PYTHON };
  const program = path.join(environment, 'bin/python');
  const stamp = path.join(environment, 'installed');
  if (existsSync(stamp)) return { program };
  console.error('installing TensorFlow from PyPI …');
  mkdirSync(path.dirname(environment), { recursive: true });
  const steps = [['python3', '-m', 'venv', '--clear', environment], [program, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...REQUIREMENTS]];
  for (const [command, ...args] of steps) {
    const done = spawnSync(command, args, { stdio: ['ignore', 2, 'pipe'], encoding: 'utf8', timeout: 15 * 60 * 1000 });
    if (done.status !== 0) return { missing: `${path.basename(command)} ${args.join(' ')}: ${(done.error?.message ?? done.stderr ?? '').trim().split('\n').at(-1)}` };
  }
  writeFileSync(stamp, REQUIREMENTS.join('\n'));
  return { program };
}

/** Runs tests/python against the package in `app`; without TensorFlow it is skipped, and says so. */
export function pythonSuite(app) {
  const { program, missing } = python();
  if (missing !== undefined) {
    console.log(`# skipped: TensorFlow is not here (${missing})`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const shared = process.env.FCOL_SHARED ?? path.join(root, '../shared');
  const env = {
    ...process.env, PYTHONPATH: path.join(root, 'python'), PYTHONDONTWRITEBYTECODE: '1',
    FCOL_CLI: path.join(app, 'node_modules/feature-columns/dist/cli.js'), ...(existsSync(shared) && { FCOL_SHARED: path.resolve(shared) }),
  };
  const done = spawnSync(program, ['-W', 'ignore', '-m', 'unittest', 'discover', '-v', '-s', 'tests/python'], { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const text = `${done.stdout}\n${done.stderr}`;
  console.log(text.split('\n').filter((line) => !/^[WIE]\d{4} |absl::InitializeLog/.test(line)).join('\n').slice(-20000));
  const ran = Number(/^Ran (\d+) tests? in/m.exec(text)?.[1] ?? 0);
  const of = (name) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(text)?.[1] ?? 0);
  const failed = of('failures') + of('errors');
  return { passed: ran - failed - of('skipped'), failed: done.status === 0 && ran > 0 ? failed : Math.max(1, failed), skipped: of('skipped') };
}
