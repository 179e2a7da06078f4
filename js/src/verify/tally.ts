/** What a number of cases came to. */
import type { CaseProblem, CaseResult } from './verifier.js';

export interface Failure extends CaseProblem {
  readonly id: string;
  readonly what?: string;
}

export class Tally {
  cases = 0;
  equal = 0;
  close = 0;
  different = 0;
  /** Left out because the caller said so. */
  excepted = 0;
  /** Cases that must be refused, among all of them. */
  refusals = 0;
  floats = 0;
  equalFloats = 0;
  largestUlps = 0;
  firstDifference: Failure | null = null;

  add({ id, what, outcome, refusal, floats, equalFloats, largestUlps, problems }: CaseResult): void {
    this.cases += 1;
    this[outcome] += 1;
    if (refusal) this.refusals += 1;
    this.floats += floats;
    this.equalFloats += equalFloats;
    this.largestUlps = Math.max(this.largestUlps, largestUlps);
    const [problem] = problems;
    if (problem) this.firstDifference ??= { id, ...(what === undefined ? {} : { what }), ...problem };
  }

  /** A case that is not run. */
  except(): void {
    this.cases += 1;
    this.excepted += 1;
  }

  /** Adds all that `other` has counted. */
  join(other: Tally): void {
    for (const name of ['cases', 'equal', 'close', 'different', 'excepted', 'refusals', 'floats', 'equalFloats'] as const) this[name] += other[name];
    this.largestUlps = Math.max(this.largestUlps, other.largestUlps);
    this.firstDifference ??= other.firstDifference;
  }
}
