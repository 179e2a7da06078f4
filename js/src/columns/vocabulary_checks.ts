/** Checks that both kinds of vocabulary columns make of their arguments. */
import { checkInteger } from './checks.js';
import { invalid } from './invalid.js';
import { bare } from './shown.js';
import type { Integer } from './types.js';

/** A count that an array has room for. */
export function checkCount(column: unknown, argument: string, value: unknown): number | null {
  const count = checkInteger(column, argument, value);
  if (typeof count === 'bigint') throw invalid(column, `${argument} ${count} is too large`, value);
  return count;
}

/** `default_value` and `num_oov_buckets` of vocabulary columns. `isGiven`: whether the default counts as given. */
export function checkOutOfVocabulary(key: unknown, defaultValue: unknown, isGiven: boolean, numOovBuckets: unknown): { defaultValue: Integer; numOovBuckets: number } {
  const buckets = checkCount(key, 'num_oov_buckets', numOovBuckets) ?? 0;
  if (buckets !== 0) {
    if (isGiven) throw invalid(key, `Can't specify both num_oov_buckets and default_value in ${bare(key)}. Leave one out`, defaultValue);
    if (buckets < 0) throw invalid(key, `Invalid num_oov_buckets ${buckets} in ${bare(key)}.`, buckets);
  }
  return { defaultValue: checkInteger(key, 'default_value', defaultValue) ?? -1, numOovBuckets: buckets };
}
