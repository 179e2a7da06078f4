/** The one kind of error that this package throws. */
import type { ErrorCode } from './generated/error_codes.js';

export type { ErrorCode };

/** Where an error is, as far as it is known. */
export interface ErrorPlace {
  readonly column?: string | undefined;
  readonly row?: number | undefined;
  readonly value?: unknown;
  readonly cause?: unknown;
}

/**
 * What went wrong (`code`), where (`column`, `row`), with which value, and - in the message - what to do. Messages hold
 * TensorFlow's own phrase where TensorFlow has one, so that they can be searched for.
 *
 * @example
 * try {
 *   features.transform(batch);
 * } catch (error) {
 *   if (error instanceof FeatureColumnError && error.code === 'out_of_range') console.log(error.column, error.row, error.value);
 * }
 */
export class FeatureColumnError extends Error {
  static {
    // On the prototype, where stack traces look for it; minified class names change.
    Object.defineProperty(this.prototype, 'name', { value: 'FeatureColumnError', configurable: true, writable: true });
  }

  /** Each entry of the package brings a class of its own; an error of one is an error of all. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'FeatureColumnError';
  }

  readonly code: ErrorCode;
  /** The column's name, or the feature's key where no column is concerned. */
  declare readonly column?: string;
  /** Row of the batch, from 0. */
  declare readonly row?: number;
  /**
   * The value that was refused. Of batches and of what files hold it is text, as the message shows it: '7' for the id 7, numbers with
   * some nine digits. Of arguments and options it is what was given. Not every error knows it, or the row.
   */
  declare readonly value?: unknown;

  constructor(code: ErrorCode, message: string, { column, row, value, cause }: ErrorPlace = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    // WebKit gives every error a column of its own, that of the script's line.
    delete (this as { column?: unknown }).column;
    // Only what is known becomes a property, so that printed errors stay short.
    if (column !== undefined) this.column = column;
    if (row !== undefined) this.row = row;
    if (value !== undefined) this.value = value;
  }
}
