/** JavaScript values onto a tape, piece by piece. */
import { isArrow, type ArrowData, type ArrowType, type ArrowVector } from '../batch/arrow.js';
import { FeatureColumnError } from '../errors.js';
import { Tag, type Tape } from './tape.js';

type Typed = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

const FIRST = 64;
const MOST_DEPTH = 500;
// Joined, strings cost one call of the encoder; see batch/utf8.ts.
const STRINGS_A_RUN = 512;
// How long the page is blocked at a time, and how many values are written between two looks at the clock.
const MILLISECONDS_A_PIECE = 1;
const VALUES_A_LOOK = 512;

const encoder = /* @__PURE__ */ new TextEncoder();

function grown<T extends Typed>(array: T, needed: number): T {
  const larger = new (array.constructor as new (size: number) => T)(Math.max(needed, 2 * array.length, FIRST));
  (larger as Uint8Array).set(array as Uint8Array);
  return larger;
}

class TapeWriter {
  private tags = new Uint8Array(FIRST);
  private numbers = new Float64Array(0);
  private integers = new BigInt64Array(0);
  private sizes = new Uint32Array(FIRST);
  private text = new Uint8Array(0);
  private lengths = new Uint32Array(0);
  private runs = new Uint32Array(0);
  private readonly keys: string[] = [];
  private readonly keyNumbers = new Map<string, number>();
  private readonly foreign: unknown[] = [];
  private readonly foreignNumbers = new Map<unknown, number>();
  private tagCount = 0;
  private numberCount = 0;
  private integerCount = 0;
  private sizeCount = 0;
  private textSize = 0;
  private stringCount = 0;
  private runCount = 0;
  private joined = '';
  private joinedStrings = 0;
  private until = performance.now() + MILLISECONDS_A_PIECE;

  /** Begins a list whose `count` values are written next. */
  begin(count: number): void {
    this.open(Tag.Array, count, 0);
  }

  /** Writes a value, with pauses if it is a long array. */
  async write(value: unknown, depth = 0): Promise<void> {
    const array = Array.isArray(value) ? (value as readonly unknown[]) : undefined;
    if (array === undefined || array.length < VALUES_A_LOOK) {
      this.writeNow(value, depth);
      return;
    }
    this.open(Tag.Array, array.length, depth);
    for (let from = 0; from < array.length; from += VALUES_A_LOOK) {
      const to = Math.min(array.length, from + VALUES_A_LOOK);
      for (let i = from; i < to; ++i) this.writeNow(array[i], depth + 1);
      if (performance.now() > this.until) await this.pause();
    }
  }

  /** Writes the members of an object, each of which may be long. */
  async writeMembers(object: object): Promise<void> {
    const entries = membersOf(object);
    this.openObject(entries, 0);
    for (const [, value] of entries) {
      await this.write(value, 1);
      if (performance.now() > this.until) await this.pause();
    }
  }

  finish(): Tape {
    this.encodeRun();
    return {
      tags: this.tags.subarray(0, this.tagCount), numbers: this.numbers.subarray(0, this.numberCount), integers: this.integers.subarray(0, this.integerCount),
      sizes: this.sizes.subarray(0, this.sizeCount), keys: this.keys, text: this.text.subarray(0, this.textSize), lengths: this.lengths.subarray(0, this.stringCount),
      runs: this.runs.subarray(0, this.runCount), foreign: this.foreign,
    };
  }

  private async pause(): Promise<void> {
    this.encodeRun();
    await nextTask();
    this.until = performance.now() + MILLISECONDS_A_PIECE;
  }

