import { checkKey, checkOptions, checkStringOrInteger, checkWellFormed, int64, isIntegerDtype } from './checks.js';
import { define } from './definition.js';
import { invalid } from './invalid.js';
import { bare, shown, shownDtype } from './shown.js';
import type { Integer, StringOrIntegerDType, VocabularyListCategoricalColumn } from './types.js';
import { checkOutOfVocabulary } from './vocabulary_checks.js';

/** Options of {@link categoricalColumnWithVocabularyList} and its sequence twin. */
export interface VocabularyListOptions {
  /** Keys, all strings or all integers; the id of a key is its place. */
  readonly vocabularyList: readonly string[] | readonly Integer[] | Int32Array | BigInt64Array;
  /** Default: `'string'` or `'int64'`, as the keys are. */
  readonly dtype?: StringOrIntegerDType | null | undefined;
  /** The id of what is not in the vocabulary; -1, the default, is none. Not together with `numOovBuckets`. */
  readonly defaultValue?: Integer | null | undefined;
  /** What is not in the vocabulary gets one of so many ids after it, by its hash. Default 0. */
  readonly numOovBuckets?: number | null | undefined;
}

type Arguments = Omit<VocabularyListCategoricalColumn, 'type'>;

/** TensorFlow's checks in its order. */
export function vocabularyListArguments(type: VocabularyListCategoricalColumn['type'] | `sequence_${VocabularyListCategoricalColumn['type']}`, key: unknown, options: VocabularyListOptions): Arguments {
  const { vocabularyList, dtype, defaultValue, numOovBuckets } = checkOptions(type, key, options);
  const list = listOf(key, vocabularyList);
  checkUnique(key, list);
  const listDtype = dtypeOf(key, list, vocabularyList);
  const outOfVocabulary = checkOutOfVocabulary(key, defaultValue, (int64(defaultValue ?? -1) ?? defaultValue) !== -1, numOovBuckets);
  checkStringOrInteger(key, listDtype, ' vocabulary');
  const type_: unknown = dtype ?? listDtype;
  if (isIntegerDtype(type_) !== isIntegerDtype(listDtype)) {
    throw invalid(key, `dtype ${shownDtype(type_)} and vocabulary dtype ${shownDtype(listDtype)} do not match, column_name: ${bare(key)}`, type_);
  }
  const checked = checkStringOrInteger(key, type_);
  const name = checkKey(key);
  return { name, key: name, vocabularyList: list as readonly string[] | readonly Integer[], dtype: checked, ...outOfVocabulary };
}

/** Integers in their plainest form; everything else as it is. */
function listOf(key: unknown, value: unknown): readonly unknown[] {
  const list = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)) ? Array.from(value as unknown as ArrayLike<unknown>, (each) => int64(each) ?? each) : [];
  if (list.length === 0) throw invalid(key, `vocabulary_list ${shown(value)} must be non-empty, column_name: ${bare(key)}. Give an array of strings or of integers`, value);
  return list;
}

function checkUnique(key: unknown, list: readonly unknown[]): void {
  const seen = new Set<unknown>();
  for (const each of list) {
    if (seen.has(each)) throw invalid(key, `Duplicate keys in vocabulary_list ${shown(list)}, column_name: ${bare(key)}: ${shown(each)} stands there twice`, each);
    seen.add(each);
  }
}

/** As numpy infers it. @throws FeatureColumnError if keys are of several types, or integers that are not exact. */
function dtypeOf(key: unknown, list: readonly unknown[], given: unknown): string {
  if (given instanceof Int32Array) return 'int32';
  const kinds = new Set<string>();
  for (const each of list) {
    if (typeof each === 'string') {
      checkWellFormed(key, each, 'vocabulary_list:');
      kinds.add('string');
    } else if (typeof each === 'boolean') {
      kinds.add('bool');
    } else if (int64(each) !== undefined) {
      kinds.add('int64');
    } else if (typeof each === 'bigint' || (typeof each === 'number' && Number.isInteger(each))) {
      throw invalid(key, `vocabulary_list holds ${shown(each)}, which is no exact integer of 64 bits; beyond 2^53 give a bigint`, each);
    } else {
      kinds.add(typeof each === 'number' ? 'float64' : 'object');
    }
  }
  if (kinds.has('float64')) kinds.delete('int64');
  if (kinds.size > 1) {
    const odd = list.find((each) => typeof each !== typeof list[0]);
    throw invalid(key, `Failed to convert elements of ${shown(list)} to Tensor: give only strings, or only integers. ${shown(odd)} is of another type than the first`, odd);
  }
  return [...kinds][0] as string;
}

/**
 * Strings or integers of a list, as ids: their places in it.
 * TensorFlow: [tf.feature_column.categorical_column_with_vocabulary_list](https://www.tensorflow.org/api_docs/python/tf/feature_column/categorical_column_with_vocabulary_list).
 *
 * @param key Name of the feature, and of the column.
 * @throws FeatureColumnError `invalid_definition`: the list is empty, has a key twice, or has keys that are neither strings
 *   nor integers; `defaultValue` and `numOovBuckets` are both given; `numOovBuckets` is negative; `dtype` is not that of the
 *   keys; `key` is no string.
 */
export function categoricalColumnWithVocabularyList(key: string, options: VocabularyListOptions): VocabularyListCategoricalColumn {
  const type = 'categorical_column_with_vocabulary_list';
  return define({ type, ...vocabularyListArguments(type, key, options) });
}
