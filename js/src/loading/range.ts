/** What answers say of the part of a file that they are, and of its version. */

/** Content-Range: `bytes 10-19/4000`; undefined where another page may not see it (CORS), or the size is unknown. */
export function contentRange(headers: Headers): { readonly start: number; readonly end: number; readonly total: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers.get('content-range') ?? '');
  return match ? { start: Number(match[1]), end: Number(match[2]), total: Number(match[3]) } : undefined;
}

/** Whether the bytes that arrive are not those that travel, so that positions mean nothing. */
export const isEncoded = (headers: Headers): boolean => (headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity';

/** What tells whether a later answer is of the same version. */
export interface Validator {
  /** What a request says, so that a server sends a part only of this version. */
  readonly header: Readonly<Record<string, string>>;
  /** Whether an answer is of it. */
  holds(headers: Headers): boolean;
}

/** A file of another origin: `If-Range` would need that server's consent (a CORS preflight). Then the answer's own headers must tell. */
function isElsewhere(url: string): boolean {
  try {
    return typeof location === 'object' && new URL(url).origin !== location.origin;
  } catch {
    return false;
  }
}

/** Undefined where nothing tells versions apart: weak ETags and times of this very second do not. RFC 9110, 8.8. */
export function validatorOf(url: string, headers: Headers): Validator | undefined {
  const asked = !isElsewhere(url);
  const ifRange = (value: string) => (asked ? { 'If-Range': value } : {});
  const etag = headers.get('etag');
  if (etag !== null) return /^"[^"]*"$/.test(etag) ? { header: ifRange(etag), holds: (answer) => answer.get('etag') === etag } : undefined;
  const modified = headers.get('last-modified');
  if (modified === null || !(Date.parse(headers.get('date') ?? '') - Date.parse(modified) >= 1000)) return undefined;
  return { header: ifRange(modified), holds: (answer) => (answer.get('last-modified') ?? (asked ? modified : null)) === modified };
}
