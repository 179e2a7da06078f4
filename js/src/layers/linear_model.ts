/** LinearModel: TensorFlow's `tf.compat.v1.feature_column.linear_model`. */
import type { Batch, BatchLike, Row, RowLike } from '../batch/batch.js';
import type { SerializedExamples } from './core_layer.js';
import { Layer, type AnswerOptions, type TransformOptions } from './layer.js';
import type { Output } from './outputs.js';

export interface LinearOutput {
  /** Row-major float32, `rows × units`. */
  readonly data: Float32Array;
  readonly shape: readonly [rows: number, units: number];
}

/** The weighted sum of columns and a bias. Made by `linearModel`. */
export class LinearModel extends Layer {
  readonly kind = 'linear_model';

  /** Floats a row. */
  get units(): number {
    return this.core.width;
  }

  /** Scores a batch. Errors: as `DenseFeatures.transform`. */
  transform<B extends BatchLike<B>>(batch: B, options?: TransformOptions): LinearOutput {
    return this.core.runBatch(batch as Batch, false, answer, options);
  }

  /** The same for rows: objects of features. */
  transformRows<R extends RowLike<R>>(rows: readonly R[], options?: TransformOptions): LinearOutput {
    return this.core.runBatch(rows as readonly Row[], true, answer, options);
  }

  /** The same for serialized tf.Examples. */
  transformExamples(examples: SerializedExamples, options?: AnswerOptions): LinearOutput {
    return this.core.runExamples(examples, false, answer, options);
  }

  /** The same for rows as newline-delimited JSON (UTF-8). */
  transformNdjson(lines: Uint8Array, options?: AnswerOptions): LinearOutput {
    return this.core.runNdjson(lines, answer, options);
  }
}

function answer(outputs: readonly Output[]): LinearOutput {
  const { data, shape } = outputs[0] as Output;
  return { data: data as Float32Array, shape: shape as [number, number] };
}
