/** Where names of files lead: `./v.txt` and `v.txt` are one file. */
import { isColumn } from '../columns/kinds.js';

/** Locations by the names that were given. */
export class Locations {
  private constructor(private readonly known: ReadonlyMap<string, string>) {}

  /**
   * Those of all sources in columns and in what is to replace them, wherever they stand in `values`, and of the keys that may name one.
   *
   * @param locate may fail for what is no name of a file: it stands for itself then
   */
  static async of(values: readonly unknown[], locate: (name: string) => Promise<string>): Promise<Locations> {
    const names = new Set<string>();
    for (const value of values) gather(value, names);
    const known = await Promise.all([...names].map(async (name): Promise<[string, string]> => [name, await locate(name).catch(() => name)]));
    return new Locations(new Map(known));
  }

  /** A source as what it leads to: names and URLs by their location, objects with sources in them by those, all else as it is. */
  resolved(source: unknown): unknown {
    if (typeof source === 'string') return this.known.get(source) ?? source;
    if (source instanceof URL) return source.href;
    if (isPlain(source) && 'url' in source) return { ...source, url: this.resolved(source['url']) };
    return source;
  }

  same(a: unknown, b: unknown): boolean {
    return Object.is(this.resolved(a), this.resolved(b));
  }
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => Object.prototype.toString.call(value) === '[object Object]' && !(value instanceof URL);

const SOURCES = ['vocabularyFile', 'ckptToLoadFrom', 'url'];

function gather(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) return value.forEach((each) => gather(each, names));
  if (!isPlain(value)) return;
  for (const [key, part] of Object.entries(value)) {
    if (typeof part !== 'string') gather(part, names);
    else if (SOURCES.includes(key)) names.add(part);
    if (key !== 'vocabularies' || !isPlain(part) || isColumn(value)) continue;
    for (const [file, next] of Object.entries(part)) {
      names.add(file);
      if (typeof next === 'string') names.add(next);
    }
  }
}
