/** Errors as plain objects, to cross threads, and what the command line prints of them. */
import { FeatureColumnError, type ErrorCode } from 'feature-columns';

export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly column?: string;
  readonly row?: number;
  readonly value?: unknown;
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof FeatureColumnError)) {
    return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const { code, message, column, row, value } = error;
  return {
    code,
    message,
    ...(column === undefined ? {} : { column }),
    ...(row === undefined ? {} : { row }),
    ...(value === undefined ? {} : { value }),
  };
}

export function rebuildError({ code, message, ...where }: PlainError): FeatureColumnError {
  return new FeatureColumnError(code, message, where);
}
