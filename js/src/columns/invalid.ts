/** What is wrong with a definition. */
import { FeatureColumnError } from '../errors.js';

/** The error of a definition. `column` is the column's name or key, where it is one. */
export function invalid(column: unknown, message: string, value?: unknown): FeatureColumnError {
  const name = typeof column === 'string' ? column : undefined;
  return new FeatureColumnError('invalid_definition', name === undefined ? message : `column ${JSON.stringify(name)}: ${message}`, { column: name, value });
}
