/** Errors as plain objects, to cross threads, and what the command line prints of them. */
import { FeatureColumnError, type ErrorCode } from 'feature-columns';

export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly column?: string;
  readonly row?: number;
  readonly value?: unknown;
}

/** What is printed of an error: of one without a code, which nobody expected, where it came from. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? error.message : (error.stack ?? error.message);
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof FeatureColumnError)) return { code: 'internal', message: messageOf(error) };
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
