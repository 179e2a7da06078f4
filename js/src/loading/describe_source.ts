/** Sources in messages. */
import type { Source } from './types.js';

/** What messages call a source. */
export function describeSource(source: Source): string {
  if (typeof source === 'string') return source;
  if (source instanceof URL) return source.href;
  if (typeof Request !== 'undefined' && source instanceof Request) return source.url;
  if (typeof Response !== 'undefined' && source instanceof Response) return source.url === '' ? 'Response' : source.url;
  if (typeof File !== 'undefined' && source instanceof File) return source.name;
  return Object.prototype.toString.call(source).slice(8, -1);
}
