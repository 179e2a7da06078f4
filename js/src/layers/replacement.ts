/** What `layer.replace` is given, and columns that read from it. */
import { define, isSame } from '../columns/definition.js';
import { didYouMean } from '../columns/nearest.js';
import { shown } from '../columns/shown.js';
import { checkSource, checkTable } from '../columns/source.js';
import type { ColumnDefinition } from '../columns/types.js';
import { FeatureColumnError } from '../errors.js';
import type { FetchedTableSource, LoadOptions, Source, TableSource } from '../loading/types.js';
import type { Locations } from './locations.js';
import type { TableColumn, VocabularyColumn } from './parts.js';

/** A vocabulary to read in another's place: its file, or the file and how many of its lines count. */
export type NewVocabulary = Source | { readonly vocabularyFile: Source; /** Default: as the column says. */ readonly vocabularySize?: number | null | undefined };

/** A table to read in another's place. `tensorNameInCkpt` by default is the one that the column has. */
export type NewTable = TableSource | FetchedTableSource | { readonly ckptToLoadFrom: Source; readonly tensorNameInCkpt?: string | undefined };

/** What changes; everything that is not named stays as it is. */
export interface Replacement {
  /** By what the columns say: their `vocabularyFile` where that is a name, or the categorical column's own name. */
  readonly vocabularies?: Readonly<Record<string, NewVocabulary>> | undefined;
  /** By the embedding's name (`genres_embedding`), the shared collection's name, or the tensor's name in the checkpoint. */
  readonly tables?: Readonly<Record<string, NewTable>> | undefined;
  /** The checkpoint of a linear model or an estimator, which has all its weights. */
  readonly ckptToLoadFrom?: Source | undefined;
}

/** Options of `replace`: as of loading. New names are relative to what the layer's own names are relative to. */
export type ReplaceOptions = Omit<LoadOptions, 'baseUrl'>;

const FIELDS = ['vocabularies', 'tables', 'ckptToLoadFrom'];

const wrong = (message: string, value?: unknown) => new FeatureColumnError('invalid_argument', `replace: ${message}`, { value });

const isPlain = (value: unknown): value is Record<string, unknown> => Object.prototype.toString.call(value) === '[object Object]';

function entriesOf(what: string, map: unknown): Map<string, unknown> {
  if (map === undefined) return new Map();
  if (!isPlain(map)) throw wrong(`${what} is an object of new sources by name. Given: ${shown(map)}`, map);
  return new Map(Object.entries(map));
}

/** Columns with other sources. One for each call of `replace`, so that what was one object stays one. */
export class Replacer {
  readonly ckptToLoadFrom: Source | undefined;
  private readonly vocabularies: ReadonlyMap<string, unknown>;
  private readonly tables: ReadonlyMap<string, unknown>;
  private readonly used = new Set<unknown>();
  private readonly known: Readonly<Record<'vocabularies' | 'tables', Set<string>>> = { vocabularies: new Set(), tables: new Set() };
  private readonly made = new Map<ColumnDefinition, ColumnDefinition>();

  /** @throws FeatureColumnError `invalid_argument` */
  constructor(replacement: Replacement, private readonly locations: Locations) {
    if (!isPlain(replacement)) throw wrong(`give {vocabularies, tables}. Given: ${shown(replacement)}`, replacement);
    for (const field of Object.keys(replacement)) {
      if (!FIELDS.includes(field)) throw wrong(`there is no ${JSON.stringify(field)}.${didYouMean(field, FIELDS)} It takes ${FIELDS.join(', ')}`, field);
    }
    this.vocabularies = entriesOf('vocabularies', replacement.vocabularies);
    this.tables = entriesOf('tables', replacement.tables);
    this.ckptToLoadFrom = replacement.ckptToLoadFrom === undefined ? undefined : checkSource(undefined, 'ckptToLoadFrom', replacement.ckptToLoadFrom);
    if (this.vocabularies.size + this.tables.size === 0 && this.ckptToLoadFrom === undefined) throw wrong('nothing is named to be replaced: give {vocabularies, tables}');
  }

  get hasTables(): boolean {
    return this.tables.size > 0;
  }

  /** The list with other sources. @throws FeatureColumnError `invalid_argument`, `invalid_definition` */
  columns(list: Iterable<ColumnDefinition>): ColumnDefinition[] {
    return Array.from(list, (column) => this.column(column));
  }

  /** To be called after all lists. @throws FeatureColumnError `invalid_argument` for a name that no column has */
  requireAllUsed(): void {
    for (const what of ['vocabularies', 'tables'] as const) {
      for (const name of this[what].keys()) {
        if (this.used.has(`${what}|${name}`)) continue;
        const known = [...this.known[what]];
        throw wrong(`no column has ${JSON.stringify(name)} for one of its ${what}.${didYouMean(name, known)} The layer's are: ${known.join(', ') || 'none'}`, name);
      }
    }
  }

  private column<T extends ColumnDefinition>(column: T): T {
    const before = this.made.get(column);
    if (before) return before as T;
    const after = isSameParts(column, this.changed(column));
    this.made.set(column, after);
    return after as T;
  }

