// npm test: sets up what is missing, builds, and runs every suite. One suite: npm test -- native | sanitize | node | browser | python
// Only when they are asked for: npm test -- firefox | webkit, the suites of Chromium in these browsers.
// More random cases: npm test -- python --cases 5000; the same ones again: --seed N.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pythonSuite } from './python.mjs';
import { ensurePackages, ensureTools, root, run } from './toolchain.mjs';

const at = (...parts) => path.join(root, ...parts);
const SUITES = ['native', 'sanitize', 'node', 'browser', 'python'];
const OTHER_BROWSERS = ['firefox', 'webkit'];
const ALL = [...SUITES, ...OTHER_BROWSERS];
const { values: random, positionals: asked } = parseArgs({ allowPositionals: true, options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const notCounts = Object.entries(random).filter(([, value]) => !/^\d+$/.test(value)).map(([name, value]) => `--${name} ${value}`);
if (notCounts.length > 0) {
  console.error(`${notCounts.join(', ')}: a number is needed`);
  process.exit(2);
}
const unknown = asked.filter((name) => !ALL.includes(name));
if (unknown.length > 0) {
  console.error(`there is no suite ${unknown.join(', ')}; there are ${ALL.join(', ')}`);
  process.exit(2);
}
const suites = asked.length > 0 ? asked : SUITES;

ensureTools('build', 'test', 'browser');
ensurePackages();
run('node', [at('scripts/generate-codes.mjs'), '--check']); // the committed copy of src/base/error_codes.inc
const totals = { passed: 0, failed: 0, skipped: 0 };

function count(name, { passed, failed, skipped }) {
  console.log(`\n${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
}

/** Catch2: its own summary line is read, so that a run of nothing is a failure. */
function catch2(preset) {
  run('cmake', ['--preset', preset], { cwd: root });
  run('cmake', ['--build', '--preset', preset], { cwd: root });
  const result = spawnSync(at('build', preset, 'tests/native/fcol_tests'), [], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  process.stdout.write(result.stdout.slice(-20000));
  process.stderr.write(result.stderr.slice(-20000));
  const all = /All tests passed \(\d+ assertions? in (\d+) test cases?\)/.exec(result.stdout);
  const some = /test cases:\s*(\d+)(?:\s*\|\s*(\d+) passed)?(?:\s*\|\s*(\d+) failed)?/.exec(result.stdout);
  const passed = Number(all?.[1] ?? some?.[2] ?? 0);
  const failed = Number(some?.[3] ?? 0);
  count(`Catch2 (${preset})`, { passed, failed: result.status === 0 && passed > 0 ? 0 : Math.max(1, failed), skipped: 0 });
}

/** The packed tarball, installed in an empty folder, as a user has it. */
function installTarball() {
  const folder = mkdtempSync(path.join(tmpdir(), 'feature-columns-'));
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (packed.status !== 0) throw new Error('npm pack failed');
  const tarball = path.join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz')));
  const app = path.join(folder, 'app');
  run('mkdir', ['-p', app]);
  writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--offline', tarball], { cwd: app });
  return { folder, app };
}

/** Node's runner over tests/node, which import 'feature-columns' from the installed tarball. */
function nodeSuites(app) {
  const files = readdirSync(at('tests/node')).filter((file) => file.endsWith('_test.mjs')).map((file) => at('tests/node', file));
  const env = { ...process.env, FCOL_APP: app };
  // A free test of the strict CSP: no code from strings, in the tests' own process too.
  const result = spawnSync('node', ['--disallow-code-generation-from-strings', '--test', '--test-reporter=tap', ...files], { cwd: app, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const number = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(result.stdout)?.[1] ?? 0);
  const failures = result.stdout.split('\n').filter((line) => /^\s*not ok /.test(line));
  if (result.status !== 0) process.stdout.write(result.stdout.slice(-30000));
  process.stderr.write(result.stderr.slice(-5000));
  for (const line of failures) console.log(line);
  const passed = number('pass');
  count('Node', { passed, failed: result.status === 0 && passed > 0 ? 0 : Math.max(1, number('fail')), skipped: number('skipped') });
}

async function browserSuites(app) {
  const { runBrowser } = await import('../tests/browser/run.mjs');
  const driver = await import('../tests/browser/drivers/chromium.mjs');
  count('Chromium', await runBrowser({ app, driver }));
}

/** A browser that a machine need not have: skipped where it cannot be had or does not start. */
async function otherBrowserSuites(suite, app) {
  const { NotStarted, runBrowser } = await import('../tests/browser/run.mjs');
  const driver = await import(`../tests/browser/drivers/${suite}.mjs`);
  try {
    ensureTools(suite);
  } catch (error) {
    console.log(`${driver.name} is not installed: ${error.message}`);
    return count(driver.name, { passed: 0, failed: 0, skipped: 1 });
  }
  try {
    count(driver.name, await runBrowser({ app, driver }));
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    console.log(error.message);
    count(driver.name, { passed: 0, failed: 0, skipped: 1 });
  }
}

let installed;
try {
  if (suites.some((name) => name !== 'native' && name !== 'sanitize')) {
    const { build } = await import('./build.mjs');
    await build();
    const { buildDemo } = await import('./build-demo.mjs');
    await buildDemo();
    installed = installTarball();
  }
  for (const suite of suites) {
    if (suite === 'native' || suite === 'sanitize') catch2(suite);
    if (suite === 'node') nodeSuites(installed.app);
    if (suite === 'browser') await browserSuites(installed.app);
    if (OTHER_BROWSERS.includes(suite)) await otherBrowserSuites(suite, installed.app);
    if (suite === 'python') count('Python', pythonSuite(installed.app, random));
  }
} finally {
  if (installed) rmSync(installed.folder, { recursive: true, force: true });
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 || totals.passed + totals.skipped === 0 ? 1 : 0;
