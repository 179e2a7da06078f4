/** The `checkpoint` file of a directory of checkpoints: a CheckpointState message as text (spec 8.6). */
import { FeatureColumnError } from '../errors.js';

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, "'": 39, '"': 34, '?': 63 };

/** The text of a quoted string of protobuf's text format, whose escapes are bytes of UTF-8. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  for (const [token, octal, hexadecimal, letter] of text.matchAll(/\\([0-7]{1,3})|\\[xX]([0-9a-fA-F]{1,2})|\\(.)|[^\\]+/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (hexadecimal !== undefined) bytes.push(Number.parseInt(hexadecimal, 16));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else bytes.push(...new TextEncoder().encode(token));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/**
 * `model_checkpoint_path`: the latest checkpoint's prefix, as it was written.
 *
 * @throws FeatureColumnError `invalid_checkpoint` where there is none
 */
export function modelCheckpointPath(text: string, url: string): string {
  // Strings are taken as wholes, so that a path that contains the field's name is not taken for it. The last one wins, as in protobuf.
  let path: string | undefined;
  let field = '';
  for (const [, comment, double, single, word] of text.matchAll(/(#[^\n]*)|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([A-Za-z_][A-Za-z0-9_]*)|[^\s]/g)) {
    if (comment !== undefined) continue;
    const quoted = double ?? single;
    if (word !== undefined) field = word;
    else if (quoted !== undefined && field === 'model_checkpoint_path') path = unescape(quoted);
  }
  if (path === undefined || path === '') {
    throw new FeatureColumnError('invalid_checkpoint', `${url} is no \`checkpoint\` file: it has no model_checkpoint_path. Give the checkpoint's prefix (model.ckpt-1000) instead of its directory`, { value: url });
  }
  return path;
}
