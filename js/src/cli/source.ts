/** Where a command reads: standard input or a file, cut into batches of whole rows, in constant memory. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FeatureColumnError, type Batch } from 'feature-columns';
import { isGzipName } from './formats.js';

/** Some whole rows as bytes: lines of JSON with their newlines, TFRecords with their framing, or an Arrow stream. */
export interface RowBatch {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** Position of the first row in the input, 0-based, blank lines not counted. */
  readonly first: number;
  /** The rows as columns in memory, where the input has them so: then `bytes` are made only for another thread. */
  readonly columns?: Batch;
  /** Of the input, where it is not the same bytes: for progress. */
  readonly inputBytes?: number;
  /** The line of each row in the input, from 1, where rows and lines are not the same. */
  readonly lines?: readonly number[];
  /** Rows that cannot be read, by their position in the batch; in `bytes` each has an empty row in its place. */
  readonly problems?: ReadonlyMap<number, FeatureColumnError>;
}

/** A row longer than this is refused: it is no row, and would take the memory that streaming is to save. */
const LONGEST_ROW = 256 * 1024 * 1024;

const unreadable = (what: string, cause: unknown) => new FeatureColumnError('not_found', `cannot read ${what}: ${(cause as Error).message}`, { cause });

/** The same chunks; what the system says against reading them is told of the input. */
async function* named(what: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throw cause instanceof FeatureColumnError ? cause : unreadable(what, cause);
  }
}

const DIRECTORY = new Error('it is a directory');

/** Node takes a directory for an input without bytes. Not by fstat: after that of a pipe, Node 20 follows no symbolic link to a module any more. */
const standardIsDirectory = (): Promise<boolean> => stat('/dev/stdin').then((status) => status.isDirectory(), () => false);

/** The chunks of a source and, for a file that is not compressed, its size for progress. A name that ends with .gz is inflated. */
export async function openSource(name: string): Promise<{ chunks: AsyncIterable<Uint8Array>; size?: number }> {
  if (name === '-') {
    const what = 'standard input';
    if (await standardIsDirectory()) throw unreadable(what, DIRECTORY);
    return { chunks: named(what, process.stdin) };
  }
  const what = `the input "${name}"`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(name, 'r');
    const status = await handle.stat();
    if (status.isDirectory()) throw DIRECTORY;
    const chunks = handle.createReadStream({ highWaterMark: 1 << 20 });
    const { size } = status;
    return isGzipName(name) ? { chunks: named(what, inflated(name, chunks, size)) } : { chunks: named(what, chunks as AsyncIterable<Uint8Array>), size };
  } catch (cause) {
    await handle?.close();
    throw unreadable(what, cause);
  }
}

async function* inflated(name: string, chunks: Readable, size: number): AsyncGenerator<Uint8Array> {
  const broken = (why: string, cause?: unknown) =>
    new FeatureColumnError('invalid_argument', `the input "${name}" is no whole gzip file: inflate() failed: ${why}`, { cause });
  if (size === 0) throw broken('it is empty'); // zlib takes no bytes as no content
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  pipeline(chunks, gunzip, () => {}); // its failure is the iteration's
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code?.startsWith('Z_') ? broken((cause as Error).message, cause) : cause;
  }
}

/** Finds where rows end. May keep how far it has looked, so one is for one input. */
export interface RowCutter {
  /** The position behind the row that starts at `from`, -1 if more bytes are needed. */
  end(bytes: Uint8Array, from: number): number;
  /** The same where the input ends with `bytes` and `end` found nothing. */
  lastEnd(bytes: Uint8Array, from: number, row: number): number;
  /** False for a blank line, which is no row. */
  isRow(bytes: Uint8Array, from: number, to: number): boolean;
}

const NEWLINE = 10;

const lines: RowCutter = {
  end: (bytes, from) => bytes.indexOf(NEWLINE, from) + 1 || -1,
  lastEnd: (bytes) => bytes.length,
  isRow(bytes, from, to) {
    for (let i = from; i < to; ++i) {
      const byte = bytes[i] as number;
      if (byte !== 32 && (byte < 9 || byte > 13)) return true;
    }
    return false;
  },
};

/** Requires four bytes at `at`. */
const wordAt = (bytes: Uint8Array, at: number) =>
  ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;

const records: RowCutter = {
  end(bytes, from) {
    if (bytes.length - from < 12) return -1;
    const length = wordAt(bytes, from) + wordAt(bytes, from + 4) * 2 ** 32;
    if (length > LONGEST_ROW) throw tooLong();
    const end = from + 12 + length + 4;
    return end <= bytes.length ? end : -1;
  },
  lastEnd(_bytes, _from, row) {
    throw new FeatureColumnError('invalid_example', `the input ends within record ${row}: it is cut off`, { row });
  },
  isRow: () => true,
};

export const CUTTERS = { ndjson: lines, tfrecord: records } as const;

const tooLong = () => new FeatureColumnError('invalid_row', `a row is longer than ${LONGEST_ROW} bytes: is the input in the format that it is read as?`);

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Cuts chunks into batches of at most `batchSize` rows. */
export async function* rowBatches(chunks: AsyncIterable<Uint8Array>, cutter: RowCutter, batchSize: number): AsyncGenerator<RowBatch> {
  let pending: Uint8Array = new Uint8Array(0);
  let first = 0;
  let rows = 0;
  let batchStart = 0; // in pending
  let at = 0; // behind the last whole row of the batch, in pending
  function* take(final: boolean): Generator<RowBatch> {
    while (at < pending.length) {
      let end = cutter.end(pending, at);
      if (end < 0 && final) end = cutter.lastEnd(pending, at, first + rows);
      if (end < 0) break;
      if (cutter.isRow(pending, at, end)) ++rows;
      at = end;
      if (rows === batchSize) {
        yield { bytes: pending.subarray(batchStart, at), rows, first };
        first += rows;
        rows = 0;
        batchStart = at;
      }
    }
  }
  for await (const chunk of chunks) {
    pending = concat(pending.subarray(batchStart), chunk);
    at -= batchStart;
    batchStart = 0;
    yield* take(false);
    if (pending.length - at > LONGEST_ROW) throw tooLong();
  }
  yield* take(true);
  if (rows > 0) yield { bytes: pending.subarray(batchStart, at), rows, first };
}

/** The rows of a batch of bytes one by one, as batches of one: to find the bad ones. */
export function* singleRows({ bytes, first, lines: numbers, problems }: RowBatch, format: keyof typeof CUTTERS): Generator<RowBatch> {
  const cutter = CUTTERS[format];
  let row = 0;
  for (let at = 0; at < bytes.length; ) {
    const found = cutter.end(bytes, at);
    const end = found < 0 ? bytes.length : found;
    if (cutter.isRow(bytes, at, end)) {
      const line = numbers?.[row];
      const problem = problems?.get(row);
      yield {
        bytes: bytes.subarray(at, end), rows: 1, first: first + row,
        ...(line === undefined ? {} : { lines: [line] }),
        ...(problem === undefined ? {} : { problems: new Map([[0, problem]]) }),
      };
      ++row;
    }
    at = end;
  }
}
