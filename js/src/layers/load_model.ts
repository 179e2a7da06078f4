/** Linear models and estimators: those who use none download none of this. */
import { FeatureColumnError } from '../errors.js';
import { loadEstimator, loadLinearModel } from '../estimators/load.js';
import type { EstimatorName, EstimatorRequest, PartColumns } from '../estimators/types.js';
import type { Source } from '../loading/types.js';
import type { LayerName } from '../spec/layer_arguments.js';
import type { LayerOptions } from '../spec/layer_options.js';
import { makeCoreLayer } from './core_layer.js';
import { Classifier, Regressor, type ClassifierName } from './estimator.js';
import { LinearModel } from './linear_model.js';
import { loaders, type ColumnLists, type Columns, type Context } from './load.js';

export { layerOptions } from '../spec/layer_options.js';

export async function loadModel(context: Context, name: Exclude<LayerName, 'dense_features' | 'sequence_features'>, lists: ColumnLists, options: LayerOptions): Promise<LinearModel | Classifier | Regressor> {
  if (name !== 'linear_model') return loadEstimatorLayer(context, name, lists, options);
  const { parts, normalizers } = loaders(context, [[lists.columns, name]]);
  const request = { ...required(options), ...(parts[0] as PartColumns) };
  return new LinearModel(await makeCoreLayer(context, await loadLinearModel(context.resources, request, context.options), normalizers));
}

async function loadEstimatorLayer(context: Context, name: EstimatorName, lists: ColumnLists, options: LayerOptions): Promise<Classifier | Regressor> {
  const isCombined = name.startsWith('dnn_linear_combined');
  const deep = isCombined ? lists.dnnFeatureColumns : name.startsWith('dnn') ? lists.columns : undefined;
  const wide = isCombined ? lists.linearFeatureColumns : name.startsWith('linear') ? lists.columns : undefined;
  if (isCombined && isNone(deep) && isNone(wide)) throw new FeatureColumnError('invalid_definition', 'Either linear_feature_columns or dnn_feature_columns must be defined.');
  const [hasDeep, hasWide] = isCombined ? [!isNone(deep), !isNone(wide)] : [name.startsWith('dnn'), name.startsWith('linear')];
  const { parts, normalizers } = loaders(context, [...(hasDeep ? [[deep, 'dense_features'] as const] : []), ...(hasWide ? [[wide, 'linear_model'] as const] : [])]);
  const { hiddenUnits, dnnHiddenUnits, activationFn, dnnActivationFn, sparseCombiner, linearSparseCombiner, batchNorm } = options;
  const request: EstimatorRequest = {
    ...required(options),
    estimator: name,
    dnn: hasDeep ? { ...(parts[0] as PartColumns), hiddenUnits: dnnHiddenUnits ?? hiddenUnits, activationFn: dnnActivationFn ?? activationFn, batchNorm } : undefined,
    linear: hasWide ? { ...(parts[parts.length - 1] as PartColumns), sparseCombiner: linearSparseCombiner ?? sparseCombiner } : undefined,
  };
  const core = await makeCoreLayer(context, await loadEstimator(context.resources, request, context.options), normalizers);
  return isClassifier(name) ? new Classifier(core, name) : new Regressor(core, name);
}

/** A combined estimator's list that is left out. TensorFlow takes an empty one for it too. */
const isNone = (columns: Columns | null | undefined): boolean => columns === undefined || columns === null || (Array.isArray(columns) && columns.length === 0);

const isClassifier = (name: EstimatorName): name is ClassifierName => name.endsWith('_classifier');

/** `layerOptions` has checked what there is; this is what must be there. */
function required(options: LayerOptions): LayerOptions & { readonly ckptToLoadFrom: Source } {
  if (options.ckptToLoadFrom === undefined) throw new FeatureColumnError('invalid_definition', 'ckptToLoadFrom is missing: the weights are read from a checkpoint');
  return { ...options, ckptToLoadFrom: options.ckptToLoadFrom };
}
