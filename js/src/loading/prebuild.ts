/** A vocabulary with its index as one file. */
import { FeatureColumnError } from '../errors.js';
import { allocate, nativeError, type Handle, type NativeModule } from '../runtime/module.js';
import type { Share } from './shared_cache.js';
import { PREBUILT_PARTS } from './vocabulary.js';

/** `load` gives the vocabulary. @throws FeatureColumnError `invalid_argument`, `unsupported`, `out_of_memory`; those of `load` */
export async function prebuild(native: NativeModule, vocabularySize: number | undefined, load: () => Promise<Share<Handle>>, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (vocabularySize !== undefined && !(Number.isSafeInteger(vocabularySize) && vocabularySize > 0)) {
    throw new FeatureColumnError('invalid_argument', `vocabularySize is a number of lines, at least 1. Given: ${String(vocabularySize)}`, { value: vocabularySize });
  }
  const share = await load();
  try {
    await native.parts.need(PREBUILT_PARTS, signal);
    const size = native.prebuiltSize(share.value);
    if (size === 0) throw nativeError(native);
    const address = allocate(native, size, 'the prebuilt vocabulary');
    native.prebuiltWrite(share.value, address);
    const bytes = native.HEAPU8.slice(address, address + size);
    native.free(address);
    return bytes;
  } finally {
    share.release();
  }
}
