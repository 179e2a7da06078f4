/** Vocabulary files: text, text with its index, or TFRecords in gzip. */
import { FeatureColumnError } from '../errors.js';
import { checked, type Handle, type NativeModule } from '../runtime/module.js';
import type { PartName } from '../runtime/wasm_source.js';
import { lazy } from './lazy.js';
import type { Loader, Resolved } from './loader.js';
import { EarlyLines } from './early_lines.js';
import { pathOf } from './file_names.js';
import { isPrebuilt } from './prebuilt_magic.js';
import type { LoadOptions, VocabularyRequest } from './types.js';

/** `text` may turn out to be prebuilt: its first bytes tell. */
export type VocabularyFormat = 'text' | 'prebuilt' | 'tfrecord_gzip';

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

/**
 * Reads a file and builds its vocabulary: the handle. `inOneGo`: when all of it is there, so that its index is the same however the file came.
 *
 * @throws FeatureColumnError as Resources.vocabulary says
 */
export async function loadVocabulary(native: NativeModule, loader: Loader, file: Resolved, format: VocabularyFormat, dtype: string, size: number, inOneGo: boolean, options: LoadOptions): Promise<Handle> {
  // What the core has not comes beside the file.
  const parts = native.parts.need(['vocabulary', ...(dtype === 'string' ? [] : ['columns' as const]), ...PARTS[format]], options.signal);
  parts.catch(() => {}); // the file may fail first
  if (format === 'tfrecord_gzip') {
    const [{ loadRecords }] = await Promise.all([lazy(import('./record_vocabulary.js')), parts]);
    return loadRecords(native, loader, file, dtype, size, options);
  }
  const lines = inOneGo || format !== 'text' || dtype !== 'string' ? undefined : new EarlyLines(native, size);
  const { address, bytes, early = 0 } = await loader.readNative(file, 'vocabulary', options, lines);
  const prebuilt = format === 'prebuilt' || isPrebuilt(native.HEAPU8.subarray(address, address + bytes));
  try {
    await parts;
    if (prebuilt) await native.parts.need(PREBUILT_PARTS, options.signal);
  } catch (error) {
    native.free(address);
    if (early) native.earlyEnd(early);
    throw error;
  }
  // Others may have begun with the lines of a file that is wanted in one go.
  const handle = prebuilt ? native.vocabularyFromPrebuilt(address, bytes, dtype, size, file.url) : native.vocabularyFromText(address, bytes, dtype, size, file.url, lines ? early : 0);
  if (early) native.earlyEnd(early);
  return checked(native, handle);
}
