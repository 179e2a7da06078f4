/** JavaScript values onto a tape, piece by piece. */
import { isArrow } from '../batch/arrow.js';
import { checkRow, featureOf, unreadable } from '../batch/form.js';
import { isList } from '../batch/nested.js';
import { FeatureColumnError, type ErrorCode } from '../errors.js';
import { isForeign, plainArrow, requireMemory } from './foreign.js';
import { Input } from './input.js';
import { bytesOf, Pace } from './pace.js';
import { StretchWriter } from './stretch_writer.js';
import { Tag, type Stretch, type Tape } from './tape.js';

const MOST_DEPTH = 500;
// How many values are written between two looks at the clock; a text counts as one more for so many characters.
const VALUES_A_LOOK = 256;
const CHARACTERS_A_VALUE = 256;
/** Of objects among a batch's values: what is read of them. The last three may be anything with a length. */
const FIELDS = ['values', 'rowSplits', 'bytes', 'offsets', 'indices', 'denseShape'];
const ARRAY_LIKE = FIELDS.slice(3);
// Typed arrays of more bytes are copied here, in pieces, and moved: to clone them would block the page.
const LARGE = 1 << 16;

/** Writes an entry of a list. */
type Write = (entry: unknown, index: number) => void;

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
  /** Lists that are being written, each within the one before; how, and what comes next of each. */
  private readonly lists: (readonly unknown[])[] = [];
  private readonly writes: Write[] = [];
  private readonly next: number[] = [];
  /** How many values are left until the next look at the clock. */
  private left = 0;
  private readonly pace = new Pace();
  /** What memory that is gone means: the batch's, or an argument's. */
  private code: ErrorCode = 'invalid_argument';

  /** Writes a list and all that is in it. */
  async write(values: readonly unknown[]): Promise<void> {
    this.open(values, this.value);
    while (this.lists.length > 0) {
      try {
        this.writeSome();
      } catch (error) {
        throw this.code === 'invalid_batch' ? unreadable(error, 'a value of the batch') : error;
      }
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
      requireMemory(value, this.code);
      if (transfer) {
        moved.add(memory);
      } else if ((value as ArrayBufferView | ArrayBuffer).byteLength > LARGE) {
        const copy = await this.copyOf(value as ArrayBufferView | ArrayBuffer);
        requireMemory(value, this.code); // what was left of it may have been copied
        this.foreign[i] = copy;
        moved.add(ArrayBuffer.isView(copy) ? (copy.buffer as ArrayBuffer) : copy);
      }
    }
    for (const value of this.foreign) requireMemory(value, this.code); // others may have gone meanwhile
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
      const write = this.writes[top] as Write;
      let i = this.next[top] as number;
      // Leaves one after the other; a list among them is opened, and comes first.
      while (i < list.length && this.left-- > 0 && this.lists.length === top + 1) write(list[i], i++);
      this.next[top] = i;
      if (i === list.length && this.lists.length === top + 1) {
        this.lists.pop();
        this.writes.pop();
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

  /** An argument: anything that a plain object can hold. */
  private readonly value: Write = (value) => {
    if (this.simple(value)) return;
    if (typeof value !== 'object' || value === null) {
      throw new FeatureColumnError('unsupported', `a ${typeof value} cannot go to a worker; write a normalizerFn as steps, such as [["sub", 3], ["div", 2]]`);
    }
    if (value instanceof Input) return this.input(value);
    if (Array.isArray(value)) return this.open(value, this.value);
    if (value instanceof URL) return this.value(value.href, 0);
    if (isForeign(value)) return this.refer(value);
    if (Symbol.iterator in value) return this.open(Array.from(value as Iterable<unknown>), this.value);
    this.object(...membersOf(value), this.value);
  };

  /** What a layer reads of a batch, of rows, or of one row. Bytes have nothing to choose from. */
  private input({ given, form, keys }: Input): void {
    this.code = 'invalid_batch';
    const features = (from: unknown) => {
      const names: string[] = [];
      const values: unknown[] = [];
      for (const each of keys) {
        const { key } = each;
        try {
          const value = featureOf(from as object, each);
          if (value === undefined) continue;
          names.push(key);
          values.push(value);
        } catch (error) {
          throw unreadable(error, `feature "${key}"`, key);
        }
      }
      this.object(names, values, this.datum);
    };
    if (form === 'bytes') return this.datum(given, 0);
    if (form === 'features') return features(given);
    this.open(given as unknown[], (row, index) => {
      checkRow(row, index);
      features(row);
    });
  }

  /** What stands in a batch: as far as it is read. */
  private readonly datum: Write = (value) => {
    if (this.simple(value)) return;
    const { stretch } = this;
    if (typeof value === 'function') return stretch.tag(Tag.Function);
    if (typeof value === 'symbol') {
      stretch.tag(Tag.Symbol);
      return stretch.text(value.description ?? '');
    }
    if (Array.isArray(value)) return this.open(value, this.datum);
    if (ArrayBuffer.isView(value)) return this.refer(value);
    const object = value as object;
    if (isArrow(object)) return this.object(...membersOf(plainArrow(object)), this.value);
    const kind = Object.prototype.toString.call(object).slice(8, -1);
    if (kind !== 'Object') {
      stretch.tag(Tag.Named);
      stretch.text(kind);
    }
    const names = FIELDS.filter((name) => name in object);
    this.object(names, names.map((name) => fieldOf(object, name)), this.datum);
  };

  /** False, with nothing done, for what is neither null nor of a primitive type that travels. */
  private simple(value: unknown): boolean {
    const { stretch } = this;
    switch (typeof value) {
      case 'string':
        this.left -= value.length / CHARACTERS_A_VALUE;
        stretch.tag(Tag.String);
        stretch.text(value);
        return true;
      case 'number':
        stretch.tag(Tag.Number);
        stretch.number(value);
        return true;
      case 'bigint':
        this.bigint(value);
        return true;
      case 'undefined':
        stretch.tag(Tag.Undefined);
        return true;
      case 'boolean':
        stretch.tag(value ? Tag.True : Tag.False);
        return true;
      default:
        if (value === null) stretch.tag(Tag.Null);
        return value === null;
    }
  }

  private open(list: readonly unknown[], write: Write): void {
    this.stretch.tag(Tag.Array);
    this.stretch.size(list.length);
    this.enter(list, write);
  }

  private object(keys: readonly string[], values: readonly unknown[], write: Write): void {
    this.stretch.tag(Tag.Object);
    this.stretch.size(keys.length);
    for (const key of keys) {
      let number = this.keyNumbers.get(key);
      if (number === undefined) this.keyNumbers.set(key, (number = this.keys.push(key) - 1));
      this.stretch.size(number);
    }
    this.enter(values, write);
  }

  private enter(list: readonly unknown[], write: Write): void {
    if (this.lists.length > MOST_DEPTH) throw new FeatureColumnError('invalid_batch', `values nested deeper than ${MOST_DEPTH}, or in themselves`);
    this.lists.push(list);
    this.writes.push(write);
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

function fieldOf(object: object, name: string): unknown {
  const value = (object as Record<string, unknown>)[name];
  if (!ARRAY_LIKE.includes(name) || typeof value !== 'object' || value === null || isList(value)) return value;
  return name === 'denseShape' ? Array.from(value as ArrayLike<unknown>) : Array.prototype.slice.call(value);
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

/** A list of arguments as a tape. `transfer`: see {@link TapeWriter.finish}. @throws FeatureColumnError `unsupported` for what cannot leave this thread */
export async function writeTape(values: readonly unknown[], transfer: boolean): Promise<Written> {
  const writer = new TapeWriter();
  await writer.write(values);
  return writer.finish(transfer);
}
