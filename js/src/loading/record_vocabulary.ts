/** Vocabularies of TFRecords in gzip. */
import { allocate, checked, nativeError, type Handle, type NativeModule } from '../runtime/module.js';
import { gunzip, inflateError, isGzip } from './gunzip.js';
import type { Loader, Resolved } from './loader.js';
import type { LoadOptions } from './types.js';

/** Reads a file and builds its vocabulary: the handle. */
export async function loadRecords(native: NativeModule, loader: Loader, file: Resolved, dtype: string, size: number, options: LoadOptions): Promise<Handle> {
  const compressed = await loader.readBytes(file, 'vocabulary', options);
  if (isGzip(compressed)) {
    const { address, bytes } = await gunzip(native, compressed, file.url, options.signal);
    return checked(native, native.vocabularyFromRecords(address, bytes, dtype, size, file.url));
  }
  // A server may have sent the file with `Content-Encoding: gzip`: then fetch has inflated it, and records are what is left.
  const address = allocate(native, compressed.length, file.url);
  native.HEAPU8.set(compressed, address);
  const handle = native.vocabularyFromRecords(address, compressed.length, dtype, size, file.url);
  if (handle !== 0) return handle;
  const problem = nativeError(native);
  throw inflateError(file.url, `incorrect header check, and as records: ${problem.message}`, problem);
}
