/** The normalizers of a layer that are functions of JavaScript, each with an input of its own in the core. */
import { dtypeOfName } from '../batch/dtype.js';
import type { NormalizerFn } from '../columns/types.js';
import type { NormalizedInput } from './core_layer.js';
import type { NumericLike } from './parts.js';

export class Normalizers {
  /** By input. */
  readonly inputs = new Map<string, NormalizedInput>();
  private readonly named = new Map<NumericLike, string>();

  /** @param features The features that the layer reads; an input is never called as one of them. */
  constructor(private readonly features: ReadonlySet<string>) {}

  /** The input under which the values stand that the column's function has made. */
  inputOf(column: NumericLike, autocast: boolean): string {
    const known = this.named.get(column);
    if (known !== undefined && this.inputs.get(known)?.normalizer.autocast === autocast) return known;
    const { key, dtype, normalizerFn } = column;
    let number = this.inputs.size;
    let input: string;
    do input = `${key} normalized ${number++}`;
    while (this.features.has(input) || this.inputs.has(input));
    this.inputs.set(input, { key, normalizer: { apply: normalizerFn as NormalizerFn, dtype: dtypeOfName(dtype), autocast } });
    this.named.set(column, input);
    return input;
  }
}
