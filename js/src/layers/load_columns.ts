/** What columns need - vocabularies, tables - and the columns as the core takes them. */
import { numBuckets } from '../columns/kinds.js';
import type { CategoricalColumn, ColumnDefinition } from '../columns/types.js';
import { FeatureColumnError } from '../errors.js';
import type { CoreColumns } from '../estimators/types.js';
import type { LazyResources } from '../loading/lazy_resources.js';
import { foreseeTables } from '../loading/foresight.js';
import { loadTogether } from '../loading/together.js';
import type { Lease, LoadOptions, TableFor, VocabularyLease } from '../loading/types.js';
import { columnsToCoreSpec } from '../spec/core_spec.js';
import type { Normalizers } from './normalizers.js';
import { Parts } from './parts.js';

/**
 * Loads what `columns` need, side by side. On failure nothing is kept.
 *
 * @param tableFor gives the tables of embeddings
 * @param autocast whether the layer is one of Keras', which casts floating features to float32
 */
export async function loadColumns(
  columns: readonly ColumnDefinition[],
  resources: LazyResources,
  tableFor: TableFor,
  normalizers: Normalizers,
  autocast: boolean,
  options: LoadOptions,
): Promise<CoreColumns> {
  const parts = new Parts(columns);
  foreseeTables(parts.tables);
  const handles = new Map<ColumnDefinition, number>();
  const kept = async (column: ColumnDefinition, loading: Promise<Lease>): Promise<Lease> => {
    const lease = await loading;
    handles.set(column, lease.handle);
    return lease;
  };
  const start = (together: LoadOptions): Promise<Lease>[] => {
    const vocabularies = new Map<CategoricalColumn, Promise<VocabularyLease>>();
    for (const column of parts.vocabularies) {
      const { name, vocabularyFile, vocabularySize, dtype, fileFormat } = column;
      vocabularies.set(column, resources.get(together.signal).then((loaded) => loaded.vocabulary({ column: name, vocabularyFile, vocabularySize, dtype, fileFormat }, together)));
    }
    const tables = [...parts.tables].map((column) => {
      const { name, dimension, ckptToLoadFrom, tensorNameInCkpt, table, categoricalColumn } = column;
      const buckets = bucketsOf(categoricalColumn, vocabularies);
      buckets.catch(() => {}); // the vocabulary's own load tells of it
      const shared = column.type === 'shared_embedding_column' ? { sharedEmbeddingCollectionName: column.sharedEmbeddingCollectionName } : {};
      return kept(column, tableFor({ column: name, numBuckets: buckets, dimension, ckptToLoadFrom, tensorNameInCkpt, table, ...shared }));
    });
    return [...[...vocabularies].map(([column, lease]) => kept(column, lease)), ...tables];
  };
  const leases = await loadTogether(options, start, (lease) => lease.release());
  const handleOf = (column: ColumnDefinition): number => {
    const handle = handles.get(column);
    if (handle === undefined) throw new FeatureColumnError('internal', `column "${column.name}" was not loaded; please report it`, { column: column.name });
    return handle;
  };
  try {
    const core = columnsToCoreSpec(columns, { vocabulary: handleOf, table: handleOf, input: (column) => normalizers.inputOf(column, autocast) });
    return { columns: core, names: columns.map(({ name }) => name), leases };
  } catch (error) {
    for (const lease of leases) lease.release();
    throw error;
  }
}

/** TensorFlow's num_buckets, once the vocabulary is there. */
async function bucketsOf(column: CategoricalColumn, vocabularies: ReadonlyMap<CategoricalColumn, Promise<VocabularyLease>>): Promise<number> {
  if (column.type === 'weighted_categorical_column') return bucketsOf(column.categoricalColumn, vocabularies);
  const vocabulary = vocabularies.get(column);
  return vocabulary && 'numOovBuckets' in column ? (await vocabulary).size + column.numOovBuckets : Number(numBuckets(column));
}
