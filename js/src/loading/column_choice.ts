/** Which column of a file of columns is the table: of Arrow and Parquet files. */
import { FeatureColumnError } from '../errors.js';

/** A column that may be a table: of lists of floats, or of floats, which is a table of one column. */
export interface TableColumn {
  readonly name: string;
  readonly isFloat: boolean;
  readonly isList: boolean;
  /** What the file calls its type. */
  readonly type: string;
}

/**
 * The column of this name; without a name the only one of lists of floats, or else the only one of floats.
 *
 * @throws FeatureColumnError `tensor_not_found`; `dtype_mismatch` for a column that is neither
 */
export function chooseColumn<Column extends TableColumn>(columns: readonly Column[], tensor: string | undefined, url: string): Column {
  const floats = columns.filter(({ isFloat }) => isFloat);
  const lists = floats.filter(({ isList }) => isList);
  const candidates = tensor !== undefined ? columns.filter(({ name }) => name === tensor) : lists.length > 0 ? lists : floats;
  const listed = columns.slice(0, 20).map(({ name, type }) => `${name} (${type})`).join(', ') + (columns.length > 20 ? ', …' : '');
  const [found, ...others] = candidates.length === 0 && columns.length === 1 && tensor === undefined ? columns : candidates;
  if (found === undefined || others.length > 0) {
    if (tensor !== undefined && found === undefined) throw new FeatureColumnError('tensor_not_found', `Tensor ${tensor} is not found in ${url}; it has ${listed === '' ? 'no column' : listed}`, { value: tensor });
    throw new FeatureColumnError('tensor_not_found', `${url} has ${candidates.length} columns of floats${candidates.length > 1 ? '; say which in table.tensor' : ''}: ${listed}`);
  }
  if (!found.isFloat) throw new FeatureColumnError('dtype_mismatch', `column ${found.name} of ${url}: expected float32 or float16, or lists of them, got ${found.type}`, { value: found.type });
  return found;
}
