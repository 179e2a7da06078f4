/** Checks that several kinds of columns make of their arguments. Each throws a FeatureColumnError `invalid_definition`. */
import { camelCase, COLUMN_ARGUMENTS, type SpecColumnType } from '../spec/arguments.js';
import { invalid } from './invalid.js';
import { didYouMean } from './nearest.js';
import { bare, shown, shownDtype } from './shown.js';
import type { Integer, StringOrIntegerDType } from './types.js';

/** The options of a function, whose names must be TensorFlow's in camelCase. Not given: none. */
export function checkOptions<T extends object>(type: SpecColumnType, column: unknown, options: T | null | undefined): Partial<T> {
  if (options === undefined || options === null) return {};
  const names = COLUMN_ARGUMENTS[type].slice(1).map(({ name }) => camelCase(name));
  const list = names.length > 0 ? `Its options are ${names.join(', ')}` : 'It has no options';
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw invalid(column, `${camelCase(type)}: what follows the first argument is an object of options. ${list}. Given: ${shown(options)}`, options);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      throw invalid(column, `${camelCase(type)} has no option ${JSON.stringify(name)}.${didYouMean(name, names)} ${list}`, name);
    }
  }
  return options;
}

/** TensorFlow's assert_key_is_string; `argument` for keys that are called otherwise. */
export function checkKey(key: unknown, argument = 'key'): string {
  if (typeof key !== 'string') {
    throw invalid(undefined, `${argument} must be a string. Got: type ${key === null ? 'null' : typeof key}. Given key: ${shown(key)}.`, key);
  }
  checkWellFormed(key, key, argument);
  return key;
}

/** Half of a surrogate pair has no UTF-8: it would become U+FFFD, another string. */
export function checkWellFormed(column: unknown, text: string, argument: string): void {
  if (/\p{Surrogate}/u.test(text)) throw invalid(column, `${argument} ${shown(text)} holds half of a surrogate pair, which UTF-8 cannot write`, text);
}

/** An int64 in its plainest form - a number where that is exact, else a bigint - or undefined if the value is none. */
export function int64(value: unknown): Integer | undefined {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) return undefined;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return Number.isSafeInteger(value) ? (value as number) + 0 : undefined; // + 0: there is one zero
}

/** An integer argument that may be left out. */
export function checkInteger(column: unknown, argument: string, value: unknown): Integer | null {
  if (value === null || value === undefined) return null;
  const integer = int64(value);
  if (integer === undefined) {
    const remedy = typeof value === 'number' && Number.isInteger(value) ? '; a number holds integers exactly up to 2^53: give a bigint' : '';
    throw invalid(column, `${argument} must be an integer of 64 bits. Given: ${shown(value)}${remedy}`, value);
  }
  return integer;
}

export function checkBoolean(column: unknown, argument: string, value: unknown, fallback: boolean): boolean {
  if (value === null || value === undefined) return fallback;
  if (typeof value !== 'boolean') throw invalid(column, `${argument} must be a boolean. Given: ${shown(value)}`, value);
  return value;
}

/** TensorFlow's assert_string_or_int. */
export function checkStringOrInteger(key: unknown, dtype: unknown, prefix = ''): StringOrIntegerDType {
  if (dtype === 'string' || dtype === 'int32' || dtype === 'int64') return dtype;
  throw invalid(key, `column_name: ${bare(key)}${prefix} dtype must be string or integer. dtype: ${shownDtype(dtype)}. Give 'string', 'int64' or 'int32'`, dtype);
}

export const isIntegerDtype = (dtype: unknown): boolean => dtype === 'int32' || dtype === 'int64';

/** NaN is no number that an argument may be: it says nothing, and JSON has none. */
export const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);
