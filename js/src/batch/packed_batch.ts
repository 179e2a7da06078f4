/** Batches and rows into the packed batch of docs/architecture.md. */
import { FeatureColumnError } from '../errors.js';
import type { Arena } from '../runtime/arena.js';
import { isArrow, packArrow } from './arrow.js';
import type { Batch, Row } from './batch.js';
import type { DType } from './dtype.js';
import { checkBatch, checkRow, checkRows, featureOf, unreadable, type FeatureKey } from './form.js';
import { forget, isList, NestedPacker } from './nested.js';
import { isRagged, packRagged } from './ragged.js';
import { DESCRIPTOR_WORDS, Slot } from './slot.js';
import { isSparse, packSparse } from './sparse.js';
import { packValues, type Normalizer, type NumericArray } from './values.js';

/** One of a layer's inputs, in the order of `layerDescribe().inputs`. */
export interface LayerInput extends FeatureKey {
  /** The dtype that the column parses. */
  readonly expected: DType;
  readonly normalizer?: Normalizer | undefined;
}

const HEADER_WORDS = 2;

// Behind the last string, so that the core can compare it 16 bytes at a time as it does the others.
const READABLE_BYTES = 16;

// Room that is kept between batches of rows; more gives its memory back.
const KEPT_CELLS = 64 * 1024;

/** Packs one batch after the other into one arena. */
export class BatchPacker {
  private readonly slot = new Slot();
  private readonly nested = new NestedPacker();
  private readonly cells: unknown[] = [];
  private busy = false;

  constructor(private readonly arena: Arena) {}

  /** Packs features by key, or rows. Errors: `invalid_batch` or `invalid_row`, `dtype_mismatch`, `out_of_range`, `out_of_memory`. */
  pack(inputs: readonly LayerInput[], given: Batch | readonly Row[], isRows: boolean): void {
    const { arena, cells, slot } = this;
    let count = 0;
    if (isRows) count = checkRows(given);
    else checkBatch(given);
    // A normalizerFn or a getter of the batch could come back here while the block is half written.
    if (this.busy) throw new FeatureColumnError('invalid_argument', 'a layer was called from within a batch that is being read');
    arena.begin();
    arena.reserve((HEADER_WORDS + inputs.length * DESCRIPTOR_WORDS) * 4);
    this.busy = true;
    try {
      const rows = isRows ? this.packRows(inputs, given as readonly Row[]) : this.packBatch(inputs, given as Batch);
      arena.reserve(READABLE_BYTES);
      arena.u32[0] = rows;
      arena.u32[1] = inputs.length;
    } catch (error) {
      throw unreadable(error, `feature "${slot.key}"`, slot.key);
    } finally {
      this.busy = false;
      if (cells.length > KEPT_CELLS) cells.length = 0;
      else forget(cells, count);
    }
  }

  /** Answers the number of rows. */
  private packBatch(inputs: readonly LayerInput[], batch: Batch): number {
    const { arena, slot } = this;
    let rows = -1;
    let rowsOf = '';
    for (let i = 0; i < inputs.length; ++i) {
      const input = inputs[i] as LayerInput;
      const { key, expected, normalizer } = input;
      slot.begin(key, expected);
      const feature = featureOf(batch, input);
      if (feature !== undefined && feature !== null) {
        this.packFeature(feature, normalizer);
        if (rows >= 0 && slot.rows !== rows) {
          throw slot.problem('invalid_batch', `it has ${slot.rows} rows, but feature "${rowsOf}" has ${rows}; all features of a batch have the same number of rows`);
        }
        rows = slot.rows;
        rowsOf = key;
      }
      slot.write(arena, HEADER_WORDS + i * DESCRIPTOR_WORDS);
    }
    return Math.max(0, rows);
  }

  /** Answers the number of rows. */
  private packRows(inputs: readonly LayerInput[], rows: readonly Row[]): number {
    const { arena, cells, slot } = this;
    const count = rows.length;
    for (let row = 0; row < count; ++row) checkRow(rows[row], row); // holes too
    for (let i = 0; i < inputs.length; ++i) {
      const input = inputs[i] as LayerInput;
      const { key, expected, normalizer } = input;
      slot.begin(key, expected);
      let present = count === 0;
      for (let row = 0; row < count; ++row) {
        const value = featureOf(rows[row] as Row, input);
        cells[row] = value;
        present ||= value !== undefined;
      }
      if (present) this.nested.pack(arena, slot, cells, count, true, normalizer);
      slot.write(arena, HEADER_WORDS + i * DESCRIPTOR_WORDS);
    }
    return count;
  }

  private packFeature(feature: unknown, normalizer: Normalizer | undefined): void {
    const { arena, slot } = this;
    const object = Object(feature) as object;
    if (Array.isArray(feature)) {
      this.nested.pack(arena, slot, feature, feature.length, false, normalizer);
    } else if (isList(feature)) {
      slot.rows = feature.length;
      packValues(arena, slot, feature as NumericArray, normalizer);
    } else if (isRagged(object)) {
      packRagged(arena, slot, object, normalizer);
    } else if (isSparse(object)) {
      packSparse(arena, slot, object, normalizer);
    } else if (isArrow(object)) {
      packArrow(arena, slot, object, normalizer);
    } else {
      throw slot.problem('invalid_batch', 'a feature is an array with a row each, a typed array, {values, rowSplits}, {indices, values, denseShape} or an Arrow vector', undefined, feature);
    }
  }
}
