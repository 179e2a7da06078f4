/** Vocabulary files: text, text with its index, or TFRecords in gzip. */
import { FeatureColumnError } from '../errors.js';
import { checked, type Handle, type NativeModule } from '../runtime/module.js';
import type { PartName } from '../runtime/wasm_source.js';
import { lazy } from './lazy.js';
import type { Loader, Resolved } from './loader.js';
import { pathOf } from './file_names.js';
import type { LoadOptions, VocabularyRequest } from './types.js';

/** `text` may turn out to be prebuilt: its first bytes tell. */
export type VocabularyFormat = 'text' | 'prebuilt' | 'tfrecord_gzip';

/** What src/vocabulary/prebuilt_vocabulary.cpp writes first. No text in UTF-8 begins so. */
const MAGIC = '\x89fcvocab';

/** Whether a file begins as a prebuilt vocabulary. It still does with one of its first bytes damaged, or cut off among them: it must not be taken for text then. */
function isPrebuilt(bytes: Uint8Array): boolean {
  const first = bytes.subarray(0, MAGIC.length);
  const wrong = first.filter((byte, i) => byte !== MAGIC.charCodeAt(i)).length;
  return first.length > 0 && wrong <= (first.length < MAGIC.length ? 0 : 1);
}

/** By the argument, else by the ending, as TensorFlow tells it; `.vocabulary` is ours. @throws FeatureColumnError `invalid_definition` */
export function vocabularyFormat({ column, fileFormat }: VocabularyRequest, url: string): VocabularyFormat {
  if (fileFormat === 'text' || fileFormat === 'tfrecord_gzip') return fileFormat;
  if (fileFormat !== undefined && fileFormat !== null) {
    throw new FeatureColumnError('invalid_definition', `file_format should be one of ["text", "tfrecord_gzip"], column_name: ${column}. Given: ${fileFormat}`, { column, value: fileFormat });
  }
  const path = pathOf(url);
  return path.endsWith('tfrecord.gz') ? 'tfrecord_gzip' : path.endsWith('.vocabulary') ? 'prebuilt' : 'text';
}

/** The class of dtypes that a vocabulary tells apart: all integers are read as int64. */
export const vocabularyDtype = (dtype: string): string => (/^u?int\d+$/.test(dtype) ? 'int64' : dtype);

export const PREBUILT_PARTS: readonly PartName[] = ['checkpoint', 'prebuilt'];
const PARTS: Readonly<Record<VocabularyFormat, readonly PartName[]>> = { text: [], prebuilt: PREBUILT_PARTS, tfrecord_gzip: ['checkpoint'] };

/** Reads a file and builds its vocabulary: the handle. @throws FeatureColumnError as Resources.vocabulary says */
export async function loadVocabulary(native: NativeModule, loader: Loader, file: Resolved, format: VocabularyFormat, dtype: string, size: number, options: LoadOptions): Promise<Handle> {
  // What the core has not comes beside the file.
  const parts = native.parts.need(['vocabulary', ...(dtype === 'string' ? [] : ['columns' as const]), ...PARTS[format]], options.signal);
  parts.catch(() => {}); // the file may fail first
  if (format === 'tfrecord_gzip') {
    const [{ loadRecords }] = await Promise.all([lazy(import('./record_vocabulary.js')), parts]);
    return loadRecords(native, loader, file, dtype, size, options);
  }
  const { address, bytes } = await loader.readNative(file, 'vocabulary', options);
  const prebuilt = format === 'prebuilt' || isPrebuilt(native.HEAPU8.subarray(address, address + bytes));
  try {
    await parts;
    if (prebuilt) await native.parts.need(PREBUILT_PARTS, options.signal);
  } catch (error) {
    native.free(address);
    throw error;
  }
  return checked(native, prebuilt ? native.vocabularyFromPrebuilt(address, bytes, dtype, size, file.url) : native.vocabularyFromText(address, bytes, dtype, size, file.url));
}
