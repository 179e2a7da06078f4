/** What columns need - vocabularies, tables - and the columns as the core takes them. */
import type { ColumnDefinition } from '../columns/types.js';
import { FeatureColumnError } from '../errors.js';
import type { CoreColumns } from '../estimators/types.js';
import { loadSources } from '../loading/column_sources.js';
import { foreseeTables } from '../loading/foresight.js';
import type { Resources } from '../loading/resources.js';
import type { LoadOptions, TableFor } from '../loading/types.js';
import { columnsToCoreSpec } from '../spec/core_spec.js';
import type { Normalizers } from './normalizers.js';
import { Parts, type NumericLike } from './parts.js';

/**
 * Loads what `columns` need, side by side. On failure nothing is kept.
 *
 * @param tableFor gives the tables of embeddings
 * @param normalizers of columns whose normalizer is a function
 * @param autocast whether the layer is one of Keras', which casts floating features to float32
 */
export async function loadColumns(
  columns: readonly ColumnDefinition[],
  resources: Resources,
  tableFor: TableFor,
  normalizers: Promise<Normalizers> | undefined,
  autocast: boolean,
  options: LoadOptions,
): Promise<CoreColumns> {
  const parts = new Parts(columns);
  foreseeTables(parts.tables);
  const loaded = await loadSources(resources, parts, tableFor, options);
  const leases = [...loaded.values()];
  const handleOf = (column: ColumnDefinition): number => {
    const lease = loaded.get(column);
    if (!lease) throw new FeatureColumnError('internal', `column "${column.name}" was not loaded; please report it`, { column: column.name });
    return lease.handle;
  };
  try {
    const functions = await normalizers;
    const input = (column: NumericLike): string => (functions as Normalizers).inputOf(column, autocast);
    const core = columnsToCoreSpec(columns, { vocabulary: handleOf, table: handleOf, input });
    return { columns: core, leases };
  } catch (error) {
    for (const lease of leases) lease.release();
    throw error;
  }
}
