/** Specs from JSON text with all digits of their integers: `JSON` itself rounds beyond 2^53. */
import { FeatureColumnError } from '../errors.js';

const TOKEN = /"(?:[^"\\]+|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads JSON text; integers beyond 2^53 become bigint.
 *
 * @throws FeatureColumnError `invalid_spec`, whose cause is the SyntaxError
 */
export function parseSpec(text: string): unknown {
  let value: unknown;
  try {
    text = String(text); // as JSON.parse does
    value = JSON.parse(text);
  } catch (cause) {
    throw new FeatureColumnError('invalid_spec', `not valid JSON: ${(cause as Error).message}`, { cause });
  }
  // Long integers pass a second reading as strings, with a mark that the text does not have.
  let mark = '#';
  while (text.includes(mark)) mark += '#';
  const marked = text.replace(TOKEN, (token) => (/^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token));
  if (marked === text) return value;
  return JSON.parse(marked, (_, part: unknown) => (typeof part === 'string' && part.startsWith(mark) ? BigInt(part.slice(mark.length)) : part));
}
