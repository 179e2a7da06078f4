/// <reference lib="esnext.disposable" preserve="true" />
/** Layers that live in a worker: the methods of layers, each with a promise of the same answer. */
import type { BatchLike, RowLike } from '../batch/batch.js';
import type { FeatureKey } from '../batch/form.js';
import { FeatureColumnError } from '../errors.js';
import type { ColumnSlice, SerializedExamples } from '../layers/core_layer.js';
import type { DenseOutput } from '../layers/dense_features.js';
import type { ClassifierPredictions, RegressorPredictions } from '../layers/estimator.js';
import type { Coverage, Explanation } from '../layers/explanation.js';
import type { CoverageOptions, ExampleOptions, TransformOptions } from '../layers/layer.js';
import type { LinearOutput } from '../layers/linear_model.js';
import { roomIn, type Output } from '../layers/outputs.js';
import { prediction } from '../layers/prediction.js';
import type { Replacement, ReplaceOptions } from '../layers/replacement.js';
import type { SequenceOutput } from '../layers/sequence_features.js';
import { checkOptions } from '../runtime/call_options.js';
import { makeDisposable } from '../runtime/disposable.js';
import type { LayerName } from '../spec/layer_arguments.js';
import type { Connection } from './connection.js';
import { Input } from './input.js';
import type { LayerDescription } from './messages.js';
import { bytesOf, Pace } from './pace.js';

export interface WorkerCallOptions {
  /**
   * Moves the memory of the batch's typed arrays that the layer reads to the worker in place of copying it: they are empty
   * afterwards. Default false. Strings and numbers in arrays are written into memory of their own and moved in any case.
   */
  readonly transfer?: boolean | undefined;
}
export interface WorkerTransformOptions extends TransformOptions, WorkerCallOptions {}
export interface WorkerExampleOptions extends ExampleOptions, WorkerCallOptions {}

/** What is sent of a call's input to a layer that reads these features. */
type InputOf = (keys: readonly FeatureKey[]) => Input;
type AnyCallOptions = WorkerTransformOptions & WorkerExampleOptions & CoverageOptions;

/** What layers of every kind have. A batch may be changed again once the promise is settled. */
export abstract class RemoteLayer {
  private description: LayerDescription;
  private ended = false;

  /** Disposes the layer at the end of a `using` block, where the engine knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;

  /** @internal */
  constructor(private readonly connection: Connection, description: LayerDescription) {
    this.description = description;
    makeDisposable(this);
    forgotten?.register(this, { connection, layer: description.layer }, this);
  }

  /** As the layer's own: `dense_features`, `dnn_classifier`, … */
  get kind(): LayerName {
    return this.description.kind;
  }

  get disposed(): boolean {
    return this.ended || this.connection.closed;
  }

  /** See `Layer.explain`. */
  explain<R extends RowLike<R>>(row: R | Uint8Array): Promise<Explanation> {
    return this.call('explain', (keys) => Input.row(row, keys), {}) as Promise<Explanation>;
  }

  /** See `Layer.coverage`. */
  coverage<B extends BatchLike<B>, R extends RowLike<R>>(batch: B | readonly R[] | Uint8Array, options: CoverageOptions & WorkerCallOptions = {}): Promise<Coverage> {
    return this.call('coverage', (keys) => Input.any(batch, keys), options) as Promise<Coverage>;
  }

  /** See `Layer.replace`. */
  async replace(replacement: Replacement, options: ReplaceOptions = {}): Promise<void> {
    const { signal, onProgress, ...own } = checkOptions(options);
    this.requireAlive();
    const { described, thrown } = await this.connection.call('replace', [replacement, own], { layer: this.description.layer, signal, onProgress });
    if (described) this.description = described;
    if (thrown) throw thrown.error;
  }

