/** Parity checks: cases with TensorFlow's answers, run through the public API. Used by `feature-columns verify` and the tests. */
export { compareOutput, type Comparison, type FloatDifference } from './comparison.js';
export { parseCase, type Expected, type GoldenCase } from './golden_case.js';
export { Tally, type Failure } from './tally.js';
export { Verifier, type CaseProblem, type CaseResult } from './verifier.js';
