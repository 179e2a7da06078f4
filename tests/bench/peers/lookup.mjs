// The lookup of the core in a wasm module of its own: keys go straight into its memory, ids are read from it.
import { wasmProgram } from './native.mjs';

/** A vocabulary and room for `count` keys at a time, of which no more than `bytesPerKey` are taken on average. */
export async function lookupInWasm(text, count, bytesPerKey = 16) {
  const core = await wasmProgram('lookup_wasm');
  const allocate = (size) => {
    const at = core.malloc(size) >>> 0;
    if (at === 0) throw new Error('the wasm module has no memory for the benchmark');
    return at;
  };
  const capacity = (count + 2) * 4 + count * bytesPerKey;
  const keys = allocate(capacity);
  const place = (bytes, at) => new Uint8Array(core.memory.buffer).set(bytes, at);
  const file = allocate(text.length);
  place(text, file);
  if (!core.lookupMake(file, text.length, count)) throw new Error('the wasm module refused the vocabulary');
  return {
    /** Puts keys in place, packed as packUtf8 does it. */
    fill(packed) {
      if (packed.length > capacity) throw new Error('the keys are longer than the room for them');
      place(packed, keys);
    },
    find: () => core.lookupFind(keys),
    ids: () => Int32Array.from(new BigInt64Array(core.memory.buffer, core.lookupIds() >>> 0, count), Number),
    digest: () => core.lookupDigest() >>> 0,
  };
}

/** Hash buckets of keys, and nothing but Fingerprint64 of them: {fill(packed), buckets(number), ids(count), hash()}. */
export async function hashInWasm(bytes) {
  const core = await wasmProgram('lookup_wasm');
  const keys = core.malloc(bytes) >>> 0;
  return {
    fill: (packed) => new Uint8Array(core.memory.buffer).set(packed, keys),
    hash: () => core.hashAll(keys),
    /** Answers where ids() are. */
    buckets: (number) => core.hashBuckets(keys, number) >>> 0,
    ids: (at, count) => Int32Array.from(new BigInt64Array(core.memory.buffer, at, count), Number),
  };
}