  /** Gives back the layer's memory once the calls that were made before are answered. Calling it again does nothing. */
  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    forgotten?.unregister(this);
    if (!this.connection.closed) this.connection.disposeLayer(this.description.layer);
  }

  /** @internal */
  protected get described(): LayerDescription {
    return this.description;
  }

  /** @internal */
  protected async call(method: string, inputOf: InputOf, options: AnyCallOptions): Promise<unknown> {
    const { transfer, signal, top, sequenceExamples } = checkOptions(options);
    this.requireAlive();
    const { layer, inputs } = this.description;
    const keys = inputs.map((key) => ({ key, inherited: key in Object.prototype }));
    const { value } = await this.connection.call(method, [inputOf(keys), { top, sequenceExamples }], { layer, transfer, signal: signal ?? undefined });
    return value;
  }

  private requireAlive(): void {
    if (this.ended) throw new FeatureColumnError('disposed', 'the layer was disposed; load the layer again to use it');
  }
}

const forgotten =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry<{ connection: Connection; layer: number }>(({ connection, layer }) => connection.closed || connection.disposeLayer(layer))
    : undefined;

/** `DenseFeatures`, `SequenceFeatures` or `LinearModel` in a worker. */
export class RemoteFeatures<Transformed extends DenseOutput | SequenceOutput | LinearOutput> extends RemoteLayer {
  /** See `DenseFeatures.columns`; a linear model has none. */
  get columns(): readonly ColumnSlice[] {
    return this.described.columns ?? [];
  }

  /** Floats in the last dimension of the output. */
  get width(): number {
    return this.described.width ?? this.described.units ?? 0;
  }

  /** See `DenseFeatures.transform`. The output's memory comes from the worker without being copied, but for `out`. */
  transform<B extends BatchLike<B>>(batch: B, options: WorkerTransformOptions = {}): Promise<Transformed> {
    return this.run('transform', (keys) => Input.batch(batch, keys), options);
  }

  transformRows<R extends RowLike<R>>(rows: readonly R[], options: WorkerTransformOptions = {}): Promise<Transformed> {
    return this.run('transformRows', (keys) => Input.rows(rows, keys), options);
  }

  transformExamples(examples: SerializedExamples, options: WorkerExampleOptions = {}): Promise<Transformed> {
    return this.run('transformExamples', () => Input.bytes(examples), options);
  }

  transformNdjson(lines: Uint8Array, options: WorkerCallOptions = {}): Promise<Transformed> {
    return this.run('transformNdjson', () => Input.bytes(lines), options);
  }

  private async run(method: string, inputOf: InputOf, options: WorkerTransformOptions): Promise<Transformed> {
    const output = (await this.call(method, inputOf, options)) as Transformed;
    const { out } = options;
    const data = out ? roomIn(out, output.data.length) : output.data;
    if (out) await new Pace().copy(bytesOf(output.data), bytesOf(data));
    return { ...output, data, ...(this.described.columns && { columns: this.described.columns }) };
  }
}

/** An estimator in a worker. */
export class RemoteEstimator<Predictions extends ClassifierPredictions | RegressorPredictions> extends RemoteLayer {
  /** See `Classifier.predict`. */
  predict<B extends BatchLike<B>>(batch: B, options: WorkerCallOptions = {}): Promise<Predictions> {
    return this.run('predict', (keys) => Input.batch(batch, keys), options);
  }

  predictRows<R extends RowLike<R>>(rows: readonly R[], options: WorkerCallOptions = {}): Promise<Predictions> {
    return this.run('predictRows', (keys) => Input.rows(rows, keys), options);
  }

  predictExamples(examples: SerializedExamples, options: WorkerCallOptions = {}): Promise<Predictions> {
    return this.run('predictExamples', () => Input.bytes(examples), options);
  }

  predictNdjson(lines: Uint8Array, options: WorkerCallOptions = {}): Promise<Predictions> {
    return this.run('predictNdjson', () => Input.bytes(lines), options);
  }

  private async run(method: string, inputOf: InputOf, options: WorkerCallOptions): Promise<Predictions> {
    const outputs = (await this.call(method, inputOf, options)) as Record<string, Output>;
    return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, prediction(output)])) as unknown as Predictions;
  }
}
