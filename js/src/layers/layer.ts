/// <reference lib="esnext.disposable" preserve="true" />
/** What every layer of the public API offers beside its own transform or predict. */
import type { Batch, BatchLike, Row, RowLike } from '../batch/batch.js';
import { FeatureColumnError } from '../errors.js';
import { abortable } from '../loading/abort.js';
import { lazy } from '../loading/lazy.js';
import { checkOptions } from '../runtime/call_options.js';
import { makeDisposable } from '../runtime/disposable.js';
import type { ColumnSlice, CoreLayer } from './core_layer.js';
import type { LayerName } from '../spec/layer_arguments.js';
import type { LayerOptions } from '../spec/layer_options.js';
import type { Coverage, Explanation } from './explanation.js';
import type { ColumnLists, Context } from './load.js';
import type { Replacement, ReplaceOptions } from './replacement.js';

/** What a layer was loaded from, and where. @internal */
export interface Origin {
  readonly context: Context;
  readonly name: LayerName;
  readonly lists: ColumnLists;
  readonly options: LayerOptions;
}

export abstract class Layer {
  /** @internal */
  core: CoreLayer;
  /** @internal */
  origin: Origin | undefined;
  /** The last `replace` that was called, which the next one waits for. */
  private replacing: Promise<unknown> = Promise.resolve();
  /** Fires when the layer is disposed. @internal */
  readonly ended = new AbortController();

  /** Disposes the layer at the end of a `using` block, where the engine knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;

  /** @internal */
  constructor(core: CoreLayer) {
    this.core = core;
    makeDisposable(this);
  }

  /**
   * How one row becomes the output: each step from the raw value - bytes, hash, modulus, id or out-of-vocabulary bucket,
   * weight, table row, norm, combination - to the slice of the output, bit for bit as `transform` gives it.
   *
   * @param row features by key as in `transformRows`, or a line of NDJSON (UTF-8)
   * @throws FeatureColumnError as `transform` does for this row
   */
  explain<R extends RowLike<R>>(row: R | Uint8Array, options?: AnswerOptions): Explanation {
    return this.core.explain(row as Row | Uint8Array, options);
  }

  /** Whether rows of tables are fetched for each batch (docs/tables.md). If so, its answers are promises: it is a {@link Fetching}. */
  get fetches(): boolean {
    return this.core.fetches;
  }

  /**
   * Counts what the columns do not know in a batch: missing, out-of-vocabulary and out-of-range values, and the most
   * frequent of them. What `transform` would refuse for being out of range is counted, not refused.
   *
   * @param batch features by key as in `transform`, rows as in `transformRows`, or NDJSON (UTF-8)
   * @throws FeatureColumnError `invalid_batch`, `invalid_row`, `dtype_mismatch`, `disposed`
   */
  coverage<B extends BatchLike<B>, R extends RowLike<R>>(batch: B | readonly R[] | Uint8Array, options?: CoverageOptions): Coverage {
    const { top = 10 } = checkOptions(options);
    if (!Number.isInteger(top) || top < 0 || top > 0xffffffff) throw new FeatureColumnError('invalid_argument', `top is a whole number, not ${String(top)}`);
    return this.core.coverage(batch as Batch | readonly Row[] | Uint8Array, top);
  }

  /**
   * Puts other vocabularies and tables in the place of those that the layer has. They are loaded beside the old ones, with
   * every check of a first load, and take their places all at once; until then, and for good if anything fails, the layer
   * answers from the old ones. What is not named is not fetched again, but for the index of a checkpoint. Both are in
   * memory for a moment. Replacements of one layer run one after the other. A vocabulary of another length changes the
   * width of an indicator; read `width` and `columns` again.
   *
   * @example await layer.replace({ vocabularies: { 'videos.txt': 'videos-v2.txt' }, tables: { video_embedding: { url: 'videos-v2.npy' } } });
   * @throws FeatureColumnError `invalid_argument` for a name that no column has, or a source that is in place already;
   *   `aborted`; `disposed`, also if the layer is disposed meanwhile; and those of loading, as of `denseFeatures`
   */
  async replace(replacement: Replacement, options: ReplaceOptions = {}): Promise<void> {
    checkOptions(options);
    this.requireAlive();
    const turn = this.replacing.then(async () => (await lazy(import('./reload.js'))).swap(this, replacement, options));
    this.replacing = turn.catch(() => {});
    await abortable(turn, 'replace', options.signal);
  }

  get disposed(): boolean {
    return this.core.disposed;
  }

  /**
   * Gives back the layer's memory; vocabularies and tables go with the last layer that uses them. Calling it again does
   * nothing; any other use afterwards throws a FeatureColumnError `disposed`.
   */
  dispose(): void {
    this.ended.abort();
    this.core.dispose();
  }

  /** @throws FeatureColumnError `disposed` @internal */
  requireAlive(): void {
    if (this.disposed) throw new FeatureColumnError('disposed', 'the layer or its runtime was disposed; load the layer again to use it');
  }
}

/** Options of a call that may have to fetch rows. */
export interface AnswerOptions {
  /**
   * Of layers that fetch rows: ends the wait with a FeatureColumnError `aborted`. Others answer at once, and do not look at it.
   */
  readonly signal?: AbortSignal | undefined;
}

export interface CoverageOptions {
  /** How many unknown values are listed for each column. Default 10. */
  readonly top?: number | undefined;
}

/** A layer whose output has a slice for each column. */
export abstract class ColumnsLayer extends Layer {
  /** The columns in the order of the output - sorted by name, as in TensorFlow - with where each one stands. */
  get columns(): readonly ColumnSlice[] {
    return this.core.columns;
  }

  /** Floats in the last dimension of the output. */
  get width(): number {
    return this.core.width;
  }
}

export interface TransformOptions extends AnswerOptions {
  /**
   * Where to write the output instead of new memory; at least as long as the output. `data` is then this array, or the
   * front part of it that was written.
   */
  readonly out?: Float32Array | undefined;
}

export interface ExampleOptions extends AnswerOptions {
  /** The bytes are tf.SequenceExamples: columns read from context and feature_lists alike. Default false. */
  readonly sequenceExamples?: boolean | undefined;
}
