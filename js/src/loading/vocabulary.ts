/** Vocabulary files: text, or TFRecords in gzip. */
import { FeatureColumnError } from '../errors.js';
import { allocate, checked, nativeError, type Handle, type NativeModule } from '../runtime/module.js';
import { gunzip, inflateError, isGzip } from './gunzip.js';
import type { Loader, Resolved } from './loader.js';
import { pathOf } from './location.js';
import type { LoadOptions, VocabularyRequest } from './types.js';

export type VocabularyFormat = 'text' | 'tfrecord_gzip';

/** By the argument, else by the ending, as TensorFlow tells it. @throws FeatureColumnError `invalid_definition` */
export function vocabularyFormat({ column, fileFormat }: VocabularyRequest, url: string): VocabularyFormat {
  if (fileFormat === 'text' || fileFormat === 'tfrecord_gzip') return fileFormat;
  if (fileFormat !== undefined && fileFormat !== null) {
    throw new FeatureColumnError('invalid_definition', `file_format should be one of ["text", "tfrecord_gzip"], column_name: ${column}. Given: ${fileFormat}`, { column, value: fileFormat });
  }
  return pathOf(url).endsWith('tfrecord.gz') ? 'tfrecord_gzip' : 'text';
}

/** The class of dtypes that a vocabulary tells apart: all integers are read as int64. */
export const vocabularyDtype = (dtype: string): string => (/^u?int\d+$/.test(dtype) ? 'int64' : dtype);

/** Reads a file and builds its vocabulary: the handle. @throws FeatureColumnError as Resources.vocabulary says */
export async function loadVocabulary(native: NativeModule, loader: Loader, file: Resolved, format: VocabularyFormat, dtype: string, size: number, options: LoadOptions): Promise<Handle> {
  if (format === 'text') {
    const { address, bytes } = await loader.readNative(file, 'vocabulary', options);
    return checked(native, native.vocabularyFromText(address, bytes, dtype, size, file.url));
  }
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
