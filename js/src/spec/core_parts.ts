/** Which parts of the module a layer needs: wasm/parts.mjs says what is in them. */
import type { ColumnDefinition } from '../columns/types.js';
import type { Handle } from '../runtime/module.js';
import type { PartName } from '../runtime/wasm_source.js';

/** What the core has by itself, or with vocabularies. */
const CORE_COLUMNS: readonly string[] = ['shared_embedding_column', 'categorical_column_with_vocabulary_file', 'categorical_column_with_identity', 'categorical_column_with_hash_bucket', 'embedding_column', 'shared_embeddings'];

/** What a column of this type takes beyond the core. */
function partsOfType(type: string): readonly PartName[] {
  return [...(CORE_COLUMNS.includes(type) ? [] : ['columns' as const]), ...(type.includes('vocabulary') ? ['vocabulary' as const] : [])];
}

/** What a layer of these columns will need: told before anything of them is loaded, so that it comes meanwhile. */
export function partsOfColumns(columns: readonly ColumnDefinition[]): readonly PartName[] {
  return columns.flatMap((column) => [
    ...partsOfType(column.type),
    ...('maxNorm' in column && column.maxNorm !== null ? ['columns' as const] : []),
    ...('categoricalColumn' in column ? partsOfColumns([column.categoricalColumn]) : []),
  ]);
}

/** The parts that the core calls to make and to run the layer of a core spec. `isNarrow`: whether a table's rows have to be widened. */
export function partsOfSpec(spec: unknown, isNarrow: (table: Handle) => boolean): readonly PartName[] {
  const parts = new Set<PartName>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { type, layer, max_norm, table } = value as { type?: unknown; layer?: unknown; max_norm?: unknown; table?: unknown };
    if (typeof layer === 'string' && layer !== 'dense_features') parts.add('models');
    if (typeof type === 'string') for (const part of partsOfType(type)) parts.add(part);
    if (typeof max_norm === 'number' || (typeof table === 'number' && isNarrow(table))) parts.add('columns');
    Object.values(value).forEach(visit);
  };
  visit(spec);
  return [...parts];
}
