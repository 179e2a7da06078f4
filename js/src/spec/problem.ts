/** What is wrong with the form of a spec; what is wrong with a column itself is `invalid_definition`, from its function. */
import { FeatureColumnError } from '../errors.js';

export function specProblem(path: string, message: string, value?: unknown): FeatureColumnError {
  return new FeatureColumnError('invalid_spec', `${path}: ${message}`, { value });
}
