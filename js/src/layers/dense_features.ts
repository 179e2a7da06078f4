/** DenseFeatures: TensorFlow's `tf.keras.layers.DenseFeatures`. */
import type { Batch, BatchLike, Row, RowLike } from '../batch/batch.js';
import type { ColumnSlice, SerializedExamples } from './core_layer.js';
import { ColumnsLayer, type AnswerOptions, type TransformOptions } from './layer.js';
import type { Output } from './outputs.js';

export interface DenseOutput {
  /** Row-major float32, `rows × width`. */
  readonly data: Float32Array;
  readonly shape: readonly [rows: number, width: number];
  /** Where each column stands in a row. */
  readonly columns: readonly ColumnSlice[];
}

/** Dense columns (numeric, bucketized, indicator, embedding) side by side, sorted by name. Made by `denseFeatures`. */
export class DenseFeatures extends ColumnsLayer {
  readonly kind = 'dense_features';

  /**
   * Turns a batch into one vector a row.
   *
   * @throws FeatureColumnError `missing_feature`, `dtype_mismatch`, `shape_mismatch`, `out_of_range`, `invalid_batch`,
   *   `out_of_memory`, `disposed`; with the column, the row and the value where they are known.
   */
  transform<B extends BatchLike<B>>(batch: B, options?: TransformOptions): DenseOutput {
    return this.core.runBatch(batch as Batch, false, answer, options);
  }

  /** The same for rows: objects of features. Errors: `invalid_row` and those of {@link transform}. */
  transformRows<R extends RowLike<R>>(rows: readonly R[], options?: TransformOptions): DenseOutput {
    return this.core.runBatch(rows as readonly Row[], true, answer, options);
  }

  /** The same for serialized tf.Examples, by the columns' parse spec. Errors: `invalid_example` and those of {@link transform}. */
  transformExamples(examples: SerializedExamples, options?: AnswerOptions): DenseOutput {
    return this.core.runExamples(examples, false, answer, options);
  }

  /** The same for rows as newline-delimited JSON (UTF-8); integers of any length keep their digits. Errors: `invalid_row` and those of {@link transform}. */
  transformNdjson(lines: Uint8Array, options?: AnswerOptions): DenseOutput {
    return this.core.runNdjson(lines, answer, options);
  }
}

function answer(outputs: readonly Output[], columns: readonly ColumnSlice[]): DenseOutput {
  const { data, shape } = outputs[0] as Output;
  return { data: data as Float32Array, shape: shape as [number, number], columns };
}
