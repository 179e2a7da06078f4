/** Arguments that name files or hold their bytes. */
import type { FetchedTableSource, Source, TableSource } from '../loading/types.js';
import { invalid } from './invalid.js';
import { shown } from './shown.js';

// Told by name, not by class: not every engine has every class, and an object may come from another realm.
const BYTES = /^\[object (Request|Response|Blob|File|ReadableStream|ArrayBuffer|SharedArrayBuffer|DataView|\w+Array)\]$/;

/** A URL becomes its text, so that the definition stays plain data. */
export function checkSource(column: unknown, argument: string, value: unknown): Source {
  if (value instanceof URL) return value.href;
  if ((typeof value === 'string' && value !== '') || BYTES.test(Object.prototype.toString.call(value))) {
    if (!Array.isArray(value)) return value as Source;
  }
  throw invalid(column, `${argument} must be a URL, a path, or the bytes (ArrayBuffer, Blob, Response …). Given: ${shown(value)}`, value);
}

/** What a table has beside its place where only rows of it are fetched. */
const ROW_OPTIONS = ['budget', 'gap', 'concurrency', 'keep'];

/** Where weights are that no TensorFlow checkpoint holds: `{url, tensor?, cast?}`, `{url, tensor?, fetch: 'rows'}`, or `{data}`. */
export function checkTable(column: unknown, table: unknown): TableSource | FetchedTableSource | null {
  if (table === null || table === undefined) return null;
  const wrong = (what: string) => invalid(column, `table must be {url, tensor} or {data}: ${what}`, table);
  if (typeof table !== 'object' || Array.isArray(table)) throw wrong(`given ${shown(table)}`);
  const { url, tensor, cast, data, fetch, ...others } = table as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(others).sort()) {
    if (!ROW_OPTIONS.includes(name)) throw wrong(`it has no field ${JSON.stringify(name)}`);
    if (value === undefined) continue;
    if (fetch !== 'rows') throw wrong(`${name} is for fetch: 'rows'`);
    const isWrong = name === 'keep' ? typeof value !== 'string' || value === '' : !Number.isSafeInteger(value) || (value as number) < (name === 'gap' ? 0 : 1);
    if (isWrong) throw wrong(`${name} is ${name === 'keep' ? 'the name of a Cache' : `a whole number${name === 'concurrency' ? '' : ' of bytes'}`}. Given: ${shown(value)}`);
    options[name] = value;
  }
  if (fetch !== undefined && fetch !== 'rows') throw wrong(`fetch is 'rows', or not given. Given: ${shown(fetch)}`);
  if ((cast ?? false) !== !!cast || (cast && fetch)) throw wrong(`cast is true or false, and not with fetch. Given: ${shown(cast)}`);
  if ((url === undefined) === (data === undefined)) throw wrong('give one of url and data');
  if (data !== undefined) {
    if (!(data instanceof Float32Array)) throw wrong(`data is a Float32Array of rows × dimension. Given: ${Object.prototype.toString.call(data)}`);
    if ((tensor ?? fetch ?? cast) !== undefined) throw wrong('data is the tensor itself');
    return { data };
  }
  if (tensor !== undefined && tensor !== null && typeof tensor !== 'string') throw wrong(`tensor is a tensor's name. Given: ${shown(tensor)}`);
  return { url: checkSource(column, 'table.url', url), ...(typeof tensor === 'string' && { tensor }), ...(cast === true && { cast }), ...(fetch && { fetch, ...options }) } as TableSource | FetchedTableSource;
}
