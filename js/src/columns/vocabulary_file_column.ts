import type { Source } from '../loading/types.js';
import { checkKey, checkOptions, checkStringOrInteger } from './checks.js';
import { defaultFileFormat } from './defaults.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { bare, shown } from './shown.js';
import { checkSource } from './source.js';
import type { Integer, StringOrIntegerDType, VocabularyFileCategoricalColumn } from './types.js';
import { checkCount, checkOutOfVocabulary } from './vocabulary_checks.js';

/** Options of {@link categoricalColumnWithVocabularyFile} and its sequence twin. */
export interface VocabularyFileOptions {
  /** One key a line - the line's number, from 0, is the id -, such a text with its index (`.vocabulary`), or gzipped TFRecords. Columns that name the same file share one vocabulary. */
  readonly vocabularyFile: Source;
  /** Only so many first lines count; fewer are an error. Default: all. */
  readonly vocabularySize?: number | null | undefined;
  /** Default `'string'`; with an integer dtype the lines are integers. */
  readonly dtype?: StringOrIntegerDType | null | undefined;
  /** The id of what is not in the vocabulary; -1, the default, is none. Not together with `numOovBuckets`. */
  readonly defaultValue?: Integer | null | undefined;
  /** What is not in the vocabulary gets one of so many ids after it, by its hash. Default 0. */
  readonly numOovBuckets?: number | null | undefined;
  /** `'text'` or `'tfrecord_gzip'`. Default: by the ending `tfrecord.gz`, else text; text may be prebuilt, by its ending `.vocabulary` or its first bytes. */
  readonly fileFormat?: 'text' | 'tfrecord_gzip' | null | undefined;
}

type Arguments = Omit<VocabularyFileCategoricalColumn, 'type'>;

/** TensorFlow's checks in its order. The file is read when a layer is made: only then is its size known. */
export function vocabularyFileArguments(type: VocabularyFileCategoricalColumn['type'] | `sequence_${VocabularyFileCategoricalColumn['type']}`, key: unknown, options: VocabularyFileOptions): Arguments {
  const { vocabularyFile, vocabularySize, dtype, defaultValue, numOovBuckets, fileFormat } = checkOptions(type, key, options);
  if (vocabularyFile === undefined || vocabularyFile === null || vocabularyFile === '') throw invalid(key, `Missing vocabulary_file in ${bare(key)}.`, vocabularyFile);
  const file = checkSource(key, 'vocabulary_file', vocabularyFile);
  const size = checkCount(key, 'vocabulary_size', vocabularySize);
  if (size !== null && size < 1) throw invalid(key, `Invalid vocabulary_size in ${bare(key)}. Given: ${size}`, size);
  const outOfVocabulary = checkOutOfVocabulary(key, defaultValue, defaultValue !== undefined && defaultValue !== null, numOovBuckets);
  const type_ = checkStringOrInteger(key, dtype ?? 'string');
  const name = checkKey(key);
  const format: unknown = fileFormat ?? defaultFileFormat(file);
  if (format !== null && format !== 'text' && format !== 'tfrecord_gzip') {
    throw invalid(key, `file_format must be 'text' or 'tfrecord_gzip'. Given: ${shown(format)}`, format);
  }
  return { name, key: name, vocabularyFile: file, vocabularySize: size, dtype: type_, ...outOfVocabulary, fileFormat: format };
}

/**
 * Strings or integers that a file lists, as ids.
 * TensorFlow: [tf.feature_column.categorical_column_with_vocabulary_file](https://www.tensorflow.org/api_docs/python/tf/feature_column/categorical_column_with_vocabulary_file).
 *
 * @param key Name of the feature, and of the column.
 * @throws FeatureColumnError `invalid_definition`: no file is named, `vocabularySize` is below 1, `defaultValue` and
 *   `numOovBuckets` are both given, `numOovBuckets` is negative, `dtype` is neither string nor integer, `key` is no string.
 *   What is wrong with the file itself is told when a layer is made.
 */
export function categoricalColumnWithVocabularyFile(key: string, options: VocabularyFileOptions): VocabularyFileCategoricalColumn {
  const type = 'categorical_column_with_vocabulary_file';
  return define({ type, ...vocabularyFileArguments(type, key, options) });
}
