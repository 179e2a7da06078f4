// The parsers of the core alone, over bytes that are in memory already: in wasm, and natively in a process of its own.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildFolder, ensureLibrary, nativeProgram, serve, wasmProgram } from './native.mjs';

/** Of the core's ParseFormat. */
const FORMATS = { examples: 0, ndjson: 1 };

/** {run(format), digests}: a digest of all values for each format. */
export async function parsingInWasm(examples, ndjson) {
  const core = await wasmProgram('parse_wasm');
  const places = Object.entries({ examples, ndjson }).map(([format, bytes]) => {
    const at = core.malloc(bytes.length) >>> 0;
    if (at === 0) throw new Error('the wasm module has no memory for the benchmark');
    new Uint8Array(core.memory.buffer).set(bytes, at);
    return [format, { at, size: bytes.length }];
  });
  const of = Object.fromEntries(places);
  const run = (format) => {
    if (!core.parseRun(FORMATS[format], of[format].at, of[format].size)) throw new Error(`the core refused the ${format}`);
  };
  const digests = places.map(([format]) => (run(format), core.parseDigest() >>> 0));
  return { run, digests };
}

/** The same natively, and simdjson, if it is there (`hasSimdjson`), as the format `simdjson`; their values must have the same bits. */
export async function parsingNatively(examples, ndjson, digests) {
  const files = ['parse_examples.bin', 'parse_rows.ndjson'].map((name) => path.join(buildFolder, name));
  [examples, ndjson].forEach((bytes, i) => writeFileSync(files[i], bytes));
  ensureLibrary('simdjson', 'libsimdjson-dev');
  const native = await serve(nativeProgram('parse_bench'), files);
  files.forEach((file) => rmSync(file));
  const [, ofExamples, ofRows, ofSimdjson] = native.ready.split(' ');
  const hasSimdjson = ofSimdjson !== 'none';
  const own = [ofExamples, ofRows].map(Number);
  if (String(own) !== String(digests) || (hasSimdjson && Number(ofSimdjson) !== digests[1])) throw new Error(`the values differ: ${digests} in wasm, natively ${native.ready}`);
  return { hasSimdjson, run: (format, times) => native.ask(`${format} ${times}`), end: native.end };
}
