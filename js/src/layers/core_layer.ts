/** A layer of the core: what DenseFeatures, SequenceFeatures, linear models and estimators have in common. */
import type { Batch, Row } from '../batch/batch.js';
import { DType } from '../batch/dtype.js';
import type { LayerInput } from '../batch/packed_batch.js';
import type { Normalizer } from '../batch/values.js';
import { FeatureColumnError } from '../errors.js';
import type { LoadedLayer } from '../estimators/types.js';
import type { Lease, LoadOptions } from '../loading/types.js';
import type { RowRuns } from '../rows/row_runs.js';
import { checkOptions } from '../runtime/call_options.js';
import type { Engine, Holding } from '../runtime/engine.js';
import { checked, nativeError, type Address, type NativeModule } from '../runtime/module.js';
import type { Arena } from '../runtime/arena.js';
import { partsOf } from '../spec/core_parts.js';
import { stringifyForCore } from '../spec/stringify_spec.js';
import { parseReport, type Coverage, type Explanation } from './explanation.js';
import type { Normalizers } from './normalizers.js';
import { readOutputs, type Output } from './outputs.js';

/** Where a column stands in the last dimension of `data`. */
export interface ColumnSlice {
  readonly name: string;
  /** In floats. */
  readonly offset: number;
  /** In floats. */
  readonly width: number;
}


interface Description {
  readonly inputs: readonly string[];
  readonly width: number;
  readonly columns: readonly ColumnSlice[];
  /** Of the inputs; none where columns disagree. */
  readonly dtypes: readonly DType[];
}

/** An input whose values JavaScript normalizes: where they come from, and what makes them. */
export interface NormalizedInput {
  readonly key: string;
  readonly normalizer: Normalizer;
}

/** What a run's outputs become. */
export type Answer<T> = (outputs: readonly Output[], columns: readonly ColumnSlice[]) => T;

/** How a batch runs. */
export interface RunOptions {
  readonly out?: Float32Array | undefined;
  /** Ends the wait for rows. */
  readonly signal?: AbortSignal | undefined;
}

/** A call of the core, over what is in the arena: the address of its outputs, or text; nothing if it failed. */
type Run<R extends Address | string> = (handle: number, arena: Arena, native: NativeModule) => R | false;

const runPackedBatch: Run<Address> = (handle, arena, native) => native._layerRun(handle, arena.address, arena.end);

/** Serialized protos, one a row. */
export type SerializedExamples = readonly Uint8Array[];

export class CoreLayer {
  readonly width: number;
  readonly columns: readonly ColumnSlice[];
  /** What the layer reads of a batch. */
  readonly inputs: readonly LayerInput[];
  private holding: Holding | undefined;
  /** Of a layer with tables whose rows are fetched: its methods give promises of what they say ({@link Fetching}). */
  private readonly rows: RowRuns | undefined;

  /** Takes over `handle` and `leases`, also when it fails. `normalized` is by input. */
  constructor(private readonly engine: Engine, handle: number, leases: readonly Lease[], normalized: ReadonlyMap<string, NormalizedInput> | undefined) {
    this.holding = engine.hold(this, handle, leases);
    const fetched = leases.flatMap(({ rowTable }) => rowTable ?? []);
    this.rows = fetched[0]?.tables.runs(fetched.map(({ table }) => table));
    try {
      const text = engine.native.layerDescribe(handle);
      if (text === '') throw nativeError(engine.native);
      const { inputs, width, columns, dtypes } = JSON.parse(text) as Description;
      this.width = width;
      this.columns = Object.freeze(columns.map((slice) => Object.freeze(slice)));
      this.inputs = inputs.map((input, i) => {
        const made = normalized?.get(input);
        const key = made?.key ?? input;
        return { key, expected: made ? DType.None : (dtypes[i] as DType), normalizer: made?.normalizer, inherited: key in Object.prototype };
      });
    } catch (error) {
      this.holding.release();
      throw error;
    }
  }

