/**
 * Tables in Parquet files: a column of lists of float32 or float16. Needs the package hyparquet, and, for compressions other
 * than Snappy, hyparquet-compressors.
 */
import type { AsyncBuffer, Compressors, FileMetaData, SchemaTree } from 'hyparquet';
import { FeatureColumnError } from '../errors.js';
import { throwIfAborted } from './abort.js';
import { brokenFile, countOf, type StoredArray, type TableFile } from './array_file.js';
import { chooseColumn, type TableColumn } from './column_choice.js';
import type { TensorInfo } from './types.js';

type Hyparquet = typeof import('hyparquet');

/** What hyparquet reads by itself. */
const OWN_CODECS: readonly string[] = ['UNCOMPRESSED', 'SNAPPY'];

async function loadHyparquet(url: string): Promise<Hyparquet> {
  try {
    return await import('hyparquet');
  } catch (cause) {
    throw new FeatureColumnError('unsupported', `${url} is read with the package hyparquet, which is not installed beside this one: npm install hyparquet`, { cause });
  }
}

async function loadCompressors(codec: string, url: string): Promise<Compressors> {
  try {
    return (await import('hyparquet-compressors')).compressors;
  } catch (cause) {
    throw new FeatureColumnError('unsupported', `${url} is compressed by ${codec}, which needs the package hyparquet-compressors beside this one: npm install hyparquet-compressors`, { cause });
  }
}

/** hyparquet's errors are plain ones. */
const unreadable = (url: string, cause: unknown): FeatureColumnError =>
  cause instanceof FeatureColumnError ? cause : new FeatureColumnError('invalid_checkpoint', `${url} is no Parquet file that hyparquet reads: ${(cause as Error).message}`, { cause });

/** A column by its schema: of floats, of lists of them, or of something else. */
function columnOf(tree: SchemaTree): TableColumn {
  const { name } = tree.element;
  const isList = tree.element.converted_type === 'LIST' || tree.element.logical_type?.type === 'LIST';
  const repeated = isList ? tree.children[0] : undefined;
  const leaf = repeated?.children[0] ?? tree;
  const { type, logical_type: logical, repetition_type: repetition } = leaf.element;
  const plain = leaf.children.length === 0 && repetition !== 'REPEATED' && (!isList || (tree.children.length === 1 && repeated?.children.length === 1));
  const isFloat = plain && (type === 'FLOAT' || (type === 'FIXED_LEN_BYTE_ARRAY' && logical?.type === 'FLOAT16'));
  const named = logical?.type === 'FLOAT16' ? 'FLOAT16' : (type ?? 'group');
  return { name, isList: isList && plain, isFloat, type: isList ? `LIST of ${named}` : named };
}

interface OpenFile {
  readonly hyparquet: Hyparquet;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

async function open(bytes: Uint8Array<ArrayBuffer>, url: string): Promise<OpenFile> {
  const hyparquet = await loadHyparquet(url);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'PAR1') throw brokenFile(`${url} is no Parquet file: it does not begin with PAR1`);
  const file: AsyncBuffer = { byteLength: bytes.length, slice: (start, end) => bytes.slice(start, end).buffer };
  try {
    const metadata = await hyparquet.parquetMetadataAsync(file);
    const rows = Number(metadata.num_rows);
    countOf([rows], url);
    if (metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0) !== rows) throw brokenFile(`${url}: its row groups do not make ${rows} rows`);
    return { hyparquet, file, metadata, rows, columns: hyparquet.parquetSchema(metadata).children.map(columnOf) };
  } catch (cause) {
    throw unreadable(url, cause);
  }
}

/** Collects rows as they are decoded. */
class Collector {
  private values: Float32Array<ArrayBuffer> | undefined;
  private dimension = 0;
  private filled = 0;
  /** hyparquet does not look at what its callbacks throw. */
  problem: unknown;

  constructor(private readonly rows: number, private readonly what: string, private readonly check: (shape: readonly number[]) => void) {}

