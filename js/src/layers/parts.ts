/** What is inside columns: the parts that are loaded or called, and the features that are read. */
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
  readonly features = new Set<string>();

  constructor(columns: readonly ColumnDefinition[]) {
    for (const column of columns) this.add(column);
  }

  private add(column: ColumnDefinition): void {
    switch (column.type) {
      case 'bucketized_column':
        return this.add(column.sourceColumn);
      case 'crossed_column':
        for (const key of column.keys) {
          if (typeof key === 'string') this.features.add(key);
          else this.add(key);
        }
        return;
      case 'weighted_categorical_column':
        this.features.add(column.weightFeatureKey);
        return this.add(column.categoricalColumn);
      case 'embedding_column':
      case 'shared_embedding_column':
        this.tables.add(column);
        return this.add(column.categoricalColumn);
      case 'indicator_column':
        return this.add(column.categoricalColumn);
      case 'categorical_column_with_vocabulary_file':
      case 'sequence_categorical_column_with_vocabulary_file':
        this.vocabularies.add(column);
    }
    this.features.add(column.key);
  }
}
