/** Columns to the items of a spec: what `toSpec` and the core's spec have in common. */
import { isSame } from '../columns/definition.js';
import type { CategoricalColumn, ColumnDefinition, SharedEmbeddingColumn } from '../columns/types.js';
import { camelCase, COLUMN_ARGUMENTS, type Argument, type SpecColumnType } from './arguments.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Writes an argument that is no column: the fields it becomes, or none. `isDefault`: leaving it out says the same. */
export type WriteArgument = (column: ColumnDefinition, argument: Argument, value: unknown, isDefault: boolean) => Fields;

/** An item for each column, and one for all members of a group of shared embeddings that are in the list. */
export function writeColumns(columns: readonly ColumnDefinition[], write: WriteArgument): Fields[] {
  const items: (ColumnDefinition | SharedEmbeddingColumn[])[] = [];
  for (const column of columns) {
    if (column.type !== 'shared_embedding_column') {
      items.push(column);
      continue;
    }
    const group = items.find((item): item is SharedEmbeddingColumn[] => Array.isArray(item) && isMember(column, item));
    if (group) group.push(column);
    else items.push([column]);
  }
  return items.map((item) => (Array.isArray(item) ? writeGroup(item, write) : writeItem(item.type as SpecColumnType, item, item, write)));
}

/** A column that is there already begins another group: layers refuse it by its name. */
function isMember(column: SharedEmbeddingColumn, group: readonly SharedEmbeddingColumn[]): boolean {
  const { name: _, categoricalColumn: __, ...shared } = column;
  const { name: ___, categoricalColumn: ____, ...others } = group[0] as SharedEmbeddingColumn;
  return isSame(shared, others) && group.every(({ name }) => name !== column.name);
}

/** In argument order. Of a group of which only some are used the item lists those, and so must name the collection. */
function writeGroup(group: readonly SharedEmbeddingColumn[], write: WriteArgument): Fields {
  const [first] = group as [SharedEmbeddingColumn];
  const place = ({ categoricalColumn }: SharedEmbeddingColumn) => first.categoricalColumns.findIndex((column) => isSame(column, categoricalColumn));
  const categoricalColumns: CategoricalColumn[] = [...group].sort((a, b) => place(a) - place(b)).map(({ categoricalColumn }) => categoricalColumn);
  return writeItem('shared_embeddings', first, { ...first, categoricalColumns }, write);
}

function writeItem(type: SpecColumnType, column: ColumnDefinition, values: object, write: WriteArgument): Fields {
  const item: Record<string, unknown> = { type };
  for (const argument of COLUMN_ARGUMENTS[type]) {
    const value = (values as Fields)[camelCase(argument.name)];
    const nested = (part: unknown) => {
      const wrapped = part as ColumnDefinition;
      return writeItem(wrapped.type as SpecColumnType, wrapped, wrapped, write);
    };
    switch (argument.kind) {
      case 'numeric_column':
      case 'categorical_column':
        item[argument.name] = nested(value);
        break;
      case 'categorical_columns':
      case 'keys':
        item[argument.name] = (value as readonly unknown[]).map((part) => (typeof part === 'string' ? part : nested(part)));
        break;
      default: {
        const fallback: unknown = typeof argument.default === 'function' ? (argument.default as (column: Fields) => unknown)(values as Fields) : argument.default;
        Object.assign(item, write(column, argument, value, !argument.required && (value === undefined || isSame(value, fallback))));
      }
    }
  }
  return item;
}
