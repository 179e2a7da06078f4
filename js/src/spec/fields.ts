/** The form of a spec: which fields there are, and how deep. */
import { didYouMean } from '../columns/nearest.js';
import type { Argument } from './arguments.js';
import { specProblem } from './problem.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws FeatureColumnError `invalid_spec` for a field that is neither an argument nor one of `others` */
export function checkFields(path: string, what: string, object: JsonObject, argumentList: readonly Argument[], others: readonly string[]): void {
  const names = argumentList.map(({ name }) => name);
  for (const field of Object.keys(object)) {
    if (names.includes(field) || others.includes(field)) continue;
    throw specProblem(path, `${what} has no field ${JSON.stringify(field)}.${didYouMean(field, names)} It has ${names.join(', ')}`, field);
  }
}

// As deep as the core reads JSON. A bound, so that hostile nesting cannot exhaust the stack.
const MOST_DEPTH = 64;

export function checkDepth(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (depth > MOST_DEPTH) throw specProblem('spec', `is nested deeper than ${MOST_DEPTH} levels`);
  for (const part of Object.values(value)) checkDepth(part, depth + 1);
}
