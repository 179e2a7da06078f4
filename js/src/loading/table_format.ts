/** How the numbers of a table are stored in the core: src/embedding/table_format.hpp, docs/tables.md. */

/** The numbers are those of the core's TableFormat. */
export const TABLE_FORMATS = { float32: 0, float16: 1, bfloat16: 2, int8: 3, int4: 4 } as const;
export type TableFormat = keyof typeof TABLE_FORMATS;

export const isTableFormat = (name: unknown): name is TableFormat => typeof name === 'string' && Object.hasOwn(TABLE_FORMATS, name);

export const hasScales = (format: TableFormat): boolean => format === 'int8' || format === 'int4';

/** Bytes of the codes of one row. */
export function rowBytes(format: TableFormat, dimension: number): number {
  if (format === 'float32') return dimension * 4;
  if (format === 'int8') return dimension;
  return format === 'int4' ? Math.ceil(dimension / 2) : dimension * 2;
}
