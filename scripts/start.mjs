// npm start: sets up what is missing, builds, scores the sample sessions offline in Node, then serves the demo page.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensurePackages, ensureTools, root } from './toolchain.mjs';

ensureTools('build');
ensurePackages();
const { build } = await import('./build.mjs');
await build();
const { buildDemo } = await import('./build-demo.mjs');
const demo = await buildDemo();

const at = (...parts) => path.join(root, ...parts);
const cli = at('dist/cli.js');
const output = at('build/sample-scores.ndjson');
const score = spawnSync('node', [cli, 'score', '--spec', at('demo/model/spec.json'), '--input', at('demo/model/sessions.ndjson'), '--output', output], { stdio: 'inherit' });
if (score.status !== 0) process.exit(score.status ?? 1);

const { readFileSync } = await import('node:fs');
const rows = readFileSync(output, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
console.log(`\nScored ${rows.length} sample sessions offline (build/sample-scores.ndjson). The five likeliest:`);
const likeliest = rows.map((row) => ({ row, probability: row.probabilities[1] })).sort((a, b) => b.probability - a.probability).slice(0, 5);
for (const { row, probability } of likeliest) {
  console.log(`  ${(100 * probability).toFixed(1).padStart(5)} %  ${row.impression_video_id}   after ${row.watched_video_id.slice(0, 3).join(', ')}${row.watched_video_id.length > 3 ? ', …' : ''}`);
}

if (!process.argv.includes('--no-serve')) {
  const { serve } = await import('./serve.mjs');
  const port = Number(process.env.PORT ?? 8080);
  await serve(demo, port);
}
