/**
 * Parts of the package that will be asked for, fetched side by side: one after the other would be a round trip each. Who asks for
 * them does so where they are used, and is told there of a failure.
 */
import type { TableRequest } from './types.js';

const ahead = (part: Promise<unknown>): void => void part.catch(() => {});

/** What reads files. */
export function foreseeFiles(): void {
  ahead(import('./file_resources.js'));
}

/** What reads a checkpoint. */
export function foreseeCheckpoint(): void {
  foreseeFiles();
  ahead(import('./checkpoint.js'));
}

/** What reads tensors by themselves. */
export function foreseeTensors(): void {
  foreseeFiles();
  ahead(import('./tensor_file.js'));
}

/** What writes a vocabulary with its index. */
export function foreseePrebuild(): void {
  foreseeFiles();
  ahead(import('./prebuild.js'));
}

/** What reads these tables. */
export function foreseeTables(columns: Iterable<Pick<TableRequest, 'table' | 'ckptToLoadFrom'>>): void {
  for (const { table, ckptToLoadFrom } of columns) {
    if (ckptToLoadFrom) foreseeCheckpoint();
    else if (table?.fetch) ahead(import('../rows/row_tables.js'));
    else if (table && 'url' in table) ahead(import('./table_stream.js'));
  }
}
