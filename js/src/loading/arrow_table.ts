/** Tables in Arrow IPC files and streams (Feather too): a column of lists of float32 or float16. Needs the package apache-arrow. */
import type { Data, Table } from 'apache-arrow';
import { problemOf } from '../batch/arrow_check.js';
import type { ArrowData } from '../batch/arrow.js';
import { FeatureColumnError } from '../errors.js';
import { brokenFile, countOf, type StoredArray, type TableFile } from './array_file.js';
import { BrokenMessages, checkMessages } from './arrow_messages.js';
import { chooseColumn, type TableColumn } from './column_choice.js';
import type { TensorInfo } from './types.js';

// Arrow's Type ids, and the precisions of its floats.
const Type = { Float: 3, List: 12, FixedSizeList: 16, LargeList: 21 } as const;
const FORMATS = { 0: 'float16', 1: 'float32' } as const;
const DTYPES = { float16: 'F16', float32: 'F32' } as const;
const LISTS: readonly number[] = [Type.List, Type.LargeList, Type.FixedSizeList];
const END_MARK = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

type Arrow = typeof import('apache-arrow');

async function loadArrow(url: string): Promise<Arrow> {
  try {
    return await import('apache-arrow');
  } catch (cause) {
    throw new FeatureColumnError('unsupported', `${url} is read with the package apache-arrow, which is not installed beside this one: npm install apache-arrow`, { cause });
  }
}

async function open(bytes: Uint8Array, url: string): Promise<Table> {
  const arrow = await loadArrow(url);
  // apache-arrow takes a stream that was cut off between two batches for a whole one.
  const isFile = String.fromCharCode(...bytes.subarray(0, 6)) === 'ARROW1';
  const end = bytes.subarray(isFile ? -6 : -8);
  if (isFile ? String.fromCharCode(...end) !== 'ARROW1' : !END_MARK.every((byte, i) => end[i] === byte)) throw brokenFile(`${url} is no whole Arrow file: its end is missing`);
  await checkMessages((offset, size) => bytes.subarray(offset, offset + size), bytes.length);
  return arrow.tableFromIPC(bytes);
}

interface ArrowColumn extends TableColumn {
  readonly chunks: readonly ArrowData[];
  readonly format: 'float16' | 'float32' | undefined;
}

function columnsOf(table: Table): readonly ArrowColumn[] {
  return table.schema.fields.map(({ name, type }, i) => {
    const isList = LISTS.includes(type.typeId);
    const value = (isList ? (type.children as readonly { readonly type: unknown }[])[0]?.type : type) as { readonly typeId: number; readonly precision?: number } | undefined;
    const format = value?.typeId === Type.Float ? FORMATS[value.precision as 0 | 1] : undefined;
    return { name, isList, isFloat: format !== undefined, type: String(type), format, chunks: (table.getChildAt(i)?.data ?? []) as readonly Data[] as unknown as readonly ArrowData[] };
  });
}

interface Rows {
  /** Rows of values of this chunk. */
  readonly rows: number;
  readonly dimension: number | undefined;
  readonly values: Uint8Array;
}

