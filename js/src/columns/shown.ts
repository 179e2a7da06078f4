/** Values in messages, as Python prints them: TensorFlow's messages are found again. */
import { isColumn } from './kinds.js';

const MOST_PARTS = 8;
const MOST_CHARACTERS = 64;

/** `'a'`, `None`, `[1, 2]`; a column by its type and name. Long values are cut. */
export function shown(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return `'${cut(value)}'`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object') return String(value);
  if (isColumn(value)) return `${value.type} '${cut(value.name)}'`;
  if (Array.isArray(value)) {
    const parts = value.slice(0, MOST_PARTS).map((part) => (depth > 2 ? '…' : shown(part, depth + 1)));
    return `[${parts.join(', ')}${value.length > MOST_PARTS ? ', …' : ''}]`;
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return shown(Array.from(value as unknown as ArrayLike<unknown>).slice(0, MOST_PARTS + 1));
  return Object.prototype.toString.call(value);
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${Array.from(text.slice(0, MOST_CHARACTERS)).slice(0, -1).join('')}…` : text;
}

/** A key in the middle of a message: without quotes, as TensorFlow has it there. */
export const bare = (key: unknown): string => (typeof key === 'string' ? cut(key) : shown(key));

/** `<dtype: 'int64'>`. */
export const shownDtype = (dtype: unknown): string => (typeof dtype === 'string' ? `<dtype: '${cut(dtype)}'>` : shown(dtype));

/** `(2, 3)`, `(1,)`. */
export const shownShape = (shape: readonly unknown[]): string => `(${shape.map((size) => shown(size)).join(', ')}${shape.length === 1 ? ',' : ''})`;
