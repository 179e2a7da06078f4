/** What is inside columns: the parts that are loaded or called. */
import type {
  ColumnDefinition, EmbeddingColumn, NumericColumn, SequenceNumericColumn, SequenceVocabularyFileCategoricalColumn, SharedEmbeddingColumn,
  VocabularyFileCategoricalColumn,
} from '../columns/types.js';

export type VocabularyColumn = VocabularyFileCategoricalColumn | SequenceVocabularyFileCategoricalColumn;
export type TableColumn = EmbeddingColumn | SharedEmbeddingColumn;
export type NumericLike = NumericColumn | SequenceNumericColumn;

/** Each part once, however often it stands there. */
export class Parts {
  readonly vocabularies = new Set<VocabularyColumn>();
  readonly tables = new Set<TableColumn>();
  /** Columns whose normalizer is a function. */
  readonly normalized = new Set<NumericLike>();

  constructor(columns: readonly ColumnDefinition[]) {
    for (const column of columns) this.add(column);
  }

  private add(column: ColumnDefinition): void {
    if ('sourceColumn' in column) return this.add(column.sourceColumn);
    if ('keys' in column) for (const key of column.keys) if (typeof key !== 'string') this.add(key);
    if ('dimension' in column) this.tables.add(column);
    if ('categoricalColumn' in column) return this.add(column.categoricalColumn);
    if ('vocabularyFile' in column) this.vocabularies.add(column);
    if ('normalizerFn' in column && typeof column.normalizerFn === 'function') this.normalized.add(column);
  }
}