  get disposed(): boolean {
    return this.holding === undefined || this.engine.disposed;
  }

  /** Whether answers are promises, because rows of tables have to be fetched for them. */
  get fetches(): boolean {
    return this.rows !== undefined;
  }

  /** What {@link perform} does, but for batches that come often and may be of one row: nothing is made for the call. */
  runBatch<T>(batch: Batch | readonly Row[], isRows: boolean, answer: Answer<T>, options?: RunOptions): T {
    if (this.rows) return this.fetched(batch, isRows, answer, options);
    const { out } = checkOptions(options);
    const handle = this.use();
    this.pack(batch, isRows);
    return this.answered(this.called(handle, runPackedBatch), answer, out);
  }

  /** Serialized tf.Examples, or tf.SequenceExamples. */
  runExamples<T>(examples: SerializedExamples, sequenceExamples: boolean, answer: Answer<T>, options?: RunOptions): T {
    const run: Run<Address> = (handle, { address, end }, native) => native.layerRunExamples(handle, address, end, sequenceExamples) && native.output();
    return this.perform(() => this.placeExamples(examples), run, (outputs) => this.answered(outputs, answer), options);
  }

  private placeExamples(examples: SerializedExamples): void {
    this.refuseNormalizers('tf.Examples');
    this.engine.native.parts.require('rows');
    const { arena } = this.engine;
    if (!Array.isArray(examples)) throw new FeatureColumnError('invalid_argument', 'examples are an array of Uint8Arrays, one serialized tf.Example each');
    arena.begin();
    const header = arena.reserve((examples.length + 2) * 4);
    let size = 0;
    const start = arena.end;
    arena.u32[header / 4] = examples.length;
    arena.u32[header / 4 + 1] = 0;
    examples.forEach((example: unknown, row) => {
      if (!(example instanceof Uint8Array)) throw new FeatureColumnError('invalid_example', `row ${row}: a serialized tf.Example is a Uint8Array`, { row });
      arena.ensure(example.length);
      arena.write(example, start + size);
      arena.end += example.length;
      arena.u32[header / 4 + 2 + row] = size += example.length;
    });
  }

  /** Rows as newline-delimited JSON in UTF-8, read by the core: integers keep all their digits. */
  runNdjson<T>(lines: Uint8Array, answer: Answer<T>, options?: RunOptions): T {
    const run: Run<Address> = (handle, { address, end }, native) => native.layerRunRows(handle, address, end) && native.output();
    return this.perform(() => this.placeNdjson(lines), run, (outputs) => this.answered(outputs, answer), options);
  }

  /** The explanation of a row, or of one line of NDJSON. */
  explain(row: Row | Uint8Array, options?: RunOptions): Explanation {
    const ndjson = row instanceof Uint8Array;
    const run: Run<string> = (handle, { address, end }, native) => native.layerExplain(handle, address, end, ndjson);
    const place = () => {
      this.engine.native.parts.require('explain');
      this.place(ndjson ? row : [row]);
    };
    return this.perform(place, run, (text) => parseReport(text) as Explanation, options);
  }

  /** The coverage of a batch, of rows, or of NDJSON. */
  coverage(batch: Batch | readonly Row[] | Uint8Array, top: number): Coverage {
    this.engine.native.parts.require('explain');
    const ndjson = batch instanceof Uint8Array;
    return parseReport(this.once(() => this.place(batch), (handle, { address, end }, native) => native.layerCoverage(handle, address, end, ndjson, top))) as Coverage;
  }

  dispose(): void {
    this.holding?.release();
    this.holding = undefined;
    this.rows?.stop();
  }

  /** Disposes the layer when the runs that have begun are over, and calls `then`. */
  retire(then: () => void): void {
    const end = () => {
      this.dispose();
      then();
    };
    if (this.rows) this.rows.whenIdle(end);
    else end();
  }

