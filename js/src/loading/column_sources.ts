/** The vocabularies and tables of columns, loaded side by side. */
import { differentBuckets } from '../columns/different_buckets.js';
import { numBuckets } from '../columns/kinds.js';
import type { CategoricalColumn, ColumnDefinition, EmbeddingColumn, SequenceVocabularyFileCategoricalColumn, SharedEmbeddingColumn, VocabularyFileCategoricalColumn } from '../columns/types.js';
import type { Resources } from './resources.js';
import { loadTogether } from './together.js';
import type { Lease, LoadOptions, TableFor, VocabularyLease } from './types.js';

/** What is inside columns, each once. */
export interface ColumnSources {
  readonly vocabularies: Iterable<VocabularyFileCategoricalColumn | SequenceVocabularyFileCategoricalColumn>;
  readonly tables: Iterable<EmbeddingColumn | SharedEmbeddingColumn>;
}

/** Tables by `tableFor`. On failure nothing is kept. @throws FeatureColumnError as Resources.vocabulary and table */
export async function loadSources(resources: Resources, sources: ColumnSources, tableFor: TableFor, options: LoadOptions): Promise<Map<ColumnDefinition, Lease>> {
  const of = async (column: ColumnDefinition, loading: Promise<Lease>): Promise<[ColumnDefinition, Lease]> => [column, await loading];
  const start = (together: LoadOptions): Promise<[ColumnDefinition, Lease]>[] => {
    const vocabularies = new Map<CategoricalColumn, Promise<VocabularyLease>>();
    for (const column of sources.vocabularies) {
      const { name, vocabularyFile, vocabularySize, dtype, fileFormat } = column;
      vocabularies.set(column, resources.vocabulary({ column: name, vocabularyFile, vocabularySize, dtype, fileFormat }, together));
    }
    const groups = new Map<string, Buckets>();
    const tables = [...sources.tables].map((column) => {
      const { name, dimension, ckptToLoadFrom, tensorNameInCkpt, table, categoricalColumn } = column;
      const group = column.type === 'shared_embedding_column' ? column.sharedEmbeddingCollectionName : undefined;
      const own = { of: categoricalColumn, size: bucketsOf(categoricalColumn, vocabularies) };
      const first = group === undefined ? undefined : groups.get(group);
      if (group !== undefined && !first) groups.set(group, own);
      const buckets = first ? sameBuckets(first, own) : own.size;
      buckets.catch(() => {}); // the vocabulary's own load tells of it
      const shared = group === undefined ? {} : { sharedEmbeddingCollectionName: group };
      return of(column, tableFor({ column: name, numBuckets: buckets, dimension, ckptToLoadFrom, tensorNameInCkpt, table, ...shared }));
    });
    return [...[...vocabularies].map(([column, lease]) => of(column, lease)), ...tables];
  };
  return new Map(await loadTogether(options, start, ([, lease]) => lease.release()));
}

interface Buckets {
  readonly of: CategoricalColumn;
  readonly size: Promise<number>;
}

/** What `sharedEmbeddings` could not compare: how many lines the vocabulary files of a group have. `first`: of another of the group. */
async function sameBuckets(first: Buckets, own: Buckets): Promise<number> {
  const [size, other] = await Promise.all([own.size, first.size]);
  if (size !== other) throw differentBuckets(first.of, other, own.of, size);
  return size;
}

/** TensorFlow's num_buckets, once the vocabulary is there. */
async function bucketsOf(column: CategoricalColumn, vocabularies: ReadonlyMap<CategoricalColumn, Promise<VocabularyLease>>): Promise<number> {
  if (column.type === 'weighted_categorical_column') return bucketsOf(column.categoricalColumn, vocabularies);
  const vocabulary = vocabularies.get(column);
  return vocabulary && 'numOovBuckets' in column ? (await vocabulary).size + column.numOovBuckets : Number(numBuckets(column));
}
