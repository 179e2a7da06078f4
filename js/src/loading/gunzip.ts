/** Gzip, inflated into the module's memory. */
import { FeatureColumnError } from '../errors.js';
import type { NativeModule } from '../runtime/module.js';
import { abortable } from './abort.js';
import { NativeSink, type NativeFile } from './byte_sink.js';

export const isGzip = (bytes: Uint8Array): boolean => bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;

/** DEFLATE cannot do better than this, so a larger promised size is a lie. */
const LARGEST_RATIO = 1032;

/** The uncompressed size (modulo 2^32) that the last 4 bytes of a gzip file tell. */
function promisedSize(bytes: Uint8Array): number | undefined {
  if (bytes.length < 18) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  return size <= bytes.length * LARGEST_RATIO ? size : undefined;
}

/** @throws FeatureColumnError `invalid_vocabulary` with TensorFlow's "inflate() failed", `aborted`, `out_of_memory` */
export async function gunzip(native: NativeModule, bytes: Uint8Array<ArrayBuffer>, url: string, signal: AbortSignal | undefined): Promise<NativeFile> {
  const sink = new NativeSink(native, url);
  sink.begin(0, promisedSize(bytes));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>).getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), url, signal).catch((cause: unknown) => {
        throw cause instanceof FeatureColumnError ? cause : inflateError(url, (cause as Error).message, cause);
      });
      if (done) break;
      sink.write(value);
    }
    ended = true;
    return sink.finish();
  } catch (error) {
    sink.discard();
    throw error;
  } finally {
    if (!ended) reader.cancel().catch(() => {});
  }
}

export function inflateError(url: string, why: string, cause?: unknown): FeatureColumnError {
  return new FeatureColumnError('invalid_vocabulary', `${url}: inflate() failed: ${why}. The file is no whole gzip file`, { cause });
}
