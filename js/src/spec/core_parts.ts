/** Which parts of the module a layer needs: wasm/parts.mjs says what is in them. */
import type { Handle } from '../runtime/module.js';

/** Columns that the core has by itself. */
const CORE_COLUMNS = /^(shared_embedding|embedding|categorical_column_with_(vocabulary_file|identity|hash))/;

/**
 * Whether columns, or the core's spec of a layer, need the part `columns`. Of columns it is told before anything of them is loaded, so that
 * it comes meanwhile; only of a spec, which has the handles of tables, whether rows have to be widened (`isNarrow`).
 */
export function needsColumns(value: unknown, isNarrow?: (table: Handle) => boolean): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  const { type, maxNorm, max_norm = maxNorm, table } = value as Readonly<Record<string, unknown>>;
  if ((typeof type === 'string' && !CORE_COLUMNS.test(type)) || typeof max_norm === 'number' || (typeof table === 'number' && isNarrow?.(table))) return true;
  return Object.values(value).some((part) => needsColumns(part, isNarrow));
}
