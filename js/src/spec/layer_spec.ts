/** Layers and estimators as data: `{"layer": "linear_model", "units": 1, "columns": […]}`. */
import { invalid, int64 } from '../columns/checks.js';
import { didYouMean } from '../columns/nearest.js';
import { shown } from '../columns/shown.js';
import { checkSource } from '../columns/source.js';
import type { ColumnDefinition, Combiner } from '../columns/types.js';
import type { Source } from '../loading/types.js';
import { camelCase, LAYER_ARGUMENTS, type Argument, type LayerName } from './arguments.js';
import { columnsOfList, layerOf, SPEC_FIELDS, type FromSpecOptions } from './from_spec.js';
import { checkDepth, checkFields, isObject, specProblem } from './problem.js';

/** What layers have beside columns, by TensorFlow's names. Only what was given is there. */
export interface LayerOptions {
  readonly units?: number;
  readonly sparseCombiner?: Combiner;
  readonly ckptToLoadFrom?: Source;
  readonly scope?: string;
  readonly hiddenUnits?: readonly number[];
  readonly activationFn?: string;
  readonly batchNorm?: boolean;
  readonly nClasses?: number;
  readonly labelDimension?: number;
  readonly dnnHiddenUnits?: readonly number[];
  readonly dnnActivationFn?: string;
  readonly linearSparseCombiner?: Combiner;
}

/** A layer's spec, read. */
export interface ParsedLayerSpec {
  readonly layer: LayerName;
  /** Of all but the combined estimators, which have the two others. */
  readonly columns?: readonly ColumnDefinition[];
  readonly dnnFeatureColumns?: readonly ColumnDefinition[];
  readonly linearFeatureColumns?: readonly ColumnDefinition[];
  readonly options: LayerOptions;
}

/**
 * Reads the spec of a layer or an estimator, or what Keras writes of a layer. Without "layer": dense features.
 *
 * @throws FeatureColumnError `invalid_spec`: an unknown layer, field or version, or a field that is missing;
 *   `invalid_definition` for what is wrong with a column or an option.
 */
export function parseLayerSpec(spec: unknown, { customObjects = {} }: FromSpecOptions = {}): ParsedLayerSpec {
  if (!isObject(spec)) throw specProblem('spec', `must be an object with "layer" and "columns". Given: ${shown(spec)}`);
  checkDepth(spec);
  const { layer, object } = layerOf(spec);
  const list = LAYER_ARGUMENTS[layer] as readonly Argument[];
  checkFields('spec', layer, object, list, SPEC_FIELDS);
  const columns: Record<string, readonly ColumnDefinition[]> = {};
  const options: Record<string, unknown> = {};
  for (const { name, kind, required } of list) {
    const value = object[name];
    if (required && (value === undefined || value === null)) throw specProblem('spec', `${layer} needs the field ${JSON.stringify(name)}`);
    if (kind === 'columns') columns[camelCase(name)] = columnsOfList(value, name, customObjects);
    else options[camelCase(name)] = value;
  }
  return { layer, ...columns, options: layerOptions(layer, options) };
}

/**
 * Options of a layer, under their names in JavaScript, checked one by one. undefined and null are as good as not given.
 *
 * @throws FeatureColumnError `invalid_definition`: an option that the layer does not have, or one that is not what it must be.
 */
export function layerOptions(layer: LayerName, given: Readonly<Record<string, unknown>>): LayerOptions {
  const list = (LAYER_ARGUMENTS[layer] as readonly Argument[]).filter(({ kind }) => kind !== 'columns');
  const names = list.map(({ name }) => camelCase(name));
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const argument = list[names.indexOf(name)];
    if (!argument) throw invalid(undefined, `${layer} has no option ${JSON.stringify(name)}.${didYouMean(name, names)}${names.length > 0 ? ` Its options are ${names.join(', ')}` : ''}`, name);
    if (value !== undefined && value !== null) options[name] = checkOption(layer, argument, value);
  }
  return options;
}

function checkOption(layer: LayerName, { name, kind }: Argument, value: unknown): unknown {
  const wrong = (what: string) => invalid(undefined, `${layer}: ${name} must be ${what}. Given: ${shown(value)}`, value);
  const size = (part: unknown, least: number): number => {
    const count = int64(part);
    if (typeof count !== 'number' || count < least) throw wrong(kind === 'sizes' ? 'a list of integers above 0' : `an integer of ${least} or more`);
    return count;
  };
  switch (kind) {
    case 'size':
      return size(value, name === 'n_classes' ? 2 : 1);
    case 'sizes':
      if (!Array.isArray(value)) throw wrong('a list of integers above 0');
      return value.map((part) => size(part, 1));
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong('a boolean');
      return value;
    case 'combiner':
      if (value !== 'mean' && value !== 'sqrtn' && value !== 'sum') throw wrong("one of 'mean', 'sqrtn' or 'sum'");
      return value;
    case 'source':
      return checkSource(undefined, `${layer}: ${name}`, value);
    default:
      if (typeof value !== 'string') throw wrong('a string');
      return value;
  }
}
