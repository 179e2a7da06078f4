/** Options of calls: what is wrong with them is told before anything begins. */
import { FeatureColumnError } from '../errors.js';

const NONE = {};

/** The options that more than one kind of call has. */
type Known = { readonly [Name in 'signal' | 'onProgress' | 'out']?: unknown };

/** @throws FeatureColumnError `invalid_argument` */
export function checkOptions<Options extends object>(options: Options = NONE as Options): Options {
  if (typeof options !== 'object' || options === null) throw wrong('options', 'an object');
  const { signal, onProgress, out } = options as Known;
  // As to `fetch`, null is no signal.
  if (signal !== undefined && signal !== null && !(signal as AbortSignal).addEventListener) throw wrong('signal', 'an AbortSignal');
  if (onProgress !== undefined && typeof onProgress !== 'function') throw wrong('onProgress', 'a function');
  if (out !== undefined && !(out instanceof Float32Array)) throw wrong('out', 'a Float32Array');
  return options;
}

const wrong = (name: string, what: string) => new FeatureColumnError('invalid_argument', `${name} must be ${what}`);
