/** JavaScript values onto a tape, piece by piece. */
import { isArrow, type ArrowData, type ArrowType, type ArrowVector } from '../batch/arrow.js';
import { FeatureColumnError } from '../errors.js';
import { bytesOf, Pace } from './pace.js';
import { StretchWriter } from './stretch_writer.js';
import { Tag, type Stretch, type Tape } from './tape.js';

const MOST_DEPTH = 500;
// How many values are written between two looks at the clock; a text counts as one more for so many characters.
const VALUES_A_LOOK = 256;
const CHARACTERS_A_VALUE = 256;
// Typed arrays of more bytes are copied here, in pieces, and moved: to clone them would block the page.
const LARGE = 1 << 16;

/** A tape, and the memory that moves with it. */
export interface Written {
  readonly tape: Tape;
  readonly moved: readonly Transferable[];
}

class TapeWriter {
  private stretch = new StretchWriter();
  private readonly stretches: Stretch[] = [];
  private readonly keys: string[] = [];
  private readonly keyNumbers = new Map<string, number>();
  private readonly foreign: unknown[] = [];
  private readonly foreignNumbers = new Map<unknown, number>();
  /** Lists that are being written, each within the one before, and what comes next of each. */
  private readonly lists: (readonly unknown[])[] = [];
  private readonly next: number[] = [];
  /** How many values are left until the next look at the clock. */
  private left = 0;
  private readonly pace = new Pace();

  /** Writes a list and all that is in it. */
  async write(values: readonly unknown[]): Promise<void> {
    this.open(values);
    while (this.lists.length > 0) {
      this.writeSome();
      if (this.pace.isOver) await this.pace.pause();
    }
  }

  /** `transfer`: moves the memory of the caller's typed arrays, too. */
  async finish(transfer: boolean): Promise<Written> {
    this.endStretch();
    const moved = new Set<Transferable>();
    for (const stretch of this.stretches) for (const { buffer } of Object.values(stretch) as Stretch[keyof Stretch][]) if (buffer.byteLength > 0) moved.add(buffer);
    for (let i = 0; i < this.foreign.length; ++i) {
      const value = this.foreign[i];
      const memory = ArrayBuffer.isView(value) ? value.buffer : value;
      if (typeof ReadableStream === 'function' && value instanceof ReadableStream) moved.add(value);
      if (!(memory instanceof ArrayBuffer)) continue;
      if (transfer) {
        moved.add(memory);
      } else if ((value as ArrayBufferView | ArrayBuffer).byteLength > LARGE) {
        const copy = await this.copyOf(value as ArrayBufferView | ArrayBuffer);
        this.foreign[i] = copy;
        moved.add(ArrayBuffer.isView(copy) ? (copy.buffer as ArrayBuffer) : copy);
      }
    }
    return { tape: { stretches: this.stretches, keys: this.keys, foreign: this.foreign }, moved: [...moved] };
  }

  private async copyOf(value: ArrayBufferView | ArrayBuffer): Promise<ArrayBufferView | ArrayBuffer> {
    const from = bytesOf(value);
    const copy = new Uint8Array(from.length);
    await this.pace.copy(from, copy);
    if (!ArrayBuffer.isView(value)) return copy.buffer;
    // As structured cloning does it: by the platform's class, whatever the class is that extends it.
    const name = (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] as 'Uint8Array';
    return new (globalThis[name] as Uint8ArrayConstructor)(copy.buffer);
  }

  /** The next values, until it is time for a look at the clock. */
  private writeSome(): void {
    this.left = VALUES_A_LOOK;
    while (this.left > 0) {
      const top = this.lists.length - 1;
      const list = this.lists[top];
      if (list === undefined) return;
      let i = this.next[top] as number;
      // Leaves one after the other; a list among them is opened, and comes first.
      while (i < list.length && this.left-- > 0 && this.lists.length === top + 1) this.value(list[i++]);
      this.next[top] = i;
      if (i === list.length && this.lists.length === top + 1) {
        this.lists.pop();
        this.next.pop();
        --this.left; // an empty list is work, too
      }
    }
    if (this.stretch.isFull) this.endStretch();
  }

