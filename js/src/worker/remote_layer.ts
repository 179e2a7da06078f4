/// <reference lib="esnext.disposable" preserve="true" />
/** Layers that live in a worker: the methods of layers, each with a promise of the same answer. */
import type { Batch, Row } from '../batch/batch.js';
import { FeatureColumnError } from '../errors.js';
import type { ColumnSlice, SerializedExamples } from '../layers/core_layer.js';
import type { DenseOutput } from '../layers/dense_features.js';
import type { ClassifierPredictions, RegressorPredictions } from '../layers/estimator.js';
import type { Coverage, Explanation } from '../layers/explanation.js';
import type { CoverageOptions, ExampleOptions, TransformOptions } from '../layers/layer.js';
import type { LinearOutput } from '../layers/linear_model.js';
import { checkOut, roomIn, type Output } from '../layers/outputs.js';
import { prediction } from '../layers/prediction.js';
import type { Replacement, ReplaceOptions } from '../layers/replacement.js';
import type { SequenceOutput } from '../layers/sequence_features.js';
import { makeDisposable } from '../runtime/disposable.js';
import type { LayerName } from '../spec/layer_arguments.js';
import type { Answer, Connection } from './connection.js';
import type { LayerDescription } from './messages.js';
import { bytesOf, Pace } from './pace.js';

export interface WorkerCallOptions {
  /**
   * Moves the memory of the batch's typed arrays to the worker in place of copying it: they are empty afterwards. Default
   * false. Strings and numbers in arrays are written into memory of their own and moved in any case.
   */
  readonly transfer?: boolean | undefined;
}
export interface WorkerTransformOptions extends TransformOptions, WorkerCallOptions {}
export interface WorkerExampleOptions extends ExampleOptions, WorkerCallOptions {}

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
  explain(row: Row | Uint8Array): Promise<Explanation> {
    return this.call('explain', [row]) as Promise<Explanation>;
  }

  /** See `Layer.coverage`. */
  coverage(batch: Batch | readonly Row[] | Uint8Array, options: CoverageOptions & WorkerCallOptions = {}): Promise<Coverage> {
    const { transfer, ...own } = options;
    return this.call('coverage', [batch, own], transfer) as Promise<Coverage>;
  }

  /** See `Layer.replace`. */
  async replace(replacement: Replacement, options: ReplaceOptions = {}): Promise<void> {
    const { signal, onProgress, ...own } = options;
    this.requireAlive();
    const { described } = await this.connection.call('replace', [replacement, own], { layer: this.description.layer, signal, onProgress });
    if (described) this.description = described;
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
  protected async call(method: string, args: readonly unknown[], transfer?: boolean): Promise<unknown> {
    this.requireAlive();
    const answer: Answer = await this.connection.call(method, args, { layer: this.description.layer, transfer });
    return answer.value;
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
  transform(batch: Batch, options: WorkerTransformOptions = {}): Promise<Transformed> {
    return this.run('transform', batch, options);
  }

  transformRows(rows: readonly Row[], options: WorkerTransformOptions = {}): Promise<Transformed> {
    return this.run('transformRows', rows, options);
  }

  transformExamples(examples: SerializedExamples, options: WorkerExampleOptions = {}): Promise<Transformed> {
    return this.run('transformExamples', examples, options);
  }

  transformNdjson(lines: Uint8Array, options: WorkerCallOptions = {}): Promise<Transformed> {
    return this.run('transformNdjson', lines, options);
  }

  private async run(method: string, input: unknown, { out, transfer, ...own }: WorkerTransformOptions & ExampleOptions): Promise<Transformed> {
    const room = checkOut(out);
    const output = (await this.call(method, [input, own], transfer)) as Transformed;
    const data = room ? roomIn(room, output.data.length) : output.data;
    if (room) await new Pace().copy(bytesOf(output.data), bytesOf(data));
    return { ...output, data, ...(this.described.columns && { columns: this.described.columns }) };
  }
}

/** An estimator in a worker. */
export class RemoteEstimator<Predictions extends ClassifierPredictions | RegressorPredictions> extends RemoteLayer {
  /** See `Classifier.predict`. */
  predict(batch: Batch, options: WorkerCallOptions = {}): Promise<Predictions> {
    return this.run('predict', batch, options);
  }

  predictRows(rows: readonly Row[], options: WorkerCallOptions = {}): Promise<Predictions> {
    return this.run('predictRows', rows, options);
  }

  predictExamples(examples: SerializedExamples, options: WorkerCallOptions = {}): Promise<Predictions> {
    return this.run('predictExamples', examples, options);
  }

  predictNdjson(lines: Uint8Array, options: WorkerCallOptions = {}): Promise<Predictions> {
    return this.run('predictNdjson', lines, options);
  }

  private async run(method: string, input: unknown, { transfer }: WorkerCallOptions): Promise<Predictions> {
    const outputs = (await this.call(method, [input], transfer)) as Record<string, Output>;
    return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, prediction(output)])) as unknown as Predictions;
  }
}
