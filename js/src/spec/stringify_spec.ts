/** Specs to JSON text with all digits of their integers. */
import { specProblem } from './problem.js';

/**
 * Writes a spec as JSON text; bigints as their digits, infinite numbers as `1e999`, which reads back as infinite.
 *
 * @throws FeatureColumnError `invalid_spec` for NaN and for what is no JSON: functions, bytes, what holds itself
 */
export function stringifySpec(spec: unknown): string {
  try {
    return textOf(spec, 'spec');
  } catch (error) {
    throw /^(Range|Internal)Error$/.test((error as Error).name) ? specProblem('spec', 'it is nested in itself, or too deeply') : error;
  }
}

/** The same, and of each number in it the float64 that it stands for, as 16 hexadecimal digits: the core reads no decimals. */
export function stringifyForCore(spec: unknown): { readonly text: string; readonly bits: string } {
  const numbers: number[] = [];
  const text = textOf(spec, 'spec', numbers);
  const words = new Uint32Array(new Float64Array(numbers).buffer);
  const digits = (word: number) => word.toString(16).padStart(8, '0');
  return { text, bits: numbers.map((_, i) => digits(words[2 * i + 1] as number) + digits(words[2 * i] as number)).join('') };
}

/** Appends to `numbers` what each number in the text is. */
function textOf(value: unknown, path: string, numbers?: number[]): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'bigint':
      numbers?.push(Number(value));
      return String(value);
    case 'number':
      numbers?.push(value);
      if (Number.isNaN(value)) break;
      if (Object.is(value, -0)) return '-0.0'; // -0 alone would read as the integer 0
      return Number.isFinite(value) ? String(value) : value > 0 ? '1e999' : '-1e999';
    case 'object': {
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map((part, i) => textOf(part, `${path}[${i}]`, numbers)).join(',')}]`;
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) break;
      const members = Object.entries(value).filter(([, part]) => part !== undefined);
      return `{${members.map(([name, part]) => `${JSON.stringify(name)}:${textOf(part, `${path}.${name}`, numbers)}`).join(',')}}`;
    }
  }
  throw specProblem(path, `JSON has no way to write ${typeof value === 'object' ? Object.prototype.toString.call(value) : `${typeof value} ${String(value)}`}`);
}
