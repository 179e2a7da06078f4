/** Writing .npy, NumPy's format of one array: version 1.0, C order, little-endian. */

/** Long enough for any shape of three dimensions, so that it can be rewritten in place when the number of rows is known. */
const HEADER_BYTES = 128;

/** The header of an array of `shape`, float32 unless `dtype` says another. */
export function npyHeader(shape: readonly number[], dtype: '<f4' | '<f2' = '<f4'): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const header = new Uint8Array(HEADER_BYTES).fill(32);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (HEADER_BYTES - 10) & 255, (HEADER_BYTES - 10) >> 8]);
  header.set(new TextEncoder().encode(dictionary), 10);
  header[HEADER_BYTES - 1] = 10;
  return header;
}
