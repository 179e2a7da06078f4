// Row 5: UTF-8 bytes to ids by the core alone, keys already in its memory: wasm against the same source compiled for this processor
// with prefetch, and against absl::flat_hash_map. One key in ten is out of vocabulary. "Two random lines" is the floor: what any exact lookup has to read.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { compare, result } from '../harness.mjs';
import { freshUtf8, packUtf8, vocabularyBytes } from '../data.mjs';
import { lookupInWasm } from '../peers/lookup.mjs';
import { buildFolder, compilerVersion, ensureLibrary, nativeProgram, serve } from '../peers/native.mjs';

const COUNT = 1_000_000;
const NATIVE = 'own source, native';
const LINES = 'two random lines, native';
const ABSL = 'absl::flat_hash_map';

export async function run(fc, { rounds, full }) {
  ensureLibrary('absl_flat_hash_map', 'libabsl-dev');
  const program = nativeProgram('lookup_bench');
  const results = [];
  for (const n of full ? [20_000, 1_000_000, 10_000_000] : [20_000, 1_000_000]) {
    const text = vocabularyBytes(n);
    const packed = packUtf8(freshUtf8(n, COUNT, 5));
    const files = [path.join(buildFolder, 'vocabulary.txt'), path.join(buildFolder, 'keys.bin')];
    writeFileSync(files[0], text);
    writeFileSync(files[1], packed);
    const core = await lookupInWasm(text, COUNT);
    core.fill(packed);
    core.find();
    const native = await serve(program, files);
    const [, own, absl] = native.ready.split(' ');
    const digest = String(core.digest());
    if (own !== digest || (absl !== 'none' && absl !== digest)) throw new Error(`the ids differ: ${digest} in wasm, ${own} natively, ${absl} of absl`);
    const times = await compare([
      { name: 'feature-columns', work: () => core.find() },
      { name: NATIVE, work: () => native.ask('own') },
      { name: LINES, work: () => native.ask('lines') },
      ...(absl === 'none' ? [] : [{ name: ABSL, work: () => native.ask('absl') }]),
    ], { rounds });
    native.end();
    const cached = n < 1e6;
    results.push(result(5, `bytes to ids, the core alone, ${n.toLocaleString('en')} keys`, times, {
      unit: 'ns/key', scale: 1e6 / COUNT, targets: cached ? {} : { [NATIVE]: 0.85, [ABSL]: 4 },
      note: absl === 'none' ? `${compilerVersion()}; skipped: absl, for want of libabsl-dev` : compilerVersion(),
    }));
  }
  return results;
}
