/** Vocabulary files: text, or TFRecords in gzip. */
import { FeatureColumnError } from '../errors.js';
import { checked, type Handle, type NativeModule } from '../runtime/module.js';
import { lazy } from './lazy.js';
import type { Loader, Resolved } from './loader.js';
import { pathOf } from './file_names.js';
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
  // These are not in the core.
  if (dtype !== 'string') await native.parts.need('columns');
  if (format !== 'text') await native.parts.need('checkpoint');
  if (format === 'text') {
    const { address, bytes } = await loader.readNative(file, 'vocabulary', options);
    return checked(native, native.vocabularyFromText(address, bytes, dtype, size, file.url));
  }
  return (await lazy(import('./record_vocabulary.js'))).loadRecords(native, loader, file, dtype, size, options);
}
