// npm run bench: measures the package against its named peers and writes tests/bench/RESULTS.md and build/bench/results.json.
//   npm run bench -- --row 8      one row       --large: the sizes that take minutes and gigabytes       --rounds N (default 9)
import { readFileSync, readdirSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from './toolchain.mjs';

const at = (...parts) => path.join(root, ...parts);
const { values } = parseArgs({ options: { row: { type: 'string' }, large: { type: 'boolean', default: false }, rounds: { type: 'string', default: '9' } } });

ensurePackages();
ensurePackages(at('tests/bench'));
if (!existsSync(at('dist/index.js'))) await (await import('./build.mjs')).build();
mkdirSync(at('build/bench'), { recursive: true });

const fc = await import(pathToFileURL(at('dist/index.js')));
const files = readdirSync(at('tests/bench/rows')).filter((file) => file.endsWith('.mjs')).sort();
const results = [];
for (const file of files) {
  const row = Number(/^row(\d+)/.exec(file)[1]);
  if (values.row !== undefined && row !== Number(values.row)) continue;
  const { run } = await import(pathToFileURL(at('tests/bench/rows', file)));
  for (const each of await run(fc, { rounds: Number(values.rounds), large: values.large })) {
    results.push(each);
    console.log(line(each));
  }
}

/** Significant digits that a ratio deserves. */
function short(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function line({ row, what, unit, figures, ratios, targets, note }) {
  const times = Object.entries(figures).map(([name, { min, median }]) => `${name} ${short(min)}–${short(median)}`).join('; ');
  const faster = Object.entries(ratios).map(([name, ratio]) => `**${short(ratio)}×** ${name}${targets[name] ? ` (target ${targets[name]}×)` : ''}`).join('; ');
  return `| ${row} | ${what} | ${faster} | ${times} ${unit}${note ? ` (${note})` : ''} |`;
}

const peers = JSON.parse(readFileSync(at('tests/bench/package.json'), 'utf8')).dependencies;
const page = `# Benchmark

Measured by \`npm run bench\`: contenders take turns in one process, results are checked against each other before any timing, at least
${values.rounds} rounds after a warm-up; figures are minimum–median. **Ratios are what counts** (how many times faster than the peer, by medians); absolute times
are of the machine below. \`npm run bench -- --row 8\` repeats one row, \`--large\` adds the sizes that need gigabytes.

${cpus().length} × ${cpus()[0].model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version} (V8 ${process.versions.v8}); ${Object.entries(peers).map(([name, version]) => `${name} ${version}`).join(', ')}.

| row | what | faster than | minimum–median |
|---|---|---|---|
${results.map(line).join('\n')}
`;
writeFileSync(at('build/bench/results.json'), JSON.stringify({ node: process.versions, cpu: cpus()[0].model, peers, results }, null, 1));
if (values.row === undefined) writeFileSync(at('tests/bench/RESULTS.md'), page);
