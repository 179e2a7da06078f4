/** The bytes of Arrow's IPC formats before they are Arrow: which of the two they are, and whether their messages are and end as they must. */
import { FeatureColumnError } from 'feature-columns';
import { followMessages, type Step } from '../loading/arrow_messages.js';

const FILE_MAGIC = 'ARROW1';
export const MAGIC_BYTES = 8; // as it stands at the start, with two zeros
const CONTINUATION = 0xffffffff;
/** The first message of a stream is its schema; a longer one is not Arrow but something else, read as a length. */
const LONGEST_SCHEMA = 1 << 24;

export const broken = (why: string, cause?: unknown) => new FeatureColumnError('invalid_batch', `the input is no whole Arrow IPC stream or file: ${why}`, { cause });

export const hasMagic = (bytes: Uint8Array) => [...FILE_MAGIC].every((character, i) => bytes[i] === character.charCodeAt(0));

export const checkFileEnd = (last: Uint8Array) => {
  if (!hasMagic(last.subarray(-FILE_MAGIC.length))) throw broken(`a file ends with ${FILE_MAGIC}, this one is cut off`);
};

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** Follows the messages of a stream that comes in pieces. */
class Messages {
  private readonly steps = followMessages();
  private next: IteratorResult<Step, void> = this.steps.next();
  /** Bytes still to be passed over. */
  private skip = 0;
  private shown: Uint8Array = new Uint8Array(0);

  /** @throws BrokenMessages */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.next.done; ) {
      const passed = Math.min(this.skip, chunk.length - at);
      this.skip -= passed;
      at += passed;
      const { show } = this.next.value;
      const part = chunk.subarray(at, at + show - this.shown.length);
      this.shown = joined([this.shown, part]);
      at += part.length;
      if (this.skip > 0 || this.shown.length < show) return;
      this.next = this.steps.next(this.shown);
      this.shown = new Uint8Array(0);
      if (!this.next.done) this.skip = this.next.value.skip;
    }
  }
}

/** The bytes of a stream as they come. */
export class IpcBytes implements AsyncIterator<Uint8Array> {
  private readonly source: AsyncIterator<Uint8Array>;
  private first: Uint8Array | undefined;
  private isOld = false;
  private messages: Messages | undefined;
  private last: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.source = chunks[Symbol.asyncIterator]();
  }

  /** The reader of the stream is given this and no `return`, so that what follows the stream is still here to look at. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.next() };
  }

  /** Looks at the first bytes: true for a file, which is read from its end. */
  async isFile(): Promise<boolean> {
    const start: Uint8Array[] = [];
    for (let size = 0; size < MAGIC_BYTES; ) {
      const { done, value } = await this.source.next();
      if (done) throw broken(size === 0 ? 'it is empty' : `it is ${size} bytes long`);
      start.push(value);
      size += value.length;
    }
    const first = joined(start);
    this.first = first;
    if (hasMagic(first)) return true;
    const length = new DataView(first.buffer).getUint32(0, true);
    this.isOld = length !== CONTINUATION;
    if (this.isOld && (length === 0 || length > LONGEST_SCHEMA)) throw broken('it starts otherwise');
    this.messages = new Messages();
    return false;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { first } = this;
    this.first = undefined;
    const result = first ? { done: false as const, value: first } : await this.source.next();
    if (!result.done) this.messages?.push(result.value);
    if (!result.done) this.last = joined([this.last, result.value.subarray(-MAGIC_BYTES)]).slice(-MAGIC_BYTES);
    return result;
  }

  /** Everything. */
  async whole(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (let result = await this.next(); !result.done; result = await this.next()) chunks.push(result.value);
    return joined(chunks);
  }

  /** Reads what is left. A stream that ends without its mark may have lost rows, which nobody would see. */
  async finish(): Promise<void> {
    while (!(await this.next()).done);
    const mark = this.isOld ? [0, 0, 0, 0] : [255, 255, 255, 255, 0, 0, 0, 0];
    const { last } = this;
    if (!mark.every((byte, i) => last[last.length - mark.length + i] === byte)) throw broken('a stream ends with its end mark, this one is cut off');
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }
}