  take(columnData: ArrayLike<unknown>, rowStart: number): void {
    if (this.problem !== undefined) return;
    try {
      for (let i = 0; i < columnData.length; ++i) this.row(columnData[i], rowStart + i);
    } catch (error) {
      this.problem = error;
    }
  }

  finish(): StoredArray {
    if (this.problem !== undefined) throw this.problem;
    if (this.filled !== this.rows) throw brokenFile(`${this.what} has ${this.filled} rows where the file tells of ${this.rows}`);
    const values = this.values ?? this.begin(0);
    return { bytes: new Uint8Array(values.buffer), place: { format: 'float32', shape: [this.rows, this.dimension], parts: [{ offset: 0, size: values.byteLength }] } };
  }

  private begin(dimension: number): Float32Array<ArrayBuffer> {
    const shape = [this.rows, dimension];
    const count = countOf(shape, this.what);
    this.check(shape);
    this.dimension = dimension;
    return new Float32Array(count);
  }

  private row(value: unknown, row: number): void {
    const numbers = (typeof value === 'number' ? [value] : value) as ArrayLike<unknown> | null | undefined;
    const missing = () => new FeatureColumnError('shape_mismatch', `${this.what} has a null in row ${row}, and no table has nulls`, { row });
    if (numbers === null || numbers === undefined) throw missing();
    this.values ??= this.begin(numbers.length);
    if (numbers.length !== this.dimension) throw new FeatureColumnError('shape_mismatch', `${this.what}: row ${row} has ${numbers.length} numbers where the first has ${this.dimension}`, { row });
    if (row >= this.rows) throw brokenFile(`${this.what} has a row ${row} where the file tells of ${this.rows}`);
    const from = row * this.dimension;
    for (let i = 0; i < this.dimension; ++i) {
      const number = numbers[i];
      if (typeof number !== 'number') throw missing();
      this.values[from + i] = number;
    }
    ++this.filled;
  }
}

export const parquetTable: TableFile = {
  /** Lists have the shape [rows]: how long they are is not in the schema. @throws FeatureColumnError `unsupported`, `invalid_checkpoint` */
  async tensors(bytes, url) {
    const { columns, rows } = await open(bytes, url);
    return Object.fromEntries(columns.map(({ name, type }): [string, TensorInfo] => [name, { dtype: type, shape: [rows] }]));
  },

  /** @throws FeatureColumnError `unsupported`, `invalid_checkpoint`, `tensor_not_found`, `dtype_mismatch`, `shape_mismatch`, `aborted`, those of `check` */
  async table(bytes, tensor, url, check, signal): Promise<StoredArray> {
    const { hyparquet, file, metadata, rows, columns } = await open(bytes, url);
    const { name } = chooseColumn(columns, tensor, url);
    const what = `column ${name} of ${url}`;
    const codecs = metadata.row_groups.flatMap((group) => group.columns.filter((column) => column.meta_data?.path_in_schema?.[0] === name).map((column) => column.meta_data?.codec ?? ''));
    const foreign = codecs.find((codec) => !OWN_CODECS.includes(codec));
    const compressors = foreign === undefined ? undefined : await loadCompressors(foreign, url);
    const collector = new Collector(rows, what, (shape) => check(shape, name));
    try {
      let rowStart = 0;
      for (const group of metadata.row_groups) { // one at a time: decoded lists are large
        const rowEnd = rowStart + Number(group.num_rows);
        if (rowEnd > rowStart) {
          await hyparquet.parquetRead({ file, metadata, columns: [name], rowStart, rowEnd, ...(compressors && { compressors }), onChunk: (chunk) => collector.take(chunk.columnData, chunk.rowStart) });
        }
        throwIfAborted(url, signal);
        if (collector.problem !== undefined) break;
        rowStart = rowEnd;
      }
    } catch (cause) {
      throw unreadable(url, cause);
    }
    return collector.finish();
  },
};