  private endStretch(): void {
    this.stretches.push(this.stretch.finish());
    this.stretch = new StretchWriter();
  }

  private value(value: unknown): void {
    const { stretch } = this;
    switch (typeof value) {
      case 'string':
        this.left -= value.length / CHARACTERS_A_VALUE;
        stretch.tag(Tag.String);
        return stretch.text(value);
      case 'number':
        stretch.tag(Tag.Number);
        return stretch.number(value);
      case 'bigint': return this.bigint(value);
      case 'undefined': return stretch.tag(Tag.Undefined);
      case 'boolean': return stretch.tag(value ? Tag.True : Tag.False);
      case 'object': break;
      default:
        throw new FeatureColumnError('unsupported', `a ${typeof value} cannot go to a worker; write a normalizerFn as steps, such as [["sub", 3], ["div", 2]]`);
    }
    if (value === null) return stretch.tag(Tag.Null);
    if (Array.isArray(value)) return this.open(value);
    if (value instanceof URL) return this.value(value.href);
    if (isForeign(value)) return this.refer(value);
    if (isArrow(value)) return this.members(plainArrow(value));
    if (Symbol.iterator in value) return this.open(Array.from(value as Iterable<unknown>));
    this.members(value);
  }

  private open(list: readonly unknown[]): void {
    this.stretch.tag(Tag.Array);
    this.stretch.size(list.length);
    this.enter(list);
  }

  private members(value: object): void {
    const [keys, values] = membersOf(value);
    this.stretch.tag(Tag.Object);
    this.stretch.size(keys.length);
    for (const key of keys) {
      let number = this.keyNumbers.get(key);
      if (number === undefined) this.keyNumbers.set(key, (number = this.keys.push(key) - 1));
      this.stretch.size(number);
    }
    this.enter(values);
  }

  private enter(list: readonly unknown[]): void {
    if (this.lists.length > MOST_DEPTH) throw new FeatureColumnError('invalid_batch', `values nested deeper than ${MOST_DEPTH}, or in themselves`);
    this.lists.push(list);
    this.next.push(0);
  }

  private bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.stretch.tag(Tag.Int64);
      this.stretch.integer(value);
    } else {
      this.stretch.tag(Tag.BigInt);
      this.stretch.text(String(value));
    }
  }

  private refer(value: unknown): void {
    let number = this.foreignNumbers.get(value);
    if (number === undefined) this.foreignNumbers.set(value, (number = this.foreign.push(value) - 1));
    this.stretch.tag(Tag.Foreign);
    this.stretch.size(number);
  }
}

/** Classes of JavaScript and the platform that structured cloning copies or moves. */
function isForeign(value: object): boolean {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof WebAssembly.Module) return true;
  return (typeof Blob === 'function' && value instanceof Blob) || (typeof ReadableStream === 'function' && value instanceof ReadableStream);
}

function membersOf(value: object): [keys: string[], values: unknown[]] {
  if (typeof Response === 'function' && (value instanceof Response || value instanceof Request)) {
    throw new FeatureColumnError('unsupported', `a ${value instanceof Response ? 'Response' : 'Request'} cannot go to a worker; give its URL, its body or its bytes`);
  }
  const keys: string[] = [];
  const values: unknown[] = [];
  for (const key in value) {
    keys.push(key);
    values.push((value as Record<string, unknown>)[key]); // inherited getters too, as a row of a class has
  }
  return [keys, values];
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

/** A list of arguments as a tape. `transfer`: see {@link TapeWriter.finish}. @throws FeatureColumnError `unsupported` for what cannot leave this thread */
export async function writeTape(values: readonly unknown[], transfer: boolean): Promise<Written> {
  const writer = new TapeWriter();
  await writer.write(values);
  return writer.finish(transfer);
}
