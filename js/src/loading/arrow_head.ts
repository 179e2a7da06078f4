/**
 * The head of an Arrow message: a flatbuffer. apache-arrow reads as many fields and buffers as it says that there are, four thousand
 * millions if need be; here each list must lie within the head. https://github.com/apache/arrow/blob/main/format/Message.fbs, Schema.fbs
 */

/** Fields by their order in the schemas of Arrow's flatbuffers. */
const MESSAGE = { headerType: 1, header: 2, bodyLength: 3, customMetadata: 4 } as const;
const SCHEMA = { fields: 1, customMetadata: 2 } as const;
const FIELD = { typeType: 2, type: 3, children: 5, customMetadata: 6 } as const;
const RECORD_BATCH = { nodes: 1, buffers: 2, variadicBufferCounts: 4 } as const;
const DICTIONARY_BATCH = { data: 1 } as const;
const FOOTER = { schema: 1, dictionaries: 2, recordBatches: 3, customMetadata: 4 } as const;
/** MessageHeader, and of Type the one with a list of its own. */
export const HEADER = { Schema: 1, DictionaryBatch: 2, RecordBatch: 3 } as const;
const UNION = 14, UNION_TYPE_IDS = 1;

const OFFSET = 4;
const NODE = 16, BUFFER = 16, COUNT = 8, TYPE_ID = 4;
/** Of a footer: where a message is, and how long its parts are. */
const BLOCK = 24;
/** Of a table of Arrow's, of which none has more than seven. */
const MOST_MEMBERS = 32;
/** Fields within fields: more are no schema but a circle. */
const MOST_FIELDS = 100_000, MOST_DEPTH = 100;

interface List {
  readonly at: number;
  readonly count: number;
}

/** Whatever lies outside of the bytes is a RangeError of DataView. */
class Flatbuffer {
  private readonly view: DataView;
  private fields = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get root(): number {
    return this.view.getUint32(0, true);
  }

  /** Where a field of a table stands; undefined if it has its default. */
  private place(table: number, field: number): number | undefined {
    const fields = table - this.view.getInt32(table, true);
    const size = this.view.getUint16(fields, true);
    if (size > OFFSET + 2 * MOST_MEMBERS || fields + size > this.view.byteLength) throw new RangeError(`a table of ${size / 2 - 2} fields`);
    const entry = OFFSET + 2 * field;
    const offset = entry < size ? this.view.getUint16(fields + entry, true) : 0;
    return offset === 0 ? undefined : table + offset;
  }

  byte(table: number, field: number): number {
    const at = this.place(table, field);
    return at === undefined ? 0 : this.view.getUint8(at);
  }

  int64(table: number, field: number): bigint {
    const at = this.place(table, field);
    return at === undefined ? 0n : this.view.getBigInt64(at, true);
  }

  table(table: number, field: number): number | undefined {
    const at = this.place(table, field);
    return at === undefined ? undefined : at + this.view.getUint32(at, true);
  }

  /** A list, all of whose elements are there. */
  list(table: number, field: number, elementSize: number): List {
    const list = this.table(table, field);
    if (list === undefined) return { at: 0, count: 0 };
    const count = this.view.getUint32(list, true);
    if (list + OFFSET + count * elementSize > this.view.byteLength) throw new RangeError(`a list of ${count} does not fit`);
    return { at: list + OFFSET, count };
  }

  /** Those that a list of tables is of. */
  tables(table: number, field: number): number[] {
    const { at, count } = this.list(table, field, OFFSET);
    return Array.from({ length: count }, (_, i) => at + i * OFFSET + this.view.getUint32(at + i * OFFSET, true));
  }

  /** The first words of structs. */
  firstWords(table: number, field: number, elementSize: number): number[] {
    const { at, count } = this.list(table, field, elementSize);
    return Array.from({ length: count }, (_, i) => Number(this.view.getBigInt64(at + i * elementSize, true)));
  }

  checkSchema(schema: number | undefined): void {
    if (schema === undefined) return;
    this.list(schema, SCHEMA.customMetadata, OFFSET);
    for (const field of this.tables(schema, SCHEMA.fields)) this.checkField(field, 0);
  }

  private checkField(field: number, depth: number): void {
    if (++this.fields > MOST_FIELDS || depth > MOST_DEPTH) throw new RangeError('fields within fields without end');
    this.list(field, FIELD.customMetadata, OFFSET);
    const type = this.table(field, FIELD.type);
    if (type !== undefined) this.place(type, 0);
    if (type !== undefined && this.byte(field, FIELD.typeType) === UNION) this.list(type, UNION_TYPE_IDS, TYPE_ID);
    for (const child of this.tables(field, FIELD.children)) this.checkField(child, depth + 1);
  }

  checkRecordBatch(batch: number | undefined): void {
    if (batch === undefined) return;
    this.list(batch, RECORD_BATCH.nodes, NODE);
    this.list(batch, RECORD_BATCH.buffers, BUFFER);
    this.list(batch, RECORD_BATCH.variadicBufferCounts, COUNT);
  }
}

export interface Head {
  /** One of {@link HEADER}, or another. */
  readonly type: number;
  /** Of what follows the head. */
  readonly bodyLength: bigint;
}

/** @throws RangeError if the head is broken */
export function readHead(head: Uint8Array): Head {
  const buffer = new Flatbuffer(head);
  const message = buffer.root;
  buffer.list(message, MESSAGE.customMetadata, OFFSET);
  const header = buffer.table(message, MESSAGE.header);
  const type = buffer.byte(message, MESSAGE.headerType);
  switch (type) {
    case HEADER.Schema:
      buffer.checkSchema(header);
      break;
    case HEADER.RecordBatch:
      buffer.checkRecordBatch(header);
      break;
    case HEADER.DictionaryBatch:
      if (header !== undefined) buffer.checkRecordBatch(buffer.table(header, DICTIONARY_BATCH.data));
  }
  return { type, bodyLength: buffer.int64(message, MESSAGE.bodyLength) };
}

/** Where a file's footer says that messages begin, and of which type they are. @throws RangeError if it is broken */
export function messagesOfFooter(footer: Uint8Array): { readonly at: number; readonly type: number }[] {
  const buffer = new Flatbuffer(footer);
  buffer.list(buffer.root, FOOTER.customMetadata, OFFSET);
  buffer.checkSchema(buffer.table(buffer.root, FOOTER.schema));
  const listed = (field: number, type: number) => buffer.firstWords(buffer.root, field, BLOCK).map((at) => ({ at, type }));
  return [...listed(FOOTER.dictionaries, HEADER.DictionaryBatch), ...listed(FOOTER.recordBatches, HEADER.RecordBatch)];
}
