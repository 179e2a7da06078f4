/** Arrow IPC as an input, the stream format and the file format alike: record batches, whose vectors are read in place. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { RecordBatch } from 'apache-arrow';
import { FeatureColumnError, type ArrowData, type ArrowVector, type Batch } from 'feature-columns';
import { problemOf } from '../batch/arrow_check.js';
import { checkMessages } from '../loading/arrow_messages.js';
import { loadArrow, type Arrow } from './arrow_module.js';
import { isGzipName } from './formats.js';
import { broken, checkFileEnd, hasMagic, IpcBytes, MAGIC_BYTES } from './ipc_bytes.js';
import type { RowSource } from './row_source.js';
import { openSource, type RowBatch } from './source.js';

/** Record batches, of whatever the input is. */
async function* recordsOf(arrow: Arrow, input: string): AsyncGenerator<RecordBatch> {
  const handle = await arrowFile(input);
  if (handle) {
    try {
      await checkMessages(async (offset, size) => (await handle.read(new Uint8Array(size), 0, size, offset)).buffer, (await handle.stat()).size);
      yield* await (await arrow.RecordBatchReader.from(handle)).open();
    } finally {
      await handle.close().catch(() => undefined); // the reader may have closed it
    }
    return;
  }
  const bytes = new IpcBytes((await openSource(input)).chunks);
  try {
    if (await bytes.isFile()) {
      const whole = await bytes.whole();
      checkFileEnd(whole);
      await checkMessages((offset, size) => whole.subarray(offset, offset + size), whole.length);
      yield* arrow.RecordBatchReader.from(whole).open();
    } else {
      yield* await (await arrow.RecordBatchReader.from(bytes as AsyncIterable<Uint8Array>)).open();
      await bytes.finish();
    }
  } finally {
    await bytes.close();
  }
}

/** A file in the file format, whose record batches are read one by one; undefined for a stream, a pipe, and what is compressed. */
async function arrowFile(input: string): Promise<FileHandle | undefined> {
  if (input === '-' || isGzipName(input) || !(await stat(input).catch(() => undefined))?.isFile()) return undefined;
  const handle = await open(input, 'r').catch(() => undefined); // openSource tells what is wrong with it
  if (!handle) return undefined;
  let isFile = false;
  try {
    const { size } = await handle.stat();
    const part = async (position: number) => (await handle.read(new Uint8Array(MAGIC_BYTES), 0, MAGIC_BYTES, position)).buffer;
    if (size < 2 * MAGIC_BYTES || !hasMagic(await part(0))) return undefined;
    checkFileEnd(await part(size - MAGIC_BYTES));
    isFile = true;
    return handle;
  } finally {
    if (!isFile) await handle.close();
  }
}

const columnsOf = (record: { readonly schema: { readonly fields: readonly { readonly name: string }[] }; getChildAt(index: number): unknown }): Batch =>
  Object.fromEntries(record.schema.fields.map(({ name }, i) => [name, record.getChildAt(i) as ArrowVector]));

/** Some rows of a record batch. */
class ArrowRows implements RowBatch {
  constructor(private readonly arrow: Arrow, readonly record: RecordBatch, readonly first: number) {}

  get rows(): number {
    return this.record.numRows;
  }

  get columns(): Batch {
    return columnsOf(this.record);
  }

  /** A stream of its own, for another thread. */
  get bytes(): Uint8Array {
    return this.arrow.tableToIPC(new this.arrow.Table(this.record), 'stream');
  }

  *slices(size: number): Generator<ArrowRows> {
    for (let from = 0; from < this.rows; from += size) {
      yield new ArrowRows(this.arrow, this.record.slice(from, Math.min(from + size, this.rows)), this.first + from);
    }
  }
}

/** The rows of `record`, and of its columns those that are features. */
function featuresOf(record: RecordBatch, keys: ReadonlySet<string>, checked: WeakSet<ArrowData>): RecordBatch {
  const names = record.schema.fields.map(({ name }) => name);
  const indices = [...names.keys()].filter((i) => keys.has(names[i] as string));
  const twice = indices.find((i) => names.indexOf(names[i] as string) !== i);
  if (twice !== undefined) throw new FeatureColumnError('invalid_batch', `the Arrow input has two columns "${names[twice]}"`, { column: names[twice] });
  for (const i of indices) {
    const data = record.data.children[i] as ArrowData | undefined;
    const problem = data?.length === record.numRows ? problemOf(data, checked) : `${data?.length} rows in a record batch of ${record.numRows}`;
    if (problem !== undefined) throw broken(`column "${names[i]}" has ${problem}`);
  }
  return record.selectAt(indices); // by name, apache-arrow takes other columns' data
}

/** An error of apache-arrow about the bytes as ours. */
function arrowError(cause: unknown): unknown {
  if (cause instanceof FeatureColumnError || !(cause instanceof Error) || 'syscall' in cause) return cause;
  if (!/compressed/i.test(cause.message)) return broken(cause.message, cause);
  return new FeatureColumnError('unsupported', `the Arrow input is compressed inside, which is not read (${cause.message}); write it without compression, and compress the whole with gzip if need be`, { cause });
}

/** @param keys the features that are read; other columns are not looked at */
export async function arrowSource(input: string, keys: ReadonlySet<string>, batchSize: number): Promise<RowSource> {
  const arrow = await loadArrow();
  async function* batches(): AsyncGenerator<RowBatch> {
    const records = recordsOf(arrow, input);
    const checked = new WeakSet<ArrowData>();
    let first = 0;
    try {
      for (;;) {
        const { done, value } = await records.next().catch((cause: unknown) => {
          throw arrowError(cause);
        });
        if (done) return;
        yield* new ArrowRows(arrow, featuresOf(value, keys, checked), first).slices(batchSize);
        first += value.numRows;
      }
    } finally {
      await records.return(undefined);
    }
  }
  return { batches, singles: (batch) => (batch as ArrowRows).slices(1) };
}

/** What {@link ArrowRows.bytes} were on the other side of a thread: columns by key. */
export async function columnsReader(): Promise<(bytes: Uint8Array) => Batch> {
  const arrow = await loadArrow();
  return (bytes) => columnsOf(arrow.tableFromIPC(bytes));
}
