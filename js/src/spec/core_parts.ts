/** Which parts of the module a layer needs: wasm/parts.mjs says what is in them. */
import type { Handle } from '../runtime/module.js';
import type { PartName } from '../runtime/wasm_source.js';

/** Columns that the core has by itself, or with vocabularies. */
const CORE_COLUMNS = /^(shared_embedding|embedding|categorical_column_with_(vocabulary_file|identity|hash))/;

/**
 * The parts that columns, or the core's spec of a layer, need of the module. Of columns it is told before anything of them is loaded, so that
 * these come meanwhile; only of a spec, which has the handles of tables, whether rows have to be widened (`isNarrow`).
 */
export function partsOf(value: unknown, isNarrow?: (table: Handle) => boolean, parts = new Set<PartName>()): Set<PartName> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return parts;
  const { type, maxNorm, max_norm = maxNorm, table } = value as Readonly<Record<string, unknown>>;
  if ((typeof type === 'string' && !CORE_COLUMNS.test(type)) || typeof max_norm === 'number' || (typeof table === 'number' && isNarrow?.(table))) parts.add('columns');
  if (typeof type === 'string' && type.includes('vocabulary')) parts.add('vocabulary');
  for (const part of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) partsOf(part, isNarrow, parts);
  return parts;
}
