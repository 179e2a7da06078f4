// What the suites assert with, in Node and in browsers alike. Every failure says what was found and what was wanted.

const shown = (value) => {
  const text = JSON.stringify(value, (_, part) =>
    typeof part === 'bigint' ? `${part}n`
    : typeof part === 'function' ? `function ${part.name}`
    : ArrayBuffer.isView(part) && !(part instanceof DataView) ? Array.from(part, (each) => (typeof each === 'bigint' ? `${each}n` : each))
    : typeof part === 'number' && !Number.isFinite(part) ? String(part)
    : Object.is(part, -0) ? '-0'
    : part);
  return text === undefined ? String(value) : text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
};

function fail(found, wanted, message) {
  throw new Error(`${message === undefined ? '' : `${message}: `}found ${shown(found)}, wanted ${shown(wanted)}`);
}

/** The path to the first difference of two values, or undefined. NaN equals NaN; 0 and -0 differ; so do classes and array types. */
function difference(a, b, path = '') {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path || 'the value';
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return `${path || 'the value'} (its class)`;
  if (a instanceof Map || a instanceof Set) return difference([...a], [...b], path);
  if (ArrayBuffer.isView(a)) {
    if (a.length !== b.length) return `${path}.length`;
    for (let i = 0; i < a.length; ++i) if (!Object.is(a[i], b[i])) return `${path}[${i}]`;
    return undefined;
  }
  const keys = Object.keys(a);
  const others = Object.keys(b);
  for (const key of new Set([...keys, ...others])) {
    const at = `${path}.${key}`;
    if (!Object.hasOwn(a, key) || !Object.hasOwn(b, key)) return at;
    const inner = difference(a[key], b[key], at);
    if (inner !== undefined) return inner;
  }
  return keys.length === others.length ? undefined : path;
}

export const assert = {
  ok(value, message = 'not true') {
    if (!value) throw new Error(message);
  },

  /** The same value, as Object.is has it. */
  equal(found, wanted, message) {
    if (!Object.is(found, wanted)) fail(found, wanted, message);
  },

  /** The same values in the same places. */
  deepEqual(found, wanted, message) {
    const at = difference(found, wanted);
    if (at !== undefined) fail(found, wanted, `${message === undefined ? '' : `${message}: `}differs at ${at}`);
  },

  /** `text` holds `part`. */
  includes(text, part, message) {
    if (typeof text !== 'string' || !text.includes(part)) fail(text, part, message ?? 'text that holds another');
  },

  /** Runs `action`, which must throw; gives the error. `wanted`: properties that it must have; a RegExp is matched. */
  throws(action, wanted = {}, message = 'no error') {
    let result;
    try {
      result = action();
    } catch (error) {
      checkError(error, wanted);
      return error;
    }
    throw new Error(`${message}: gave ${shown(result)}, wanted an error ${shown(wanted)}`);
  },

  /** The same for a promise, or a function that gives one. */
  async rejects(promise, wanted = {}, message = 'no rejection') {
    let result;
    try {
      result = await (typeof promise === 'function' ? promise() : promise);
    } catch (error) {
      checkError(error, wanted);
      return error;
    }
    throw new Error(`${message}: gave ${shown(result)}, wanted an error ${shown(wanted)}`);
  },
};

function checkError(error, wanted) {
  for (const [name, value] of Object.entries(wanted)) {
    const found = error?.[name];
    const isRight = value instanceof RegExp ? value.test(String(found)) : difference(found, value) === undefined;
    if (isRight) continue;
    const problem = new Error(`the error's ${name}: found ${shown(found)}, wanted ${value instanceof RegExp ? value : shown(value)}; it says: ${error?.message}`);
    problem.cause = error;
    throw problem;
  }
}
