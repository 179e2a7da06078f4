import { columnList } from '../columns/normalize.js';
import type { ColumnDefinition, NestedNumbers } from '../columns/types.js';
import { FeatureColumnError } from '../errors.js';
import type { Argument } from './arguments.js';
import type { ColumnSpec, Spec } from './types.js';
import { writeColumns, type Fields } from './write_columns.js';

/**
 * Columns as plain data for a JSON spec, without what is TensorFlow's default. `stringifySpec` makes text of it, `fromSpec`
 * columns. Members of one group of shared embeddings become one item.
 *
 * @throws FeatureColumnError `invalid_definition` for what is no column; `invalid_spec` for what JSON cannot hold: a
 *   `normalizerFn` that is a function (write it as steps), files and tables given as bytes (give their URLs).
 */
export function toSpec(columns: ColumnDefinition | Iterable<ColumnDefinition>): Spec {
  return { version: 1, columns: writeColumns(columnList(columns), writeArgument) as readonly Fields[] as readonly ColumnSpec[] };
}

function writeArgument(column: ColumnDefinition, { name, kind }: Argument, value: unknown, isDefault: boolean): Fields {
  if (isDefault) return {};
  switch (kind) {
    case 'default_value':
      return { [name]: plainDefault(value as NestedNumbers) };
    case 'initializer':
      return typeof value === 'function' ? {} : { [name]: value }; // of no effect here
    case 'normalizer':
      if (typeof value === 'function') throw unwritable(column, `${name} is a function; write it as steps, such as [["sub", 3], ["div", 2]]`);
      break;
    case 'source':
      if (typeof value !== 'string') throw unwritable(column, `${name} is given as bytes; give its URL or path`);
      break;
    case 'table':
      if (typeof (value as { url?: unknown }).url !== 'string') throw unwritable(column, `${name} is given as bytes or data; give its URL or path`);
      break;
  }
  return { [name]: value };
}

const unwritable = ({ name }: ColumnDefinition, problem: string): FeatureColumnError =>
  new FeatureColumnError('invalid_spec', `column ${JSON.stringify(name)}: ${problem}`, { column: name });

/** One number where all are the same, as TensorFlow takes it: shapes may be large. */
export function plainDefault(value: NestedNumbers): NestedNumbers {
  const leaves = (part: NestedNumbers): readonly NestedNumbers[] => (Array.isArray(part) ? (part as readonly NestedNumbers[]).flatMap(leaves) : [part]);
  const [first, ...others] = leaves(value);
  return first !== undefined && others.every((other) => Object.is(other, first)) ? first : value;
}