/** The rows of a chunk as they lie there. @throws FeatureColumnError `invalid_checkpoint`, `shape_mismatch` */
function rowsOf(data: ArrowData, { isList }: ArrowColumn, width: number, what: string): Rows {
  const problem = problemOf(data, new WeakSet());
  if (problem !== undefined) throw brokenFile(`${what} is broken: it has ${problem}`);
  const missing = (child: ArrowData) => {
    if (child.nullCount > 0) throw new FeatureColumnError('shape_mismatch', `${what} has nulls, which no table has`);
  };
  missing(data);
  const rows = data.length;
  const child = isList ? (data.children[0] as ArrowData | undefined) : data;
  if (!child) throw brokenFile(`${what} is broken: its lists have no values`);
  missing(child);
  let from = 0;
  let dimension: number | undefined = 1;
  if (isList) {
    const { valueOffsets, type } = data;
    const first = valueOffsets && rows > 0 ? Number(valueOffsets[0]) : 0;
    dimension = type.typeId === Type.FixedSizeList ? (type.listSize ?? 0) : rows === 0 ? undefined : valueOffsets ? Number(valueOffsets[1]) - first : 0;
    for (let row = 0; type.typeId !== Type.FixedSizeList && row < rows; ++row) {
      const size = Number(valueOffsets?.[row + 1]) - Number(valueOffsets?.[row]);
      if (size !== dimension) throw new FeatureColumnError('shape_mismatch', `${what}: row ${row} has ${size} numbers where the first has ${dimension}`, { row });
    }
    from = first;
  }
  const values = child.values as Float32Array | Uint16Array | undefined;
  if (rows === 0 || dimension === undefined) return { rows: 0, dimension, values: new Uint8Array(0) };
  if (!values || values.BYTES_PER_ELEMENT !== width) throw brokenFile(`${what} has no values of ${width} bytes`);
  const end = from + rows * dimension;
  if (!(from >= 0 && dimension >= 0)) throw brokenFile(`${what} is broken: it has lists of ${dimension} numbers from ${from} on`);
  if (end > values.length) throw brokenFile(`${what} is broken: it has ${values.length} values where ${end} are needed`);
  return { rows, dimension, values: new Uint8Array(values.buffer, values.byteOffset + from * width, rows * dimension * width) };
}

/** Opens a file and uses it: what apache-arrow has not noticed, it stumbles over where its vectors are used. */
async function unlessBroken<T>(url: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    if (cause instanceof FeatureColumnError) throw cause;
    if (cause instanceof BrokenMessages) throw brokenFile(`${url} is no whole Arrow file: ${cause.message}`);
    const { message } = cause as Error;
    if (/compress/i.test(message)) throw new FeatureColumnError('unsupported', `${url} is compressed inside, which apache-arrow does not read: ${message}. Write it uncompressed`, { cause });
    throw new FeatureColumnError('invalid_checkpoint', `${url} is no Arrow file that apache-arrow reads: ${message}`, { cause });
  }
}

export const arrowTable: TableFile = {
  /** @throws FeatureColumnError `unsupported`, `invalid_checkpoint` */
  tensors: (bytes, url) => unlessBroken(url, async () => {
    const table = await open(bytes, url);
    return Object.fromEntries(columnsOf(table).map((column): [string, TensorInfo] => {
      const { name, isList, format, type, chunks } = column;
      const rows = chunks.reduce((sum, { length }) => sum + length, 0);
      if (format === undefined) return [name, { dtype: type, shape: [rows] }];
      const { dimension } = chunks.length === 0 ? { dimension: undefined } : rowsOf(chunks.find(({ length }) => length > 0) ?? (chunks[0] as ArrowData), column, format === 'float32' ? 4 : 2, `column ${name} of ${url}`);
      return [name, { dtype: DTYPES[format], shape: isList ? [rows, dimension ?? 0] : [rows] }];
    }));
  }),

  /** @throws FeatureColumnError `unsupported`, `invalid_checkpoint`, `tensor_not_found`, `dtype_mismatch`, `shape_mismatch`, those of `check` */
  table: (bytes, tensor, url, check) => unlessBroken(url, async (): Promise<StoredArray> => {
    const columns = columnsOf(await open(bytes, url));
    const column = chooseColumn(columns, tensor, url);
    const what = `column ${column.name} of ${url}`;
    const format = column.format ?? 'float32';
    const width = format === 'float32' ? 4 : 2;
    const chunks = column.chunks.map((data) => rowsOf(data, column, width, what));
    const dimension = chunks.find((chunk) => chunk.dimension !== undefined)?.dimension ?? 0;
    if (chunks.some((chunk) => chunk.dimension !== undefined && chunk.dimension !== dimension)) throw new FeatureColumnError('shape_mismatch', `${what} has lists of different lengths`);
    const shape = [chunks.reduce((sum, { rows }) => sum + rows, 0), dimension];
    const size = countOf(shape, what) * width;
    check(shape, column.name);
    const values = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      values.set(chunk.values, at);
      at += chunk.values.length;
    }
    return { bytes: values, place: { format, shape, parts: [{ offset: 0, size }] } };
  }),
};
