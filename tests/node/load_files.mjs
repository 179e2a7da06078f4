// Files of one table for tests and benchmarks of loading, and a child process that loads it and says what that took.
import { fork } from 'node:child_process';
import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tensorBundle } from '../suites/tensor_bundle.mjs';

const probe = fileURLToPath(new URL('load_probe.mjs', import.meta.url));

/** Small integers, which say where they stand: value(row, i) is exact in float32. */
export const value = (row, i, dimension) => (row * dimension + i) % 65521;

function tableOf(rows, dimension) {
  const values = new Float32Array(rows * dimension);
  for (let i = 0; i < values.length; ++i) values[i] = i % 65521;
  return values;
}

/** Writes <name>.npy, <name>.safetensors and the checkpoint <name>.ckpt, each with a tensor "table"; the paths by kind. */
export function writeTables(folder, rows, dimension, name = 'table') {
  const values = tableOf(rows, dimension);
  const bytes = Buffer.from(values.buffer);
  const at = (file) => path.join(folder, file);
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dimension}), }`.padEnd(117) + '\n';
  const npyHead = Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, dict.length & 255, dict.length >> 8]), Buffer.from(dict)]);
  writeFileSync(at(`${name}.npy`), Buffer.concat([npyHead, bytes]));
  const header = Buffer.from(JSON.stringify({ table: { dtype: 'F32', shape: [rows, dimension], data_offsets: [0, bytes.length] } }));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(at(`${name}.safetensors`), Buffer.concat([size, header, bytes]));
  const bundle = tensorBundle(`${name}.ckpt`, { table: { shape: [rows, dimension], values } });
  for (const [file, content] of Object.entries(bundle)) writeFileSync(at(file), content);
  return { npy: at(`${name}.npy`), safetensors: at(`${name}.safetensors`), checkpoint: at(`${name}.ckpt.data-00000-of-00001`) };
}

/** A server of a folder's files, on this machine. */
export async function serveFolder(folder) {
  const server = createServer((request, response) => {
    const file = path.join(folder, path.basename(decodeURIComponent(request.url)));
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-length': stat.size, 'content-type': 'application/octet-stream' });
    createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/**
 * Loads a table in a process of its own: {milliseconds, peakBytes (resident memory above what it was), heapBytes, heldBytes (of what was
 * loaded), value (the last)}. `what`: a kind of file, "vocabulary" for lines `line 0`, `line 1`, …, or "copy" for the bytes copied once.
 * `first`: a table of two rows that is loaded before, so that the code which reads such files is there.
 */
export function probeLoad({ entry, what, file, first, url, rows, dimension }) {
  const from = (name) => (url ? `${url}${path.basename(name)}` : name);
  return new Promise((resolve, reject) => {
    const child = fork(probe, [entry, what, from(file), String(rows), String(dimension), ...(first ? [from(first)] : [])], { execArgv: [] });
    let answer;
    child.once('message', (message) => (answer = message));
    child.once('error', reject);
    child.once('exit', (code) => (answer ? resolve(answer) : reject(new Error(`the probe of ${what} ended with ${code}`))));
  });
}
