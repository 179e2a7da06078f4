/** Predictions of TensorFlow's canned estimators. */
import type { Batch, BatchLike, Row, RowLike } from '../batch/batch.js';
import { FeatureColumnError } from '../errors.js';
import type { EstimatorName } from '../estimators/types.js';
import type { CoreLayer, SerializedExamples } from './core_layer.js';
import { Layer, type AnswerOptions } from './layer.js';
import { asInts, type Output } from './outputs.js';
import { prediction, type Prediction } from './prediction.js';

export type ClassifierName = Extract<EstimatorName, `${string}_classifier`>;
export type RegressorName = Exclude<EstimatorName, ClassifierName>;

export interface ClassifierPredictions {
  /** `[rows, 1]` of a binary classifier, else `[rows, nClasses]`. */
  readonly logits: Prediction;
  /** Binary classifiers: the probability of class 1, `[rows, 1]`. */
  readonly logistic?: Prediction;
  /** `[rows, nClasses]`. */
  readonly probabilities: Prediction;
  /** The likeliest class, `[rows, 1]`. */
  readonly classIds: Prediction<Int32Array>;
}

export interface RegressorPredictions {
  /** `[rows, labelDimension]`. */
  readonly predictions: Prediction;
}

// The core's order of outputs, docs/architecture.md.
const BINARY = ['logits', 'logistic', 'probabilities', 'classIds'];
const MULTICLASS = ['logits', 'probabilities', 'classIds'];
const REGRESSOR = ['predictions'];

abstract class Estimator<Predictions, Kind extends EstimatorName> extends Layer {
  /** TensorFlow's name of it in snake_case, as in a spec: `dnn_classifier`. */
  readonly kind: Kind;

  /** @internal */
  constructor(core: CoreLayer, kind: Kind) {
    super(core);
    this.kind = kind;
  }

  /**
   * What the estimator's `predict` gives for a batch, under TensorFlow's keys in camelCase. Errors: as
   * `DenseFeatures.transform`.
   */
  predict<B extends BatchLike<B>>(batch: B, options?: AnswerOptions): Predictions {
    return this.core.runBatch(batch as Batch, false, predictionsOf<Predictions>, options);
  }

  /** The same for rows: objects of features. */
  predictRows<R extends RowLike<R>>(rows: readonly R[], options?: AnswerOptions): Predictions {
    return this.core.runBatch(rows as readonly Row[], true, predictionsOf<Predictions>, options);
  }

  /** The same for serialized tf.Examples. */
  predictExamples(examples: SerializedExamples, options?: AnswerOptions): Predictions {
    return this.core.runExamples(examples, false, predictionsOf<Predictions>, options);
  }

  /** The same for rows as newline-delimited JSON (UTF-8). */
  predictNdjson(lines: Uint8Array, options?: AnswerOptions): Predictions {
    return this.core.runNdjson(lines, predictionsOf<Predictions>, options);
  }
}

function predictionsOf<Predictions>(outputs: readonly Output[]): Predictions {
  const names = [BINARY, MULTICLASS, REGRESSOR].find(({ length }) => length === outputs.length);
  if (!names) throw new FeatureColumnError('internal', `an estimator gave ${outputs.length} outputs; please report it`);
  const typed = (name: string, output: Output): Output => (name === 'classIds' ? { ...output, data: asInts(output) } : output);
  return Object.fromEntries(names.map((name, i) => [name, prediction(typed(name, outputs[i] as Output))])) as Predictions;
}

/** `DNNClassifier`, `LinearClassifier`, `DNNLinearCombinedClassifier`. */
export class Classifier extends Estimator<ClassifierPredictions, ClassifierName> {}

/** `DNNRegressor`, `LinearRegressor`, `DNNLinearCombinedRegressor`. */
export class Regressor extends Estimator<RegressorPredictions, RegressorName> {}
