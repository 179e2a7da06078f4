/** SHA-256 of files that a caller pinned. */
import { FeatureColumnError } from '../errors.js';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The 64 hex digits of `sha256-<base64>` or of 64 hex digits. @throws FeatureColumnError `invalid_argument` */
export function expectedDigest(text: string, url: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  const base64 = /^sha256-([A-Za-z0-9+/_-]{43})=?$/.exec(text)?.[1];
  if (base64 === undefined) {
    throw new FeatureColumnError('invalid_argument', `integrity of ${url}: "${text}" is neither sha256-<base64 of 32 bytes> nor 64 hex digits`, { value: text });
  }
  const binary = atob(base64.replace(/-/g, '+').replace(/_/g, '/'));
  return hex(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

/** @throws FeatureColumnError `integrity`; `unsupported` where the engine has no WebCrypto (a page that is not https) */
export async function checkDigest(bytes: Uint8Array<ArrayBuffer>, expected: string, url: string): Promise<void> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (subtle === undefined) {
    throw new FeatureColumnError('unsupported', `integrity of ${url}: this page has no crypto.subtle, which needs a secure context (https or localhost)`);
  }
  const actual = hex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
  if (actual !== expected) {
    throw new FeatureColumnError('integrity', `${url} has another content than expected: its SHA-256 is ${actual}, not ${expected}. Was it replaced, or cut off on its way?`, { value: actual });
  }
}
