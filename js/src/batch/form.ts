/** What a caller gives as a batch or as rows: what it must be, and how features are taken out of it. Both threads of a worker runtime ask here. */
import { FeatureColumnError } from '../errors.js';
import { isList } from './nested.js';
import { describe } from './slot.js';

/** Under which key a feature stands. */
export interface FeatureKey {
  readonly key: string;
  /** Whether every object has something of this name, such as "constructor". */
  readonly inherited: boolean;
}

const hasFeatures = (given: unknown): boolean => typeof given === 'object' && given !== null && !isList(given);

/** @throws FeatureColumnError `invalid_batch` */
export function checkBatch(batch: unknown): void {
  if (hasFeatures(batch)) return;
  throw new FeatureColumnError('invalid_batch', `a batch is an object of features by key, not ${describe(batch)}; rows go to transformRows`);
}

/** How many rows there are. @throws FeatureColumnError `invalid_row` */
export function checkRows(rows: unknown): number {
  if (!Array.isArray(rows)) throw new FeatureColumnError('invalid_row', `rows are an array of objects, not ${describe(rows)}`);
  return rows.length;
}

/** @throws FeatureColumnError `invalid_row` */
export function checkRow(row: unknown, index: number): void {
  if (hasFeatures(row)) return;
  throw new FeatureColumnError('invalid_row', `row ${index}: a row is an object of features by key, not ${describe(row)}`, { row: index, value: describe(row) });
}

/** A key such as "constructor" must not find what every object has. */
export function featureOf(object: object, { key, inherited }: FeatureKey): unknown {
  return inherited && !Object.hasOwn(object, key) ? undefined : (object as Record<string, unknown>)[key];
}

/**
 * What is to be thrown where reading threw `error`: the engine's own errors say that memory is gone - moved to another thread, or
 * its buffer has shrunk - or that something is no object, or a list of itself (InternalError of Firefox: too much recursion).
 */
export function unreadable(error: unknown, what: string, column?: string): unknown {
  const { name, message } = Object(error) as Error;
  return /^(Type|Range|Internal)Error$/.test(name) ? new FeatureColumnError('invalid_batch', `${what} cannot be read: ${message}`, { column, cause: error }) : error;
}
