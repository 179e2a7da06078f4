/** A case: a layer's spec and files, rows or examples, and what TensorFlow answered. docs/cases.md has the format. */
import { FeatureColumnError } from 'feature-columns';

/** What a feature of a row is in a case: a value, an array, an array of arrays, or `{values}`, the sparse form. */
export type Cell = unknown;

export type CaseDtype = 'string' | 'int64' | 'int32' | 'float32' | 'float64';

/** What the layer must give. */
export interface Expected {
  readonly shape: readonly number[];
  /** Little-endian float32 in base64. */
  readonly data: string;
  /** Name, offset and width of each slice of the last dimension; without it, the output is one slice `*`. */
  readonly columns?: readonly (readonly [name: string, offset: number, width: number])[];
  readonly sequence_length?: readonly number[];
  /** Slices whose last bits are not defined. */
  readonly close?: readonly string[];
}

export interface GoldenCase {
  readonly id: string;
  /** In words. */
  readonly what?: string;
  readonly spec: object;
  /** Contents by name, in base64. */
  readonly files: Readonly<Record<string, string>>;
  readonly dtypes: Readonly<Record<string, CaseDtype>>;
  readonly rows?: readonly Readonly<Record<string, Cell>>[];
  /** Serialized tf.Examples in base64. */
  readonly examples?: readonly string[];
  readonly expected?: Expected;
  /** The case must be refused; with `code`, by this one. */
  readonly error?: { readonly message?: string; readonly code?: string };
}

export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const FLOATS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

/** JSON with NaN and Infinity, as Python writes them, and integers with all their digits: beyond 2^53 they are bigints. */
function parse(line: string): unknown {
  const marked = line.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) => {
    if (token in FLOATS) return `{"$float":"${token}"}`;
    return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `{"$integer":"${token}"}` : token;
  });
  return JSON.parse(marked, (_, value: unknown) => {
    if (value === null || typeof value !== 'object') return value;
    if ('$float' in value) return FLOATS[value.$float as string];
    return '$integer' in value ? BigInt(value.$integer as string) : value;
  });
}

const DTYPES: readonly unknown[] = ['string', 'int64', 'int32', 'float32', 'float64'] satisfies CaseDtype[];

const isBase64 = (value: unknown): value is string => typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws FeatureColumnError `invalid_argument`: the line is no case */
export function parseCase(line: string): GoldenCase {
  const wrong = (what: string, cause?: unknown) => new FeatureColumnError('invalid_argument', `this is no case: ${what}. \`feature-columns verify --help\` has the format`, { cause });
  let value: unknown;
  try {
    value = parse(line);
  } catch (cause) {
    throw wrong(`not valid JSON (${(cause as Error).message})`, cause);
  }
  if (!isObject(value)) throw wrong('not an object');
  const { id, spec, files = {}, dtypes = {}, rows, examples, expected, error } = value;
  if (typeof id !== 'string') throw wrong('"id" must be a string');
  if (!isObject(spec)) throw wrong(`"spec" of ${id} must be an object`);
  if (!isObject(files) || !Object.values(files).every(isBase64)) throw wrong(`"files" of ${id} must be base64 by name`);
  if (!isObject(dtypes) || !Object.values(dtypes).every((dtype) => DTYPES.includes(dtype))) throw wrong(`"dtypes" of ${id} must be ${DTYPES.join(', ')} by feature`);
  if (Array.isArray(rows) === Array.isArray(examples)) throw wrong(`${id} must have either "rows" or "examples", a list`);
  if (Array.isArray(rows) && !rows.every(isObject)) throw wrong(`"rows" of ${id} must be objects`);
  const untyped = Array.isArray(rows) ? rows.flatMap((row) => Object.keys(row as object)).find((key) => !Object.hasOwn(dtypes, key)) : undefined;
  if (untyped !== undefined) throw wrong(`"dtypes" of ${id} does not have "${untyped}"`);
  if (Array.isArray(examples) && !examples.every(isBase64)) throw wrong(`"examples" of ${id} must be base64`);
  if (isObject(expected) === isObject(error)) throw wrong(`${id} must have either "expected" or "error", an object`);
  if (isObject(expected)) {
    const { shape, data } = expected;
    if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0) || !isBase64(data)) throw wrong(`"expected" of ${id} must have "shape", sizes, and "data", base64`);
    const floats = shape.reduce((product: number, size: number) => product * size, 1);
    if (bytesOf(data).length !== 4 * floats) throw wrong(`"data" of ${id} has ${bytesOf(data).length} bytes, its shape [${shape.join(', ')}] needs ${4 * floats}`);
  }
  return { ...value, files, dtypes } as unknown as GoldenCase;
}
