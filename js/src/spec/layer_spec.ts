/** Layers and estimators as data: `{"layer": "linear_model", "units": 1, "columns": […]}`. */
import { shown } from '../columns/shown.js';
import type { ColumnDefinition } from '../columns/types.js';
import { camelCase, type Argument } from './arguments.js';
import { checkDepth, checkFields, isObject } from './fields.js';
import { columnsOfList, layerOf, SPEC_FIELDS, type FromSpecOptions } from './from_spec.js';
import { layerArguments, type LayerName } from './layer_arguments.js';
import { layerOptions, type LayerOptions } from './layer_options.js';
import { specProblem } from './problem.js';

/** A layer's spec, read. */
export interface ParsedLayerSpec {
  readonly layer: LayerName;
  /** Of all but the combined estimators, which have one or both of the two others. */
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
  const list = layerArguments()[layer] as readonly Argument[];
  checkFields('spec', layer, object, list, SPEC_FIELDS);
  const columns: Record<string, readonly ColumnDefinition[]> = {};
  const options: Record<string, unknown> = {};
  for (const { name, kind, required } of list) {
    const value = object[name] ?? undefined; // null is one that is left out
    if (required && value === undefined) throw specProblem('spec', `${layer} needs the field ${JSON.stringify(name)}`);
    if (kind !== 'columns') options[camelCase(name)] = object[name];
    else if (value !== undefined) columns[camelCase(name)] = columnsOfList(value, name, customObjects);
  }
  return { layer, ...columns, options: layerOptions(layer, options) };
}
