/** Columns as the core takes them: src/columns/from_spec.hpp. What JavaScript has loaded is in it by handle. */
import type {
  ColumnDefinition, EmbeddingColumn, NestedNumbers, NumericColumn, SequenceNumericColumn, SequenceVocabularyFileCategoricalColumn, SharedEmbeddingColumn,
  VocabularyFileCategoricalColumn,
} from '../columns/types.js';
import type { Handle } from '../runtime/module.js';
import type { Argument } from './arguments.js';
import { plainDefault } from './to_spec.js';
import { writeColumns, type Fields } from './write_columns.js';

/** Gives the handles of what columns use. Columns that say the same must get the same handle. */
export interface HandlesFor {
  /** Called once for each place where a vocabulary file column stands. */
  vocabulary(column: VocabularyFileCategoricalColumn | SequenceVocabularyFileCategoricalColumn): Handle;
  /** Called once for each embedding, and once for each group of shared embeddings, with a member of it. */
  table(column: EmbeddingColumn | SharedEmbeddingColumn): Handle;
  /** The input under which the values stand that `normalizerFn`, a function, has made. */
  input(column: NumericColumn | SequenceNumericColumn): string;
}

/** The core's "columns". Write it with `stringifySpec`: it may hold bigints. */
export function columnsToCoreSpec(columns: readonly ColumnDefinition[], handlesFor: HandlesFor): readonly Fields[] {
  return writeColumns(columns, (column, argument, value, isDefault) => writeForCore(column, argument, value, isDefault, handlesFor));
}

function writeForCore(column: ColumnDefinition, { name, kind }: Argument, value: unknown, isDefault: boolean, handlesFor: HandlesFor): Fields {
  switch (name) {
    case 'table':
      return { table: handlesFor.table(column as EmbeddingColumn) };
    case 'ckpt_to_load_from':
    case 'tensor_name_in_ckpt':
    case 'initializer':
    case 'trainable':
      return {}; // of the table, which is loaded
    case 'vocabulary_file':
      // The core only names it.
      return { vocabulary_file: typeof value === 'string' ? value : Object.prototype.toString.call(value), vocabulary: handlesFor.vocabulary(column as VocabularyFileCategoricalColumn) };
    case 'normalizer_fn':
      if (typeof value === 'function') return { input: handlesFor.input(column as NumericColumn) };
  }
  if (isDefault) return {};
  return { [name]: kind === 'default_value' ? plainDefault(value as NestedNumbers) : value };
}
