// Row 6: resident bytes a key, text included, against a Map from strings to numbers: each measured in a process of its own. Ours
// twice: what the core counts for the vocabulary, and the whole wasm memory but for the table, with the 2 MB that it starts with.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const probe = path.join(path.dirname(fileURLToPath(import.meta.url)), '../resident.mjs');

/** What resident.mjs prints. */
function measure(contender, n) {
  const done = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=8192', probe, contender, String(n)], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

export async function run(fc, { full }) {
  return (full ? [20_000, 100_000, 1_000_000, 10_000_000] : [20_000, 100_000, 1_000_000]).map((n) => {
    const ours = measure('feature-columns', n);
    const map = measure('map', n);
    if (ours.sample !== map.sample) throw new Error(`the keys differ: ${ours.sample} and ${map.sample}`);
    const figure = (bytes) => ({ min: bytes / n, median: bytes / n });
    return {
      row: 6, what: `resident bytes a key of 12 bytes, ${n.toLocaleString('en')} keys`, unit: 'bytes/key',
      figures: { 'feature-columns': figure(ours.vocabulary), 'whole wasm memory': figure(ours.memory), Map: figure(map.heap) },
      ratios: { Map: map.heap / ours.vocabulary }, targets: { Map: (1 / 0.36).toFixed(2) },
      note: `${(ours.vocabulary / map.heap).toFixed(3)} of the Map`,
    };
  });
}
