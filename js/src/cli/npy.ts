/** Writing .npy, NumPy's format of one array: version 1.0, C order, little-endian. */

/** Long enough for any shape of three dimensions, so that it can be rewritten in place when the number of rows is known. */
const HEADER_BYTES = 128;

/** The header of a float32 array of `shape`. */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const header = new Uint8Array(HEADER_BYTES).fill(32);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (HEADER_BYTES - 10) & 255, (HEADER_BYTES - 10) >> 8]);
  header.set(new TextEncoder().encode(dictionary), 10);
  header[HEADER_BYTES - 1] = 10;
  return header;
}
