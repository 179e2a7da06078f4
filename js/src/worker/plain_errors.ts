/** Errors to plain objects and back, with all that a FeatureColumnError tells. */
import { FeatureColumnError } from '../errors.js';
import type { PlainError } from './messages.js';

const MOST_CAUSES = 8;

export function toPlain(error: unknown, depth = 0): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { code, column, row, value, cause } = error as FeatureColumnError;
  return {
    name: error.name,
    message: error.message,
    ...(error.name === 'FeatureColumnError' && {
      code, ...(column !== undefined && { column }), ...(row !== undefined && { row }), ...(value !== undefined && { value: cloneable(value) }),
    }),
    ...(cause !== undefined && depth < MOST_CAUSES && { cause: toPlain(cause, depth + 1) }),
  };
}

const cloneable = (value: unknown): unknown => (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol' ? String(value) : value);

export function fromPlain({ name, message, code, column, row, value, cause }: PlainError): Error {
  const inner = cause && fromPlain(cause);
  if (code !== undefined) return new FeatureColumnError(code, message, { column, row, value, cause: inner });
  if (typeof DOMException === 'function' && /^(Abort|Timeout|DataClone|Security)Error$/.test(name)) return new DOMException(message, name);
  const error = new Error(message, inner && { cause: inner });
  if (name !== 'Error') Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}
