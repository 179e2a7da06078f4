/** The table of layers' arguments. Apart from that of columns', which every page needs. */
import { optional, required, type Argument } from './arguments.js';

/**
 * By what a spec's "layer" says. null as the default of an estimator's argument: the checkpoint tells. A function, since bundlers keep a
 * constant that calls have made, in apps too that do not use it.
 */
export function layerArguments() {
  const COLUMNS = required('columns', 'columns');
  const CHECKPOINT = required('ckpt_to_load_from', 'source');
  const SPARSE_COMBINER = optional('sparse_combiner', 'combiner', 'sum');
  const CLASSES = optional('n_classes', 'size', 2);
  const LABELS = optional('label_dimension', 'size', 1);
  const BATCH_NORM = optional('batch_norm', 'boolean');
  const DNN = [COLUMNS, optional('hidden_units', 'sizes'), optional('activation_fn', 'activation', 'relu'), BATCH_NORM, CHECKPOINT];
  const LINEAR = [COLUMNS, SPARSE_COMBINER, CHECKPOINT];
  const COMBINED = [
    optional('dnn_feature_columns', 'columns'), optional('linear_feature_columns', 'columns'), optional('dnn_hidden_units', 'sizes'),
    optional('dnn_activation_fn', 'activation', 'relu'), optional('linear_sparse_combiner', 'combiner', 'sum'), BATCH_NORM, CHECKPOINT,
  ];
  return {
    dense_features: [COLUMNS],
    sequence_features: [COLUMNS],
    linear_model: [COLUMNS, optional('units', 'size', 1), SPARSE_COMBINER, CHECKPOINT, optional('scope', 'string', 'linear_model')],
    dnn_classifier: [...DNN, CLASSES],
    dnn_regressor: [...DNN, LABELS],
    linear_classifier: [...LINEAR, CLASSES],
    linear_regressor: [...LINEAR, LABELS],
    dnn_linear_combined_classifier: [...COMBINED, CLASSES],
    dnn_linear_combined_regressor: [...COMBINED, LABELS],
  } as const satisfies Readonly<Record<string, readonly Argument[]>>;
}

/** A spec's "layer". */
export type LayerName = keyof ReturnType<typeof layerArguments>;

export const isLayerName = (layer: unknown): layer is LayerName => typeof layer === 'string' && Object.hasOwn(layerArguments(), layer);
