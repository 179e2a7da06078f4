/// <reference lib="esnext.disposable" preserve="true" />
/** What every layer of the public API offers beside its own transform or predict. */
import type { Batch, Row } from '../batch/batch.js';
import { FeatureColumnError } from '../errors.js';
import { makeDisposable } from '../runtime/disposable.js';
import type { ColumnSlice, CoreLayer } from './core_layer.js';
import type { Coverage, Explanation } from './explanation.js';

export abstract class Layer {
  /** @internal */
  protected readonly core: CoreLayer;

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
  explain(row: Row | Uint8Array): Explanation {
    return this.core.explain(row);
  }

  /**
   * Counts what the columns do not know in a batch: missing, out-of-vocabulary and out-of-range values, and the most
   * frequent of them. What `transform` would refuse for being out of range is counted, not refused.
   *
   * @param batch features by key as in `transform`, rows as in `transformRows`, or NDJSON (UTF-8)
   * @throws FeatureColumnError `invalid_batch`, `invalid_row`, `dtype_mismatch`, `disposed`
   */
  coverage(batch: Batch | readonly Row[] | Uint8Array, { top = 10 }: CoverageOptions = {}): Coverage {
    if (!Number.isInteger(top) || top < 0 || top > 0xffffffff) throw new FeatureColumnError('invalid_argument', `top is a whole number, not ${String(top)}`);
    return this.core.coverage(batch, top);
  }

  get disposed(): boolean {
    return this.core.disposed;
  }

  /**
   * Gives back the layer's memory; vocabularies and tables go with the last layer that uses them. Calling it again does
   * nothing; any other use afterwards throws a FeatureColumnError `disposed`.
   */
  dispose(): void {
    this.core.dispose();
  }
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

export interface TransformOptions {
  /**
   * Where to write the output instead of new memory; at least as long as the output. `data` is then this array, or the
   * front part of it that was written.
   */
  readonly out?: Float32Array | undefined;
}

export interface ExampleOptions {
  /** The bytes are tf.SequenceExamples: columns read from context and feature_lists alike. Default false. */
  readonly sequenceExamples?: boolean | undefined;
}
