/**
 * The messages of Arrow's IPC formats, followed by their lengths. apache-arrow believes these, and goes on for ever where one is
 * negative: so they are looked at before it sees them. https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
import { messagesOfFooter, readHead } from './arrow_head.js';

/** Why bytes are no Arrow. */
export class BrokenMessages extends Error {}

/** So many bytes are to be passed over, and so many after them to be shown. */
export interface Step {
  readonly skip: number;
  readonly show: number;
  /** Of the message before, which is over with what is passed over. */
  readonly type?: number;
}

const CONTINUATION = -1;
const LENGTH = 4;
const MAGIC = 'ARROW1';
/** Of a file: its magic, padded. */
const FIRST_MESSAGE = 8;

function unlessBroken<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof RangeError ? new BrokenMessages(`${what} is broken: ${cause.message}`) : cause;
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Says what is wanted of a stream, step by step, up to its end mark. @throws BrokenMessages */
export function* followMessages(): Generator<Step, void, Uint8Array> {
  for (let before: Step = { skip: 0, show: LENGTH }; ; ) {
    let length = viewOf(yield before).getInt32(0, true);
    if (length === CONTINUATION) length = viewOf(yield { skip: 0, show: LENGTH }).getInt32(0, true); // older streams have none
    if (length === 0) return;
    if (length < 0) throw new BrokenMessages(`a message has a head of ${length} bytes`);
    const head = yield { skip: 0, show: length };
    const { type, bodyLength } = unlessBroken('the head of a message', () => readHead(head));
    if (bodyLength < 0n || bodyLength > BigInt(Number.MAX_SAFE_INTEGER)) throw new BrokenMessages(`a message has a body of ${bodyLength} bytes`);
    before = { skip: Number(bodyLength), show: LENGTH, type };
  }
}

/** Reads `size` bytes at a place. */
export type ReadAt = (offset: number, size: number) => Uint8Array | Promise<Uint8Array>;

/** Where the messages begin that lie between `begin` and `end`, and their types. @throws BrokenMessages */
async function messagesWithin(read: ReadAt, begin: number, end: number): Promise<ReadonlyMap<number, number>> {
  const types = new Map<number, number>();
  const messages = followMessages();
  let start = begin;
  let at = begin;
  for (let step = messages.next(); !step.done; ) {
    const { skip, show, type } = step.value;
    at += skip;
    if (type !== undefined) {
      types.set(start, type);
      start = at;
      if (at === end) break; // files need no end mark
    }
    if (at + show > end) throw new BrokenMessages(`a message ends at byte ${at + show} of ${end}`);
    step = messages.next(await read(at, show));
    at += show;
  }
  return types;
}

/** Checks bytes in either format, of which `size` are there and can be read at any place. @throws BrokenMessages */
export async function checkMessages(read: ReadAt, size: number): Promise<void> {
  const isMagic = (bytes: Uint8Array) => String.fromCharCode(...bytes) === MAGIC;
  if (size < FIRST_MESSAGE || !isMagic(await read(0, MAGIC.length))) return void (await messagesWithin(read, 0, size));
  const end = size - MAGIC.length - LENGTH;
  const length = end < FIRST_MESSAGE ? 0 : viewOf(await read(end, LENGTH)).getInt32(0, true);
  if (length <= 0 || length > end - FIRST_MESSAGE || !isMagic(await read(size - MAGIC.length, MAGIC.length))) throw new BrokenMessages('a file ends with its footer, this one is cut off');
  const messages = await messagesWithin(read, FIRST_MESSAGE, end - length);
  const footer = await read(end - length, length);
  const wrong = unlessBroken('its footer', () => messagesOfFooter(footer)).find(({ at, type }) => messages.get(at) !== type);
  if (wrong) throw new BrokenMessages(`its footer names a message at byte ${wrong.at}, where none of that type begins`);
}
