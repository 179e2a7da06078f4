/** Pieces of a file in Node. */
import { abortable } from '../loading/abort.js';
import { networkError } from '../loading/http.js';
import type { Location } from '../loading/location.js';
import { readPathVersion } from '../loading/node_file.js';
import { changedError } from './changed.js';
import type { RowFile } from './row_file.js';

export async function openPathRows(location: Location, head: number, signal: AbortSignal): Promise<RowFile> {
  const first = await abortable(readPathVersion(location, 0, head), location, signal);
  const read = async (offset: number, size: number, own: AbortSignal): Promise<Uint8Array> => {
    // Opened anew each time: a file that is held open would stay what it was after another has taken its name.
    const { bytes, version } = await abortable(readPathVersion(location, offset, size), location, own);
    if (version.size !== first.version.size) throw changedError(location, `it had ${first.version.size} bytes, and has ${version.size}`);
    if (version.modified !== first.version.modified) throw changedError(location, `it was written to at ${new Date(version.modified).toISOString()}`);
    if (bytes.length !== size) throw networkError(`${location} was cut off: ${bytes.length} of ${size} bytes arrived`);
    return bytes;
  };
  return { size: first.version.size, head: first.bytes, read };
}