  private use(): number {
    if (!this.holding || this.engine.disposed) {
      throw new FeatureColumnError('disposed', `the ${this.engine.disposed ? 'runtime' : 'layer'} was disposed; load the layer again to use it`);
    }
    return this.holding.handle;
  }

  /** Places a batch in the arena, calls the core, and reads what it gives: at once, or when the rows it needs are there. */
  private perform<R extends Address | string, T>(place: () => void, run: Run<R>, read: (result: R) => T, options?: RunOptions): T {
    if (this.rows) {
      const call = () => this.called(this.use(), run);
      return this.rows.perform({ engine: this.engine, use: () => void this.use(), place, call, read, options }) as unknown as T;
    }
    checkOptions(options);
    return read(this.once(place, run));
  }

  private once<R extends Address | string>(place: () => void, run: Run<R>): R {
    const handle = this.use();
    place();
    return this.called(handle, run);
  }

  private place(batch: Batch | readonly Row[] | Uint8Array): void {
    if (batch instanceof Uint8Array) this.placeNdjson(batch);
    else this.pack(batch, Array.isArray(batch));
  }

  private placeNdjson(lines: Uint8Array): void {
    this.refuseNormalizers('NDJSON');
    const { arena, native } = this.engine;
    native.parts.require('rows');
    if (!(lines instanceof Uint8Array)) throw new FeatureColumnError('invalid_argument', 'NDJSON is given as a Uint8Array of UTF-8');
    arena.begin();
    arena.reserve(lines.length);
    arena.write(lines, 0);
  }

  private fetched<T>(batch: Batch | readonly Row[], isRows: boolean, answer: Answer<T>, options?: RunOptions): T {
    return this.perform(() => this.pack(batch, isRows), runPackedBatch, (outputs) => this.answered(outputs, answer, options?.out), options);
  }

  private pack(batch: Batch | readonly Row[], isRows: boolean): void {
    this.engine.packer.pack(this.inputs, batch, isRows);
  }

  private answered<T>(outputs: Address, answer: Answer<T>, out?: Float32Array): T {
    return answer(readOutputs(this.engine.memory, outputs, out), this.columns);
  }

  private called<R extends Address | string>(handle: number, run: Run<R>): R {
    const { engine } = this;
    let result: R | false;
    try {
      result = run(handle, engine.arena, engine.native);
    } catch (cause) {
      throw engine.trapped(cause);
    }
    if (!result) throw nativeError(engine.native);
    return result;
  }

  /** The core reads these bytes itself, where no function of JavaScript can step in. */
  private refuseNormalizers(what: string): void {
    const input = this.inputs.find(({ normalizer }) => normalizer !== undefined);
    if (!input) return;
    throw new FeatureColumnError(
      'unsupported',
      `feature "${input.key}": ${what} are read by the core, which cannot call a normalizerFn of JavaScript; write it as steps, such as [["sub", 3], ["div", 2]]`,
      { column: input.key },
    );
  }
}

/** Makes a layer of what was loaded, and takes over its leases, also when it fails. */
export async function makeCoreLayer({ engine, options: { signal } }: { readonly engine: Engine; readonly options: LoadOptions }, { spec, leases }: LoadedLayer, normalizers: Promise<Normalizers> | undefined): Promise<CoreLayer> {
  let handle: number;
  let inputs: ReadonlyMap<string, NormalizedInput> | undefined;
  try {
    const { parts } = engine.native;
    const needed = partsOf(spec, (table) => parts.isNarrow(table));
    if (spec['layer'] !== 'dense_features') needed.add('models');
    await parts.need([...needed], signal);
    await parts.ready(signal);
    inputs = (await normalizers)?.inputs;
    const { text, bits } = stringifyForCore(spec);
    handle = checked(engine.native, engine.native.layerMake(text, bits));
  } catch (error) {
    if (!engine.disposed) for (const lease of leases) lease.release();
    throw error;
  }
  return new CoreLayer(engine, handle, leases, inputs);
}
