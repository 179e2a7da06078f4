// npm run bench: measures the package against its named peers and writes tests/bench/RESULTS.md and build/bench/results.json.
//   npm run bench -- --row 3,5    some rows     --full: the sizes that take minutes and gigabytes     --rounds N (default 9, at least 7)
//   npm run bench -- --browser    the rows that make sense in a page, in headless Chromium: tests/bench/BROWSER.md and build/bench/browser-results.json
import { readFileSync, readdirSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePackages, ensureTools, root } from './toolchain.mjs';

const at = (...parts) => path.join(root, ...parts);
const { values } = parseArgs({
  options: { row: { type: 'string' }, browser: { type: 'boolean', default: false }, full: { type: 'boolean', default: false }, rounds: { type: 'string', default: '9' } },
});
const wanted = values.row?.split(',').map((name) => name.trim());
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 7) throw new Error(`--rounds is a whole number from 7, not ${values.rounds}`);

ensurePackages();
ensurePackages(at('tests/bench'));
if (!existsSync(at('dist/index.js'))) await (await import('./build.mjs')).build();
mkdirSync(at('build/bench'), { recursive: true });

async function nodeRows(tell) {
  const fc = await import(pathToFileURL(at('dist/index.js')));
  // The numbered rows first.
  const files = readdirSync(at('tests/bench/rows')).filter((file) => file.endsWith('.mjs')).sort((a, b) => b.startsWith('row') - a.startsWith('row') || (a < b ? -1 : 1));
  /** row05_bytes.mjs is row "5", growth.mjs row "growth". */
  const nameOf = (file) => /^row0*(\d+)/.exec(file)?.[1] ?? path.basename(file, '.mjs');
  for (const name of wanted ?? []) if (!files.some((file) => nameOf(file) === name)) throw new Error(`there is no row ${name}; there are ${files.map(nameOf).join(', ')}`);
  for (const file of files) {
    if (wanted && !wanted.includes(nameOf(file))) continue;
    const { run } = await import(pathToFileURL(at('tests/bench/rows', file)));
    for (const each of await run(fc, { rounds, full: values.full })) tell(each);
  }
  return `Node ${process.version} (V8 ${process.versions.v8})`;
}

async function browserRows(tell) {
  ensureTools('browser');
  const { measure } = await import('../tests/bench/browser/run.mjs');
  return measure({ wanted, rounds, full: values.full, tell });
}

const results = [];
const engine = await (values.browser ? browserRows : nodeRows)((each) => {
  results.push(each);
  console.log(line(each));
});

/** Significant digits that a ratio deserves. */
function short(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function line({ row, what, unit, figures, ratios, targets, note }) {
  const times = Object.entries(figures).map(([name, { min, median }]) => `${name} ${short(min)}–${short(median)}`).join('; ');
  const faster = Object.entries(ratios).map(([name, ratio]) => `**${short(ratio)}×** ${name}${targets[name] ? ` (target ${targets[name]}×)` : ''}`).join('; ');
  return `| ${row} | ${what} | ${faster || '–'} | ${times} ${unit}${note ? ` (${note})` : ''} |`;
}

const peers = JSON.parse(readFileSync(at('tests/bench/package.json'), 'utf8')).dependencies;
const again = values.browser ? 'npm run bench -- --browser' : 'npm run bench';
const page = `# Benchmark${values.browser ? ' in a browser' : ''}

Measured by \`${again}\`: contenders take turns in one ${values.browser ? 'page, or start one after the other' : 'process'}, results are checked against each other before any timing,
${rounds} rounds after a warm-up; figures are minimum–median. **Ratios are what counts** (how many times faster than the peer, by medians);
absolute times are of the machine below. \`${again}${values.browser ? '' : ' --'} --row 8\` repeats one row, \`--full\` adds the sizes that need gigabytes.

${cpus().length} × ${cpus()[0].model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${engine}; ${Object.entries(peers).map(([name, version]) => `${name} ${version}`).join(', ')}.

| row | what | faster than | minimum–median |
|---|---|---|---|
${results.map(line).join('\n')}
`;
const written = values.browser ? ['build/bench/browser-results.json', 'tests/bench/BROWSER.md'] : ['build/bench/results.json', 'tests/bench/RESULTS.md'];
writeFileSync(at(written[0]), JSON.stringify({ engine, node: process.versions, cpu: cpus()[0].model, peers, results }, null, 1));
if (values.row === undefined) writeFileSync(at(written[1]), page);
