/** The normalizers of a layer that are functions of JavaScript, each with an input of its own in the core. */
import type { ColumnDefinition, NormalizerFn } from '../columns/types.js';
import type { NormalizedInput } from './core_layer.js';
import { FunctionNormalizer } from './function_normalizer.js';
import type { NumericLike } from './parts.js';

export class Normalizers {
  /** By input. */
  readonly inputs = new Map<string, NormalizedInput>();
  private readonly named = new Map<NumericLike, string>();
  /** What the layer reads; an input is never called as one of them. */
  private readonly features: ReadonlySet<string>;

  /** @param columns all of the layer's */
  constructor(columns: readonly ColumnDefinition[]) {
    this.features = new Set(columns.flatMap(featuresOf));
  }

  /** The input under which the values stand that the column's function has made. */
  inputOf(column: NumericLike, autocast: boolean): string {
    const known = this.named.get(column);
    if (known !== undefined && this.inputs.get(known)?.normalizer.autocast === autocast) return known;
    const { key, dtype, normalizerFn } = column;
    let number = this.inputs.size;
    let input: string;
    do input = `${key} normalized ${number++}`;
    while (this.features.has(input) || this.inputs.has(input));
    this.inputs.set(input, { key, normalizer: new FunctionNormalizer(normalizerFn as NormalizerFn, dtype, autocast) });
    this.named.set(column, input);
    return input;
  }
}

function featuresOf(column: ColumnDefinition): readonly string[] {
  if ('sourceColumn' in column) return featuresOf(column.sourceColumn);
  if ('keys' in column) return column.keys.flatMap((key) => (typeof key === 'string' ? [key] : featuresOf(key)));
  if ('weightFeatureKey' in column) return [column.weightFeatureKey, ...featuresOf(column.categoricalColumn)];
  return 'categoricalColumn' in column ? featuresOf(column.categoricalColumn) : [column.key];
}
