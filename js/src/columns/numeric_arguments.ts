/** Arguments that numericColumn and sequenceNumericColumn have in common. */
import { int64, isIntegerDtype, isNumber } from './checks.js';
import { invalid } from './invalid.js';
import { bare, shown, shownDtype, shownShape } from './shown.js';
import type { NormalizerFn, NormalizerStep, NormalizerSteps, NumericDType } from './types.js';

const WITH_OPERAND = ['add', 'sub', 'mul', 'div', 'minimum', 'maximum'];
const WITHOUT_OPERAND = ['log', 'log1p', 'sqrt', 'abs'];

/** A single size stands for a shape of one dimension; [] is a single number. */
export function checkShape(key: unknown, shape: unknown): readonly number[] {
  if (shape === null || shape === undefined) return [1];
  const sizes: unknown[] = Array.isArray(shape) ? shape.slice() : ArrayBuffer.isView(shape) ? Array.from(shape as Int32Array) : [shape];
  return sizes.map((given) => {
    const size = int64(given);
    if (size === undefined) throw invalid(key, `shape dimensions must be integer. shape: ${shownShape(sizes)}, key: ${bare(key)}`, given);
    if (size < 1) throw invalid(key, `shape dimensions must be greater than 0. shape: ${shownShape(sizes)}, key: ${bare(key)}`, given);
    return Number(size);
  });
}

export function isNumericDtype(dtype: unknown): dtype is NumericDType {
  return isIntegerDtype(dtype) || dtype === 'float32' || dtype === 'float64';
}

export function checkNumericDtype(key: unknown, dtype: unknown): NumericDType {
  if (dtype === null || dtype === undefined) return 'float32';
  if (isNumericDtype(dtype)) return dtype;
  throw invalid(key, `dtype must be convertible to float. dtype: ${shownDtype(dtype)}, key: ${bare(key)}. Give 'float32', 'float64', 'int32' or 'int64'`, dtype);
}

/** A function, or steps, which are copied. */
export function checkNormalizer(key: unknown, normalizer: unknown): NormalizerFn | NormalizerSteps | null {
  if (normalizer === null || normalizer === undefined) return null;
  if (typeof normalizer === 'function') return normalizer as NormalizerFn;
  const wrong = (value: unknown) =>
    invalid(
      key,
      `normalizer_fn must be a callable. Given: ${shown(value)}. Give a function of one value, or steps such as [["sub", 3], ["div", 2]] of ` +
        `${WITH_OPERAND.join(', ')} with a number, ${WITHOUT_OPERAND.join(', ')} without`,
      value,
    );
  if (!Array.isArray(normalizer)) throw wrong(normalizer);
  return normalizer.map((step: unknown): NormalizerStep => {
    if (!Array.isArray(step)) throw wrong(normalizer);
    const [operation, operand] = step as unknown[];
    if (WITHOUT_OPERAND.includes(operation as string) && step.length === 1) return [operation] as NormalizerStep;
    const number = typeof operand === 'bigint' ? int64(operand) : operand;
    if (!WITH_OPERAND.includes(operation as string) || step.length !== 2 || (typeof number !== 'bigint' && !isNumber(number))) throw wrong(step);
    return [operation, number] as NormalizerStep;
  });
}
