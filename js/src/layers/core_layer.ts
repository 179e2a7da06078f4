/** A layer of the core: what DenseFeatures, SequenceFeatures, linear models and estimators have in common. */
import type { Batch, Row } from '../batch/batch.js';
import { dtypeOfName } from '../batch/dtype.js';
import type { LayerInput } from '../batch/packed_batch.js';
import type { Normalizer } from '../batch/values.js';
import { FeatureColumnError } from '../errors.js';
import type { LoadedLayer } from '../estimators/types.js';
import type { Lease } from '../loading/types.js';
import type { Engine, Holding } from '../runtime/engine.js';
import { checked, nativeError } from '../runtime/module.js';
import type { Arena } from '../runtime/arena.js';
import { stringifySpec } from '../spec/spec_text.js';
import { parseReport, type Coverage, type Explanation } from './explanation.js';
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
  /** By input; empty where columns disagree. */
  readonly parse_spec: Readonly<Record<string, { readonly dtype: string }>>;
}

/** An input whose values JavaScript normalizes: where they come from, and what makes them. */
export interface NormalizedInput {
  readonly key: string;
  readonly normalizer: Normalizer;
}

/** Serialized protos, one a row. */
export type SerializedExamples = readonly Uint8Array[];

export class CoreLayer {
  readonly width: number;
  readonly columns: readonly ColumnSlice[];
  private readonly inputs: readonly LayerInput[];
  private holding: Holding | undefined;

  /** Takes over `handle` and `leases`, also when it fails. `normalized` is by input. */
  constructor(private readonly engine: Engine, handle: number, leases: readonly Lease[], normalized: ReadonlyMap<string, NormalizedInput>) {
    this.holding = engine.hold(this, handle, leases);
    try {
      const text = engine.native.layerDescribe(handle);
      if (text === '') throw nativeError(engine.native);
      const { inputs, width, columns, parse_spec } = JSON.parse(text) as Description;
      this.width = width;
      this.columns = Object.freeze(columns.map((slice) => Object.freeze(slice)));
      this.inputs = inputs.map((input) => {
        const made = normalized.get(input);
        const spec = Object.hasOwn(parse_spec, input) ? parse_spec[input] : undefined;
        return { key: made?.key ?? input, expected: dtypeOfName(spec?.dtype), normalizer: made?.normalizer };
      });
    } catch (error) {
      this.holding.release();
      throw error;
    }
  }

  get disposed(): boolean {
    return this.holding === undefined || this.engine.disposed;
  }

  runBatch(batch: Batch, out?: Float32Array): Output[] {
    const handle = this.use();
    this.engine.packer.packBatch(this.inputs, batch);
    return this.runPacked(handle, out);
  }

  runRows(rows: readonly Row[], out?: Float32Array): Output[] {
    const handle = this.use();
    this.engine.packer.packRows(this.inputs, rows);
    return this.runPacked(handle, out);
  }

  /** Serialized tf.Examples, or tf.SequenceExamples. */
  runExamples(examples: SerializedExamples, sequenceExamples: boolean): Output[] {
    const handle = this.use();
    this.refuseNormalizers('tf.Examples');
    const { arena, native } = this.engine;
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
      arena.u8.set(example, start + size);
      arena.end += example.length;
      arena.u32[header / 4 + 2 + row] = size += example.length;
    });
    return this.outputsOf(() => native.layerRunExamples(handle, arena.address, arena.end, sequenceExamples) && native.output());
  }

  /** Rows as newline-delimited JSON in UTF-8, read by the core: integers keep all their digits. */
  runNdjson(lines: Uint8Array): Output[] {
    const handle = this.use();
    this.placeNdjson(lines);
    const { arena, native } = this.engine;
    return this.outputsOf(() => native.layerRunRows(handle, arena.address, lines.length) && native.output());
  }

  /** The explanation of a row, or of one line of NDJSON. */
  explain(row: Row | Uint8Array): Explanation {
    const ndjson = row instanceof Uint8Array;
    return parseReport(this.report(ndjson ? row : [row], (handle, { address, end }) => this.engine.native.layerExplain(handle, address, end, ndjson))) as Explanation;
  }

  /** The coverage of a batch, of rows, or of NDJSON. */
  coverage(batch: Batch | readonly Row[] | Uint8Array, top: number): Coverage {
    const ndjson = batch instanceof Uint8Array;
    return parseReport(this.report(batch, (handle, { address, end }) => this.engine.native.layerCoverage(handle, address, end, ndjson, top))) as Coverage;
  }

  dispose(): void {
    this.holding?.release();
    this.holding = undefined;
  }

  private use(): number {
    if (!this.holding || this.engine.disposed) {
      throw new FeatureColumnError('disposed', `the ${this.engine.disposed ? 'runtime' : 'layer'} was disposed; load the layer again to use it`);
    }
    return this.holding.handle;
  }

  private report(batch: Batch | readonly Row[] | Uint8Array, ask: (handle: number, arena: Arena) => string): string {
    const handle = this.use();
    const { arena, native, packer } = this.engine;
    if (batch instanceof Uint8Array) this.placeNdjson(batch);
    else if (Array.isArray(batch)) packer.packRows(this.inputs, batch as readonly Row[]);
    else packer.packBatch(this.inputs, batch as Batch);
    let text: string;
    try {
      text = ask(handle, arena);
    } catch (cause) {
      throw this.engine.trapped(cause);
    }
    if (text === '') throw nativeError(native);
    return text;
  }

  private placeNdjson(lines: Uint8Array): void {
    this.refuseNormalizers('NDJSON');
    const { arena } = this.engine;
    if (!(lines instanceof Uint8Array)) throw new FeatureColumnError('invalid_argument', 'NDJSON is given as a Uint8Array of UTF-8');
    arena.begin();
    arena.reserve(lines.length);
    arena.u8.set(lines);
  }

  private runPacked(handle: number, out: Float32Array | undefined): Output[] {
    const { arena, native } = this.engine;
    return this.outputsOf(() => native._layerRun(handle, arena.address, arena.end), out);
  }

  /** `run` answers the address of its outputs, or nothing if it failed. */
  private outputsOf(run: () => number | false, out?: Float32Array): Output[] {
    let address: number | false;
    try {
      address = run();
    } catch (cause) {
      throw this.engine.trapped(cause);
    }
    if (!address) throw nativeError(this.engine.native);
    return readOutputs(this.engine.memory, address, out);
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
export function makeCoreLayer(engine: Engine, { spec, leases }: LoadedLayer, normalized: ReadonlyMap<string, NormalizedInput>): CoreLayer {
  let handle: number;
  try {
    handle = checked(engine.native, engine.native.layerMake(stringifySpec(spec)));
  } catch (error) {
    const problem = engine.trapped(error);
    if (!engine.disposed) for (const lease of leases) lease.release();
    throw problem;
  }
  return new CoreLayer(engine, handle, leases, normalized);
}
