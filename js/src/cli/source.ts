/** Where a command reads: standard input or a file, cut into batches of whole rows, in constant memory. */
import { open } from 'node:fs/promises';
import { FeatureColumnError } from 'feature-columns';

/** Some whole rows as bytes: lines of JSON with their newlines, or TFRecords with their framing. */
export interface RowBatch {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** Position of the first row in the input, 0-based, blank lines not counted. */
  readonly first: number;
}

/** A row longer than this is refused: it is no row, and would take the memory that streaming is to save. */
const LONGEST_ROW = 256 * 1024 * 1024;

/** The chunks of a source and, for a file, its size for progress. */
export async function openSource(name: string): Promise<{ chunks: AsyncIterable<Uint8Array>; size?: number }> {
  if (name === '-') return { chunks: process.stdin };
  try {
    const handle = await open(name, 'r');
    const { size } = await handle.stat();
    return { chunks: handle.createReadStream({ highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>, size };
  } catch (cause) {
    throw new FeatureColumnError('not_found', `cannot read the input "${name}": ${(cause as Error).message}`, { cause });
  }
}


/** Finds where the row that starts at `from` ends: the position behind it, -1 if more bytes are needed. */
type RowEnd = (bytes: Uint8Array, from: number) => number;

const NEWLINE = 10;
const lineEnd: RowEnd = (bytes, from) => bytes.indexOf(NEWLINE, from) + 1 || -1;

const recordEnd: RowEnd = (bytes, from) => {
  if (bytes.length - from < 12) return -1;
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, 12);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > LONGEST_ROW) throw tooLong();
  const end = from + 12 + length + 4;
  return end <= bytes.length ? end : -1;
};

const tooLong = () => new FeatureColumnError('invalid_row', `a row is longer than ${LONGEST_ROW} bytes: is the input in the format that it is read as?`);

const isBlank = (bytes: Uint8Array, from: number, to: number) => {
  for (let i = from; i < to; ++i) {
    const byte = bytes[i] as number;
    if (byte !== 32 && (byte < 9 || byte > 13)) return false;
  }
  return true;
};

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Cuts chunks into batches of at most `batchSize` rows. */
export async function* rowBatches(chunks: AsyncIterable<Uint8Array>, format: 'ndjson' | 'tfrecord', batchSize: number): AsyncGenerator<RowBatch> {
  const endOf = format === 'ndjson' ? lineEnd : recordEnd;
  let pending: Uint8Array = new Uint8Array(0);
  let first = 0;
  let rows = 0;
  let batchStart = 0; // in pending
  let at = 0; // behind the last whole row of the batch, in pending
  function* take(final: boolean): Generator<RowBatch> {
    for (;;) {
      const end = final && format === 'ndjson' && at < pending.length ? (lineEnd(pending, at) < 0 ? pending.length : lineEnd(pending, at)) : endOf(pending, at);
      if (end < 0 || at >= pending.length) break;
      if (format === 'tfrecord' || !isBlank(pending, at, end)) ++rows;
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
  if (at < pending.length) throw new FeatureColumnError('invalid_example', `the input ends within record ${first + rows}: it is cut off`, { row: first + rows });
  if (rows > 0) yield { bytes: pending.subarray(batchStart, at), rows, first };
}

/** The rows of a batch one by one, as batches of one: to find the bad ones. */
export function* singleRows(batch: RowBatch, format: 'ndjson' | 'tfrecord'): Generator<RowBatch> {
  const endOf = format === 'ndjson' ? lineEnd : recordEnd;
  let first = batch.first;
  for (let at = 0; at < batch.bytes.length; ) {
    const found = endOf(batch.bytes, at);
    const end = found < 0 ? batch.bytes.length : found;
    if (format === 'tfrecord' || !isBlank(batch.bytes, at, end)) yield { bytes: batch.bytes.subarray(at, end), rows: 1, first: first++ };
    at = end;
  }
}
