/** Which column of a file of columns is the table: of Arrow and Parquet files. */
import { FeatureColumnError } from '../errors.js';

/** A column that can be a table: of lists of floats, or of floats, which is a table of one column. */
export interface TableColumn {
  readonly name: string;
  readonly isList: boolean;
}

/**
 * The column of this name; without a name the only one of lists, or else the only one.
 *
 * @throws FeatureColumnError `tensor_not_found`
 */
export function chooseColumn<Column extends TableColumn>(columns: readonly Column[], tensor: string | undefined, url: string): Column {
  const lists = columns.filter(({ isList }) => isList);
  const candidates = tensor !== undefined ? columns.filter(({ name }) => name === tensor) : lists.length > 0 ? lists : columns;
  const [found, ...others] = candidates;
  const listed = columns.slice(0, 20).map(({ name }) => name).join(', ') + (columns.length > 20 ? ', …' : '');
  if (found === undefined && tensor !== undefined) throw new FeatureColumnError('tensor_not_found', `Tensor ${tensor} is not found in ${url}; it has ${listed === '' ? 'no column' : listed}`, { value: tensor });
  if (found === undefined || others.length > 0) throw new FeatureColumnError('tensor_not_found', `${url} has ${candidates.length} columns that can be a table; say which in table.tensor: ${listed}`);
  return found;
}
