/** Files that change between two reads. */
import { FeatureColumnError } from '../errors.js';

/** The error of a file that has another content than when it was opened. */
export const changedError = (url: string, what: string): FeatureColumnError =>
  new FeatureColumnError('integrity', `${url} has changed since this table was opened: ${what}. Rows of two versions do not go together; dispose of the layers that use it and load them again`, { value: url });
