/** SequenceFeatures: TensorFlow's `tf.keras.experimental.SequenceFeatures`. */
import type { Batch, BatchLike, Row, RowLike } from '../batch/batch.js';
import type { ColumnSlice, SerializedExamples } from './core_layer.js';
import { ColumnsLayer, type AnswerOptions, type ExampleOptions, type TransformOptions } from './layer.js';
import { asInts, type Output } from './outputs.js';

export interface SequenceOutput {
  /** Row-major float32, `rows × steps × width`; zeros after the end of a row. */
  readonly data: Float32Array;
  /** As many steps as the longest row has. */
  readonly shape: readonly [rows: number, steps: number, width: number];
  /** The steps of each row. */
  readonly sequenceLength: Int32Array;
  /** Where each column stands in a step. */
  readonly columns: readonly ColumnSlice[];
}

/** Sequence columns side by side, sorted by name, a vector a step. Made by `sequenceFeatures`. */
export class SequenceFeatures extends ColumnsLayer {
  readonly kind = 'sequence_features';

  /** Turns a batch into one vector a step. Errors: as `DenseFeatures.transform`. */
  transform<B extends BatchLike<B>>(batch: B, options?: TransformOptions): SequenceOutput {
    return this.core.runBatch(batch as Batch, false, answer, options);
  }

  /** The same for rows: objects of features. */
  transformRows<R extends RowLike<R>>(rows: readonly R[], options?: TransformOptions): SequenceOutput {
    return this.core.runBatch(rows as readonly Row[], true, answer, options);
  }

  /** The same for serialized tf.Examples, whose values are the steps, or tf.SequenceExamples. */
  transformExamples(examples: SerializedExamples, options?: ExampleOptions): SequenceOutput {
    return this.core.runExamples(examples, options?.sequenceExamples ?? false, answer, options);
  }

  /** The same for rows as newline-delimited JSON (UTF-8). */
  transformNdjson(lines: Uint8Array, options?: AnswerOptions): SequenceOutput {
    return this.core.runNdjson(lines, answer, options);
  }
}

function answer(outputs: readonly Output[], columns: readonly ColumnSlice[]): SequenceOutput {
  const { data, shape } = outputs[0] as Output;
  return { data: data as Float32Array, shape: shape as [number, number, number], sequenceLength: asInts(outputs[1] as Output), columns };
}