  private writeNow(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string': return this.string(value);
      case 'number': return this.number(value);
      case 'bigint': return this.bigint(value);
      case 'undefined': return this.tag(Tag.Undefined);
      case 'boolean': return this.tag(value ? Tag.True : Tag.False);
      case 'object': break;
      default:
        throw new FeatureColumnError('unsupported', `a ${typeof value} cannot go to a worker; write a normalizerFn as steps, such as [["sub", 3], ["div", 2]]`);
    }
    if (value === null) return this.tag(Tag.Null);
    if (Array.isArray(value)) {
      this.open(Tag.Array, value.length, depth);
      for (let i = 0; i < value.length; ++i) this.writeNow(value[i], depth + 1);
    } else if (value instanceof URL) {
      this.string(value.href);
    } else if (isForeign(value)) {
      this.refer(value);
    } else if (isArrow(value)) {
      this.writeNow(plainArrow(value), depth);
    } else if (Symbol.iterator in value) {
      this.writeNow(Array.from(value as Iterable<unknown>), depth);
    } else {
      const entries = membersOf(value);
      this.openObject(entries, depth);
      for (const [, member] of entries) this.writeNow(member, depth + 1);
    }
  }

  private tag(tag: number): void {
    if (this.tagCount === this.tags.length) this.tags = grown(this.tags, 0);
    this.tags[this.tagCount++] = tag;
  }

  private size(value: number): void {
    if (this.sizeCount === this.sizes.length) this.sizes = grown(this.sizes, 0);
    this.sizes[this.sizeCount++] = value;
  }

  private open(tag: number, size: number, depth: number): void {
    if (depth > MOST_DEPTH) throw new FeatureColumnError('invalid_batch', `values nested deeper than ${MOST_DEPTH}, or in themselves`);
    this.tag(tag);
    this.size(size);
  }

  private openObject(entries: readonly (readonly [string, unknown])[], depth: number): void {
    this.open(Tag.Object, entries.length, depth);
    for (const [key] of entries) {
      let number = this.keyNumbers.get(key);
      if (number === undefined) this.keyNumbers.set(key, (number = this.keys.push(key) - 1));
      this.size(number);
    }
  }

  private number(value: number): void {
    this.tag(Tag.Number);
    if (this.numberCount === this.numbers.length) this.numbers = grown(this.numbers, 0);
    this.numbers[this.numberCount++] = value;
  }

  private bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) {
      this.tag(Tag.BigInt);
      this.plainString(String(value));
      return;
    }
    this.tag(Tag.Int64);
    if (this.integerCount === this.integers.length) this.integers = grown(this.integers, 0);
    this.integers[this.integerCount++] = value;
  }

  private string(value: string): void {
    this.tag(Tag.String);
    this.plainString(value);
  }

  private plainString(value: string): void {
    if (this.stringCount === this.lengths.length) this.lengths = grown(this.lengths, 0);
    this.lengths[this.stringCount++] = value.length;
    this.joined += value;
    if (++this.joinedStrings === STRINGS_A_RUN) this.encodeRun();
  }

  private encodeRun(): void {
    if (this.joinedStrings === 0) return;
    const most = this.joined.length * 3;
    if (this.textSize + most > this.text.length) this.text = grown(this.text, this.textSize + most);
    const { written } = encoder.encodeInto(this.joined, this.text.subarray(this.textSize));
    if (this.runCount + 2 > this.runs.length) this.runs = grown(this.runs, 0);
    this.runs[this.runCount++] = this.joinedStrings;
    this.runs[this.runCount++] = written;
    this.textSize += written;
    this.joined = '';
    this.joinedStrings = 0;
  }

  private refer(value: unknown): void {
    this.tag(Tag.Foreign);
    let number = this.foreignNumbers.get(value);
    if (number === undefined) this.foreignNumbers.set(value, (number = this.foreign.push(value) - 1));
    this.size(number);
  }
}

/** A later task, not a microtask: the page draws and answers in between. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

/** Classes of JavaScript and the platform that structured cloning copies or moves. */
function isForeign(value: object): boolean {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof WebAssembly.Module) return true;
  return (typeof Blob === 'function' && value instanceof Blob) || (typeof ReadableStream === 'function' && value instanceof ReadableStream);
}

function membersOf(value: object): [string, unknown][] {
  if (typeof Response === 'function' && (value instanceof Response || value instanceof Request)) {
    throw new FeatureColumnError('unsupported', `a ${value instanceof Response ? 'Response' : 'Request'} cannot go to a worker; give its URL, its body or its bytes`);
  }
  const entries: [string, unknown][] = [];
  for (const key in value) entries.push([key, (value as Record<string, unknown>)[key]]); // inherited getters too, as a row of a class has
  return entries;
}

/** An Arrow vector as plain objects, with what batch/arrow.ts reads: getters of its class would be lost. */
function plainArrow(value: ArrowVector | ArrowData): object {
  if ('data' in value) return { type: plainType(value.type), length: value.length, data: value.data.map(plainArrow) };
  const { type, length, offset, nullCount, values, valueOffsets, nullBitmap, children, dictionary } = value;
  return {
    type: plainType(type), length, offset, nullCount, values, valueOffsets, nullBitmap, children: children.map(plainArrow),
    ...(dictionary && { dictionary: plainArrow(dictionary) }),
  };
}
const plainType = ({ typeId, precision, listSize }: ArrowType): ArrowType => ({ typeId, ...(precision !== undefined && { precision }), ...(listSize !== undefined && { listSize }) });

/** A list of arguments as a tape. @throws FeatureColumnError `unsupported` for what cannot leave this thread */
export async function writeTape(values: readonly unknown[]): Promise<Tape> {
  const writer = new TapeWriter();
  writer.begin(values.length);
  for (const value of values) {
    if (typeof value === 'object' && value !== null && isPlain(value)) await writer.writeMembers(value);
    else await writer.write(value);
  }
  return writer.finish();
}

const isPlain = (value: object): boolean => !(Symbol.iterator in value) && !isForeign(value) && !(value instanceof URL) && !isArrow(value);

/** The memory that moves with a tape: its own, that of streams, and with `all` that of the caller's typed arrays. */
export function transferOf({ tags, numbers, integers, sizes, text, lengths, runs, foreign }: Tape, all: boolean): Transferable[] {
  const own = [tags, numbers, integers, sizes, text, lengths, runs].map(({ buffer }) => buffer);
  const moved = new Set<Transferable>(own);
  for (const value of foreign) {
    if (typeof ReadableStream === 'function' && value instanceof ReadableStream) moved.add(value);
    else if (all && ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) moved.add(value.buffer);
    else if (all && value instanceof ArrayBuffer) moved.add(value);
  }
  return [...moved];
}