  private changed(column: ColumnDefinition): ColumnDefinition {
    switch (column.type) {
      case 'categorical_column_with_vocabulary_file':
      case 'sequence_categorical_column_with_vocabulary_file':
        return this.vocabulary(column);
      case 'crossed_column':
        return { ...column, keys: column.keys.map((key) => (typeof key === 'string' ? key : this.column(key))) };
      case 'weighted_categorical_column':
      case 'indicator_column':
        return { ...column, categoricalColumn: this.column(column.categoricalColumn) };
      case 'embedding_column':
        return this.table({ ...column, categoricalColumn: this.column(column.categoricalColumn) });
      case 'shared_embedding_column':
        return this.table({
          ...column,
          categoricalColumn: this.column(column.categoricalColumn),
          categoricalColumns: column.categoricalColumns.map((each) => this.column(each)),
        });
      default:
        return column;
    }
  }

  private vocabulary<T extends VocabularyColumn>(column: T): T {
    const file = column.vocabularyFile;
    const given = this.find('vocabularies', [column.name, ...this.namesOf(file)]);
    if (given === undefined) return column;
    const { vocabularyFile, vocabularySize = column.vocabularySize, ...rest } = isPlain(given) ? given : { vocabularyFile: given };
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw wrong(`a vocabulary is {vocabularyFile, vocabularySize}; it has no field ${JSON.stringify(unknown)}`, unknown);
    if (vocabularySize !== null && !(Number.isSafeInteger(vocabularySize) && (vocabularySize as number) > 0)) {
      throw wrong(`vocabularySize is a number of lines, at least 1, or null. Given: ${shown(vocabularySize)}`, vocabularySize);
    }
    const next: T = { ...column, vocabularyFile: checkSource(column.name, 'vocabulary_file', vocabularyFile), vocabularySize };
    return this.requireOther(column, next);
  }

  private table<T extends TableColumn>(column: T): T {
    const collection = column.type === 'shared_embedding_column' ? column.sharedEmbeddingCollectionName : undefined;
    const given = this.find('tables', [column.name, collection, column.tensorNameInCkpt ?? undefined]);
    if (given === undefined) return column;
    if ((isPlain(given) ? given['fetch'] : undefined) !== column.table?.fetch) {
      throw wrong(`"${column.name}" ${column.table?.fetch ? "has a table that is fetched by rows, and so must be the new one: fetch: 'rows'" : 'has a whole table, and so must be the new one: one that is fetched by rows would make promises of the answers'}`);
    }
    if (!isPlain(given) || given['ckptToLoadFrom'] === undefined) return this.requireOther(column, { ...column, table: checkTable(column.name, given) as TableSource | null, ckptToLoadFrom: null, tensorNameInCkpt: null });
    const { ckptToLoadFrom, tensorNameInCkpt = column.tensorNameInCkpt, ...rest } = given;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw wrong(`a table of a checkpoint is {ckptToLoadFrom, tensorNameInCkpt}; it has no field ${JSON.stringify(unknown)}`, unknown);
    if (typeof tensorNameInCkpt !== 'string') throw wrong(`the table of "${column.name}" was in no checkpoint: say tensorNameInCkpt`, tensorNameInCkpt);
    return this.requireOther(column, { ...column, table: null, ckptToLoadFrom: checkSource(column.name, 'ckpt_to_load_from', ckptToLoadFrom), tensorNameInCkpt });
  }

  /** A vocabulary's file as the column names it, and as the caller does. */
  private namesOf(file: Source): string[] {
    const others = [...this.vocabularies.keys()].filter((name) => name !== file && this.locations.same(name, file));
    return typeof file === 'string' ? [file, ...others] : others;
  }

  /** A name that is held already would be answered with what is held. @throws FeatureColumnError `invalid_argument` */
  private requireOther<T extends VocabularyColumn | TableColumn>(before: T, after: T): T {
    const [old, next] = [before, after].map((column) => sourceOf(column).map((source) => this.locations.resolved(source)));
    if (!isSame(old, next)) return after;
    throw wrong(`"${before.name}" reads this very source already. If its bytes have changed, give them (a Response, a Blob, an array), or another name for them, such as a URL with ?v=2`);
  }

  private find(what: 'vocabularies' | 'tables', names: readonly (string | undefined)[]): unknown {
    let found: unknown;
    for (const name of names) {
      if (name === undefined) continue;
      this.known[what].add(name);
      if (!this[what].has(name)) continue;
      this.used.add(`${what}|${name}`);
      found ??= this[what].get(name) ?? null;
    }
    if (found === null) throw wrong(`${what}: ${names[0]} has nothing in its place`);
    return found;
  }
}

/** The members of a group are compared by value, and everything that stays is to stay the object that it was. */
const isSameParts = (before: ColumnDefinition, after: ColumnDefinition): ColumnDefinition => (before === after || isSame(before, after) ? before : define(after));

const sourceOf = (column: VocabularyColumn | TableColumn): readonly unknown[] =>
  'vocabularyFile' in column ? [column.vocabularyFile, column.vocabularySize] : [column.table, column.ckptToLoadFrom, column.tensorNameInCkpt];
