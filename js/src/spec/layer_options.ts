/** What layers have beside columns, checked. */
import { int64 } from '../columns/checks.js';
import { invalid } from '../columns/invalid.js';
import { didYouMean } from '../columns/nearest.js';
import { shown } from '../columns/shown.js';
import { checkSource } from '../columns/source.js';
import type { Combiner } from '../columns/types.js';
import type { Source } from '../loading/types.js';
import { camelCase, type Argument } from './arguments.js';
import { layerArguments, type LayerName } from './layer_arguments.js';

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

/**
 * Options of a layer, under their names in JavaScript, checked one by one. undefined and null are as good as not given.
 *
 * @throws FeatureColumnError `invalid_definition`: an option that the layer does not have, or one that is not what it must be.
 */
export function layerOptions(layer: LayerName, given: Readonly<Record<string, unknown>>): LayerOptions {
  const list = (layerArguments()[layer] as readonly Argument[]).filter(({ kind }) => kind !== 'columns');
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
