/** Rows written as Arrow IPC: a column of lists of numbers for each output, a record batch for each batch. */
import type { Data, Field, FixedSizeList, Float32, List, RecordBatch, RecordBatchWriter, Schema } from 'apache-arrow';
import { FeatureColumnError } from 'feature-columns';
import { loadArrow, type Arrow } from './arrow_module.js';
import type { Destination } from './destination.js';
import type { Output, Result } from './runner.js';
import type { RowSink } from './stream.js';

/** A column of the output. */
export interface ArrowColumn {
  readonly name: string;
  /** Numbers a row, or a step. */
  readonly width: number;
  readonly integers: boolean;
  /** A row is a list of steps. */
  readonly steps: boolean;
}

/** The columns that outputs become, and each one's numbers; `steps` are the lengths of the rows. */
export type ColumnsOf = (outputs: readonly Output[]) => readonly (ArrowColumn & { readonly output: Output; readonly lengths: ArrayLike<number> | undefined })[];

interface Nulls {
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
}
const NO_NULLS: Nulls = { nullCount: 0 };

export class ArrowSink implements RowSink {
  private readonly pieces: Uint8Array[] = [];
  private readonly writer: RecordBatchWriter;
  private schema: Schema | undefined;
  private columns: readonly ArrowColumn[] = [];
  // Null rows before the first row that tells what the columns are.
  private waiting = 0;

  private constructor(private readonly arrow: Arrow, private readonly destination: Destination, file: boolean, private readonly columnsOf: ColumnsOf) {
    this.writer = file ? new arrow.RecordBatchFileWriter() : new arrow.RecordBatchStreamWriter();
  }

  /** @param columns what the columns are, where that is known before the first row */
  static async open(destination: Destination, file: boolean, columnsOf: ColumnsOf, columns?: readonly ArrowColumn[]): Promise<ArrowSink> {
    const sink = new ArrowSink(await loadArrow(), destination, file, columnsOf);
    if (columns) await sink.begin(columns);
    return sink;
  }

  async rows(_: unknown, { outputs }: Result): Promise<void> {
    const columns = this.columnsOf(outputs);
    await this.begin(columns);
    const rows = columns[0]?.output.shape[0] ?? 0;
    await this.write(rows, columns.map(({ output, lengths, steps, width }, i) => {
      const { data, shape } = output;
      if (!steps || !lengths) return this.lists(i, rows, data, NO_NULLS);
      return this.stepLists(i, rows, data as Float32Array, (shape[1] ?? 0) * width, lengths, NO_NULLS);
    }));
  }

  async nullRow(): Promise<void> {
    if (!this.schema) this.waiting += 1;
    else await this.writeNulls(1);
  }

  async finish(): Promise<void> {
    if (!this.schema && this.waiting > 0) {
      throw new FeatureColumnError('invalid_row', 'not one row could be scored, so it is not known what the columns of the output are');
    }
    await this.begin([]);
    this.writer.finish();
    await this.flush();
  }

  private async begin(columns: readonly ArrowColumn[]): Promise<void> {
    if (this.schema) return;
    const { arrow, pieces } = this;
    this.columns = columns.map(({ name, width, integers, steps }) => ({ name, width, integers, steps }));
    this.schema = new arrow.Schema(this.columns.map((column) => this.fieldOf(column)));
    // The writer writes at once into this, so that a batch is out before the next one comes.
    class Pieces extends arrow.AsyncByteQueue {
      override write(bytes: Uint8Array): void {
        pieces.push(bytes);
      }
    }
    this.writer.reset(new Pieces(), this.schema);
    await this.flush();
    if (this.waiting > 0) await this.writeNulls(this.waiting);
  }

  private fieldOf({ name, width, integers, steps }: ArrowColumn): Field {
    const { Field, FixedSizeList, Float32, Int32, List } = this.arrow;
    const row = new FixedSizeList(width, new Field('item', integers ? new Int32() : new Float32(), false));
    return new Field(name, steps ? new List(new Field('item', row, false)) : row, true);
  }

  private get types() {
    return (this.schema as Schema).fields.map(({ type }) => type);
  }

  /** A list of `width` numbers for each of `rows`. */
  private lists(column: number, rows: number, data: Float32Array | Int32Array, nulls: Nulls): Data {
    const { makeData } = this.arrow;
    const type = this.types[column] as FixedSizeList;
    return makeData({ type, length: rows, ...nulls, child: makeData({ type: type.children[0]?.type as Float32, data: data as Float32Array, nullCount: 0 }) });
  }

  /** A list of each row's own steps: those after its length are padding of longer rows. */
  private stepLists(column: number, rows: number, data: Float32Array, stride: number, lengths: ArrayLike<number>, nulls: Nulls): Data {
    const { makeData } = this.arrow;
    const { width } = this.columns[column] as ArrowColumn;
    const type = this.types[column] as List;
    const inner = type.children[0]?.type as FixedSizeList;
    const valueOffsets = new Int32Array(rows + 1);
    for (let row = 0; row < rows; ++row) valueOffsets[row + 1] = (valueOffsets[row] as number) + (lengths[row] as number);
    const steps = valueOffsets[rows] as number;
    const own = new Float32Array(steps * width);
    for (let row = 0; row < rows; ++row) {
      const from = row * stride;
      own.set(data.subarray(from, from + (lengths[row] as number) * width), (valueOffsets[row] as number) * width);
    }
    const numbers = makeData({ type: inner.children[0]?.type as Float32, data: own, nullCount: 0 });
    return makeData({ type, length: rows, ...nulls, valueOffsets, child: makeData({ type: inner, length: steps, nullCount: 0, child: numbers }) });
  }

  private async writeNulls(rows: number): Promise<void> {
    const nulls = { nullCount: rows, nullBitmap: new Uint8Array(((rows + 63) >> 6) << 3) };
    await this.write(rows, this.columns.map(({ width, integers, steps }, column) => {
      if (steps) return this.stepLists(column, rows, new Float32Array(0), 0, new Int32Array(rows), nulls);
      return this.lists(column, rows, new (integers ? Int32Array : Float32Array)(rows * width), nulls);
    }));
  }

  private async write(rows: number, children: Data[]): Promise<void> {
    const { Struct, RecordBatch, makeData } = this.arrow;
    const schema = this.schema as Schema;
    const batch: RecordBatch = new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children }));
    this.writer.write(batch);
    await this.flush();
  }

  private async flush(): Promise<void> {
    for (const piece of this.pieces.splice(0)) await this.destination.write(piece);
  }
}
