/** Arrow IPC as an input, the stream format and the file format alike: record batches, whose vectors are read in place. */
import type { RecordBatch } from 'apache-arrow';
import { FeatureColumnError, type ArrowVector, type Batch } from 'feature-columns';
import { loadArrow, type Arrow } from './arrow_module.js';
import type { RowSource } from './row_source.js';
import type { RowBatch } from './source.js';

const FILE_MAGIC = 'ARROW1';
/** What stands before the stream inside a file: the magic and two zeros. */
const FILE_START = 8;
const CONTINUATION = 0xffffffff;
/** The first message of a stream is its schema; a longer one is not Arrow but something else, read as a length. */
const LONGEST_SCHEMA = 1 << 24;

const broken = (why: string, cause?: unknown) => new FeatureColumnError('invalid_batch', `the input is no whole Arrow IPC stream or file: ${why}`, { cause });

/** The bytes of a stream, or of the stream inside a file; and whether they ended as they must. */
class IpcBytes implements AsyncIterator<Uint8Array> {
  private readonly source: AsyncIterator<Uint8Array>;
  private isFile = false;
  private isOld = false;
  private started = false;
  private last: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.source = chunks[Symbol.asyncIterator]();
  }

  /** The reader of the stream is given this and no `return`, so that what follows the stream is still here to look at. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.next() };
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (!this.started) return this.start();
    const result = await this.source.next();
    if (!result.done) this.remember(result.value);
    return result;
  }

  private async start(): Promise<IteratorResult<Uint8Array>> {
    this.started = true;
    let bytes: Uint8Array = new Uint8Array(0);
    while (bytes.length < FILE_START) {
      const { done, value } = await this.source.next();
      if (done) throw broken(bytes.length === 0 ? 'it is empty' : `it is ${bytes.length} bytes long`);
      bytes = bytes.length === 0 ? value : joined(bytes, value);
    }
    this.remember(bytes);
    this.isFile = startsWith(bytes, FILE_MAGIC);
    if (this.isFile) return { done: false, value: bytes.subarray(FILE_START) };
    const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    this.isOld = length !== CONTINUATION;
    if (this.isOld && (length === 0 || length > LONGEST_SCHEMA)) throw broken('it starts otherwise');
    return { done: false, value: bytes };
  }

  private remember(chunk: Uint8Array): void {
    this.last = chunk.length >= FILE_START ? chunk.slice(-FILE_START) : joined(this.last, chunk).slice(-FILE_START);
  }

  /** Reads what is left. A stream that ends without its mark may have lost rows, which nobody would see. */
  async finish(): Promise<void> {
    while (!(await this.next()).done);
    const { last } = this;
    if (this.isFile) {
      if (!startsWith(last.subarray(FILE_START - FILE_MAGIC.length), FILE_MAGIC)) throw broken(`a file ends with ${FILE_MAGIC}, this one is cut off`);
      return;
    }
    const mark = this.isOld ? [0, 0, 0, 0] : [255, 255, 255, 255, 0, 0, 0, 0];
    if (!mark.every((byte, i) => last[last.length - mark.length + i] === byte)) throw broken('a stream ends with its end mark, this one is cut off');
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }
}

const startsWith = (bytes: Uint8Array, text: string) => [...text].every((character, i) => bytes[i] === character.charCodeAt(0));

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
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

/** @param keys the features that are read; other columns are not looked at */
export async function arrowSource(chunks: AsyncIterable<Uint8Array>, keys: ReadonlySet<string>, batchSize: number): Promise<RowSource> {
  const arrow = await loadArrow();
  async function* batches(): AsyncGenerator<RowBatch> {
    const bytes = new IpcBytes(chunks);
    let first = 0;
    let yielding = false;
    try {
      const reader = await arrow.RecordBatchReader.from(bytes as AsyncIterable<Uint8Array>);
      for await (const record of reader) {
        const names = record.schema.names.filter((name) => keys.has(name as string)) as string[];
        const twice = names.find((name, i) => names.indexOf(name) !== i);
        if (twice !== undefined) throw new FeatureColumnError('invalid_batch', `the Arrow input has two columns "${twice}"`, { column: twice });
        yielding = true;
        yield* new ArrowRows(arrow, record.select(names), first).slices(batchSize);
        yielding = false;
        first += record.numRows;
      }
      await bytes.finish();
    } catch (cause) {
      if (yielding || cause instanceof FeatureColumnError || (cause as NodeJS.ErrnoException).code !== undefined) throw cause;
      const { message } = cause as Error;
      if (/compressed/i.test(message)) {
        throw new FeatureColumnError('unsupported', `the Arrow input is compressed inside, which is not read (${message}); write it without compression, and compress the whole with gzip if need be`, { cause });
      }
      throw broken(message, cause);
    } finally {
      await bytes.close();
    }
  }
  return { batches, singles: (batch) => (batch as ArrowRows).slices(1) };
}

/** What {@link ArrowRows.bytes} were on the other side of a thread: columns by key. */
export async function columnsReader(): Promise<(bytes: Uint8Array) => Batch> {
  const arrow = await loadArrow();
  return (bytes) => columnsOf(arrow.tableFromIPC(bytes));
}
