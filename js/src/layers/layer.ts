/// <reference lib="esnext.disposable" preserve="true" />
/** What every layer of the public API offers beside its own transform or predict. */
import { makeDisposable } from '../runtime/disposable.js';
import type { ColumnSlice, CoreLayer } from './core_layer.js';

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
