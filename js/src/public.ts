/** What both entries of the package have in common. */
export { FeatureColumnError, type ErrorCode } from './errors.js';
export * from './columns/index.js';
export * from './spec/index.js';
export type { ArrowData, ArrowType, ArrowVector } from './batch/arrow.js';
export type { Batch, BatchLike, FeatureValues, Nested, Row, RowLike, RowValue } from './batch/batch.js';
export type { RaggedValues } from './batch/ragged.js';
export type { SparseValues } from './batch/sparse.js';
export type { Splits } from './batch/splits.js';
export type { FlatValues, NumericArray, Utf8Values, Value } from './batch/values.js';
export type { ColumnSlice, SerializedExamples } from './layers/core_layer.js';
export type { DenseFeatures, DenseOutput } from './layers/dense_features.js';
export type { Classifier, ClassifierPredictions, Regressor, RegressorPredictions } from './layers/estimator.js';
export type {
  BagExplanation, ColumnCoverage, ColumnExplanation, ColumnsExplanation, Coverage, EntryExplanation, Explanation, LinearExplanation, RawValue, SliceExplanation, ValueExplanation,
} from './layers/explanation.js';
export type { AnswerOptions, CoverageOptions, ExampleOptions, TransformOptions } from './layers/layer.js';
export type { Fetching } from './layers/fetching.js';
export type { LinearModel, LinearOutput } from './layers/linear_model.js';
export type {
  AnyFetchingLayer, AnyLayer, Columns, FetchedColumns, FetchedOptions, CombinedClassifierOptions, CombinedRegressorOptions, DnnClassifierOptions, DnnRegressorOptions, LinearClassifierOptions, LinearModelOptions,
  LinearRegressorOptions,
} from './layers/load.js';
export type { NewTable, NewVocabulary, Replacement, ReplaceOptions } from './layers/replacement.js';
export type { Prediction } from './layers/prediction.js';
export type { SequenceFeatures, SequenceOutput } from './layers/sequence_features.js';
export type { Tensor, TensorFile } from './loading/tensor_file.js';
export type { Fetch, FetchedTableSource, LoadOptions, LoadPhase, Progress, Source, TableSource, TensorInfo, TensorPiece, TensorSource } from './loading/types.js';
export { opfsCache, type CacheOption, type KeptAnswers } from './runtime/cache.js';
export type { PrebuildOptions, ResourceStats, Runtime, RuntimeOptions, RuntimeStats } from './runtime/runtime.js';
