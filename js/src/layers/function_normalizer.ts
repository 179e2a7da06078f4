/** Values as a `normalizerFn` of JavaScript makes them, into the block. */
import { DType, dtypeOfName, isFloating } from '../batch/dtype.js';
import type { Slot } from '../batch/slot.js';
import type { Normalizer, Value } from '../batch/values.js';
import type { NormalizerFn } from '../columns/types.js';
import type { Arena } from '../runtime/arena.js';

export class FunctionNormalizer implements Normalizer {
  /** The column's: a JavaScript number is rounded to it before the function sees it, as TensorFlow's tensor is. */
  private readonly dtype: DType;

  constructor(
    private readonly apply: NormalizerFn,
    dtype: string,
    readonly autocast: boolean,
  ) {
    this.dtype = dtypeOfName(dtype);
  }

  pack(arena: Arena, slot: Slot, values: ArrayLike<Value>, count: number, dtype: DType): void {
    const { apply } = this;
    const floating = dtype === DType.Number ? isFloating(this.dtype) : isFloating(dtype);
    const double = dtype === DType.Float64 || (dtype === DType.Number && this.dtype === DType.Float64);
    const round = floating && (this.autocast || !double);
    slot.dtype = DType.Float32;
    slot.count = count;
    slot.values = arena.reserve(count * 4);
    const at = slot.values / 4;
    for (let i = 0; i < count; ++i) {
      const value = values[i] as number | bigint | null | undefined;
      if (value === null || value === undefined) {
        arena.f32[at + i] = 0;
        continue;
      }
      let result: unknown;
      try {
        result = apply(round && typeof value === 'number' ? Math.fround(value) : value);
      } catch (cause) {
        const error = slot.problem('invalid_argument', `normalizerFn failed: ${cause instanceof Error ? cause.message : String(cause)}`, slot.rowOf(arena, i), value);
        error.cause = cause;
        throw error;
      }
      if (typeof result !== 'number') throw slot.problem('invalid_argument', 'normalizerFn must give a number', slot.rowOf(arena, i), result);
      arena.f32[at + i] = result;
    }
  }
}
