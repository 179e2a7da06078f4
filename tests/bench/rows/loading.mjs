// Loading a table of 256 MB (1 M x 64 float32) from a file, in a process of its own each time: how long it takes against copying its bytes
// once into memory of WebAssembly, and how much memory the process takes at its peak. The code that reads files of the kind is there: what it
// takes to import and compile it is in the time of the first load of a process, beside.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeLoad, serveFolder, writeTables } from '../../node/load_files.mjs';
import { result } from '../harness.mjs';

const ROWS = 1_000_000;
const DIMENSION = 64;
const BYTES = ROWS * DIMENSION * 4;
const COPY = 'its bytes copied once';
const entry = fileURLToPath(new URL('../../../dist/index.js', import.meta.url));

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

export async function run(fc, { rounds }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcol-loading-'));
  const files = writeTables(folder, ROWS, DIMENSION);
  const first = writeTables(folder, 2, DIMENSION, 'first');
  const server = await serveFolder(folder);
  const results = [];
  try {
    for (const [how, url] of [['a file', undefined], ['HTTP', server.url]]) {
      const samples = { copy: [], npy: [], safetensors: [], checkpoint: [] };
      const cold = { npy: [], safetensors: [], checkpoint: [] };
      for (let round = -1; round < rounds; ++round) {
        for (const what of Object.keys(samples)) {
          const probe = { entry, what, file: files[what === 'copy' ? 'npy' : what], url, rows: ROWS, dimension: DIMENSION };
          const sample = await probeLoad({ ...probe, first: first[what] });
          if (round >= 0) samples[what].push(sample);
          if (round >= 0 && cold[what]) cold[what].push((await probeLoad(probe)).milliseconds);
        }
      }
      const timesOf = (what) => {
        const times = samples[what].map(({ milliseconds }) => milliseconds);
        return { min: Math.min(...times), median: median(times) };
      };
      const peakOf = (what) => `${(Math.max(...samples[what].map(({ peakBytes }) => peakBytes)) / BYTES).toFixed(2)} x the table`;
      for (const what of ['npy', 'safetensors', 'checkpoint']) {
        results.push(result('loading', `table of 256 MB from ${how}, ${what}`, { 'feature-columns': timesOf(what), [COPY]: timesOf('copy') }, {
          targets: { [COPY]: 0.8 }, note: `the first load of a process ${Math.min(...cold[what]).toFixed(0)}–${median(cold[what]).toFixed(0)} ms; peak: ${peakOf(what)}, of the copy ${peakOf('copy')}`,
        }));
      }
    }
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}
