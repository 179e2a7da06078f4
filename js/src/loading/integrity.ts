/** SHA-256 of files that a caller pinned, computed as their bytes pass. */
import { FeatureColumnError } from '../errors.js';
import { hasFiles, nodeModule } from './location.js';

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

/** A SHA-256 that bytes are given to one after the other; WebCrypto's would need all of them at once, in a copy. */
export interface Digest {
  reset(): void;
  update(bytes: Uint8Array): void;
  hex(): string;
}

interface NodeCrypto {
  createHash(name: 'sha256'): { update(bytes: Uint8Array): void; digest(encoding: 'hex'): string };
}

/** Node's own where there is one: it is several times as fast. */
export async function newDigest(): Promise<Digest> {
  if (!hasFiles()) return new (await import('./sha256.js')).Sha256();
  const { createHash } = await nodeModule<NodeCrypto>('crypto');
  let hash = createHash('sha256');
  return {
    reset: () => void (hash = createHash('sha256')),
    update: (bytes) => hash.update(bytes),
    hex: () => hash.digest('hex'),
  };
}

/** @throws FeatureColumnError `integrity` */
export function requireDigest(actual: string, expected: string, url: string): void {
  if (actual === expected) return;
  throw new FeatureColumnError('integrity', `${url} has another content than expected: its SHA-256 is ${actual}, not ${expected}. Was it replaced, or cut off on its way?`, { value: actual });
}
