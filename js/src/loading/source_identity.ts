/** Sources that are no names: what they are called, and which are the same. */
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

/** Keys for things that are the same only if they are the same object. */
export class IdentityKeys {
  private readonly numbers = new WeakMap<object, number>();
  private next = 1;

  of(object: object): string {
    let number = this.numbers.get(object);
    if (number === undefined) this.numbers.set(object, (number = this.next++));
    return `#${number}`;
  }
}
