/**
 * Parts of the package that will be asked for, fetched side by side: one after the other would be a round trip each. Who asks for
 * them does so where they are used, and is told there of a failure.
 */
import type { TableRequest } from './types.js';

function ahead(...parts: readonly Promise<unknown>[]): void {
  for (const part of parts) part.catch(() => {});
}

/** What reads files. */
export function foreseeFiles(): void {
  ahead(import('./resources.js'));
}

/** What reads a model's checkpoint. */
export function foreseeModel(): void {
  ahead(import('./resources.js'), import('./checkpoint.js'), import('../layers/load_model.js'));
}

/** What reads these tables. */
export function foreseeTables(columns: Iterable<Pick<TableRequest, 'table' | 'ckptToLoadFrom'>>): void {
  for (const { table, ckptToLoadFrom } of columns) {
    if (ckptToLoadFrom) ahead(import('./checkpoint.js'));
    else if (table?.fetch) ahead(import('../rows/row_tables.js'));
    else if (table && 'url' in table) ahead(import('./table_stream.js'));
  }
}
