// The command line as a child process, and what its outputs hold.
import { spawn, spawnSync } from 'node:child_process';
import { cli } from './package.mjs';

/** Runs a command to its end with `input` on standard input. */
export const run = (args, input = '', program = cli) => spawnSync('node', [program, ...args], { input: Buffer.from(input), maxBuffer: 1 << 28 });

/** The same with the input in pieces, each a chunk of its own as far as a pipe keeps them apart. */
export async function runInPieces(args, pieces, program = cli) {
  const child = spawn('node', [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const collected = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => collected[name].push(chunk));
  child.stdin.on('error', () => {}); // it may end before its input does
  for (const piece of pieces) {
    child.stdin.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  child.stdin.end();
  const status = await new Promise((resolve) => child.on('close', resolve));
  return { status, stdout: Buffer.concat(collected.stdout), stderr: Buffer.concat(collected.stderr) };
}

/** Bytes cut into pieces of random lengths up to `longest`. */
export function piecesOf(bytes, longest, random = Math.random) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += pieces.at(-1).length) pieces.push(bytes.subarray(at, at + 1 + Math.floor(random() * longest)));
  return pieces;
}

export const lines = (buffer) => buffer.toString('utf8').trimEnd().split('\n').map((line) => JSON.parse(line));

/** The same numbers with the same seed. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
