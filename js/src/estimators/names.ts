/** Which tensors of a checkpoint make up an Estimator beside those of its columns: the names that tf.estimator and tf.compat.v1.estimator give (spec 14 G, 15). */
import { FeatureColumnError } from '../errors.js';
import type { Variables } from './variables.js';

const BATCH_NORM = ['beta', 'gamma', 'moving_mean', 'moving_variance'] as const;

export interface DenseNames {
  readonly kernel: string;
  readonly bias: string;
  readonly batch_norm?: Readonly<Record<(typeof BATCH_NORM)[number], string>>;
}

export interface DnnShape {
  readonly hiddenUnits?: readonly number[] | undefined;
  readonly batchNorm?: boolean | undefined;
  readonly logits: number;
}

const mismatch = (message: string): FeatureColumnError => new FeatureColumnError('shape_mismatch', message);

/** A layer's kernel and bias, checked against each other and against the layer before. */
function denseLayer(variables: Variables, scope: string, inputs: number | undefined): { readonly names: DenseNames; readonly units: number } {
  const names = { kernel: `${scope}/kernel`, bias: `${scope}/bias` };
  const kernel = variables.shape(names.kernel);
  const bias = variables.shape(names.bias);
  const [rows, units] = kernel;
  if (kernel.length !== 2 || rows === undefined || units === undefined || bias.length !== 1 || bias[0] !== units || (inputs !== undefined && rows !== inputs)) {
    throw mismatch(`${variables.url}: ${names.kernel} [${kernel.join(', ')}] and ${names.bias} [${bias.join(', ')}] do not fit${inputs === undefined ? '' : ` the ${inputs} units before them`}`);
  }
  return { names, units };
}

/**
 * The layers of `dnn/…`, the logits last.
 *
 * @throws FeatureColumnError `tensor_not_found`, `shape_mismatch` where the checkpoint is of another network
 */
export function dnnNames(variables: Variables, { hiddenUnits, batchNorm, logits }: DnnShape): readonly DenseNames[] {
  const layers: DenseNames[] = [];
  const found: number[] = [];
  let inputs: number | undefined;
  while (variables.has(`dnn/hiddenlayer_${layers.length}/kernel`)) {
    const i = layers.length;
    const { names, units } = denseLayer(variables, `dnn/hiddenlayer_${i}`, inputs);
    const normalized = batchNormNames(variables, `dnn/hiddenlayer_${i}/batchnorm_${i}`, units, batchNorm);
    layers.push(normalized ? { ...names, batch_norm: normalized } : names);
    found.push(units);
    inputs = units;
  }
  const rest = variables.names().find((name) => /^dnn\/hiddenlayer_\d+\/kernel$/.test(name) && Number(name.split(/[_/]/)[2]) > layers.length);
  if (rest !== undefined) throw variables.notFound([`dnn/hiddenlayer_${layers.length}/kernel`], undefined);
  const same = layers.filter((layer) => layer.batch_norm !== undefined).length;
  if (same !== 0 && same !== layers.length) throw mismatch(`${variables.url}: only ${same} of ${layers.length} hidden layers have batch normalisation`);
  if (hiddenUnits !== undefined && (hiddenUnits.length !== found.length || hiddenUnits.some((units, i) => units !== found[i]))) {
    throw mismatch(`hiddenUnits [${hiddenUnits.join(', ')}]: ${variables.url} has hidden layers of [${found.join(', ')}]. Leave hiddenUnits out, and the checkpoint tells`);
  }
  const last = denseLayer(variables, 'dnn/logits', inputs);
  if (last.units !== logits) throw logitsError(variables, 'dnn/logits/kernel', last.units, logits);
  return [...layers, last.names];
}

function batchNormNames(variables: Variables, scope: string, units: number, wanted: boolean | undefined): DenseNames['batch_norm'] {
  const names = Object.fromEntries(BATCH_NORM.map((part) => [part, `${scope}/${part}`])) as NonNullable<DenseNames['batch_norm']>;
  const there = BATCH_NORM.filter((part) => variables.has(names[part]));
  if (there.length === 0 && wanted !== true) return undefined;
  if (wanted === false) throw mismatch(`batchNorm: false, but ${variables.url} has ${names.gamma}`);
  for (const part of BATCH_NORM) {
    const shape = variables.shape(names[part]);
    if (shape.length !== 1 || shape[0] !== units) throw mismatch(`${variables.url}: ${names[part]} has shape [${shape.join(', ')}], not [${units}]`);
  }
  return names;
}

/** What an Estimator of other classes leaves behind. */
export function logitsError(variables: Variables, tensor: string, found: number, wanted: number): FeatureColumnError {
  return mismatch(
    `${variables.url}: ${tensor} gives ${found} logits, but ${wanted} ${wanted === 1 ? 'is' : 'are'} needed. A classifier of two classes has 1 and of nClasses > 2 has nClasses; a regressor has labelDimension`,
  );
}

/** A linear model's bias, which has as many numbers as the model has outputs (spec 5.2, 5.3). */
export function biasName(variables: Variables, scope: string, units: number): string {
  const name = `${scope}/bias_weights`;
  const shape = variables.shape(name);
  if (shape.length !== 1 || shape[0] !== units) throw logitsError(variables, name, shape[0] ?? 1, units);
  return name;
}

/** Checks a column's weights in a linear model. */
export function checkWeights(variables: Variables, column: string, name: string, units: number): void {
  const shape = variables.shape(name);
  if (shape.length !== 2 || shape[1] !== units) throw mismatch(`column "${column}": ${name} of ${variables.url} has shape [${shape.join(', ')}], not [buckets or width, ${units}]`);
}
