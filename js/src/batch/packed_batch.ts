/** Batches and rows into the packed batch of docs/architecture.md. */
import { FeatureColumnError } from '../errors.js';
import type { Arena } from '../runtime/arena.js';
import { isArrow, packArrow } from './arrow.js';
import type { Batch, Row } from './batch.js';
import type { DType } from './dtype.js';
import { isList, NestedPacker } from './nested.js';
import { isRagged, packRagged } from './ragged.js';
import { DESCRIPTOR_WORDS, describe, Slot } from './slot.js';
import { isSparse, packSparse } from './sparse.js';
import { packValues, type Normalizer, type NumericArray } from './values.js';

/** One of a layer's inputs, in the order of `layerDescribe().inputs`. */
export interface LayerInput {
  /** The feature's key in the batch. */
  readonly key: string;
  /** The dtype that the column parses. */
  readonly expected: DType;
  readonly normalizer?: Normalizer | undefined;
}

const HEADER_WORDS = 2;

// Room that is kept between batches of rows; more gives its memory back.
const KEPT_CELLS = 64 * 1024;

/** Packs one batch after the other into one arena. */
export class BatchPacker {
  private readonly slot = new Slot();
  private readonly nested = new NestedPacker();
  private readonly cells: unknown[] = [];
  private busy = false;

  constructor(private readonly arena: Arena) {}

  /** Packs features by key; answers the number of rows. Errors: `invalid_batch`, `dtype_mismatch`, `out_of_range`, `out_of_memory`. */
  packBatch(inputs: readonly LayerInput[], batch: Batch): number {
    if (typeof batch !== 'object' || batch === null || isList(batch)) {
      throw new FeatureColumnError('invalid_batch', `a batch is an object of features by key, not ${describe(batch)}; rows go to transformRows`);
    }
    let rows = -1;
    let rowsOf = '';
    return this.pack(inputs, (input) => {
      const feature = ownOf(batch, input.key);
      if (feature === undefined || feature === null) return Math.max(0, rows);
      this.slot.begin(input.key, input.expected);
      this.packFeature(feature, input.normalizer);
      if (rows >= 0 && this.slot.rows !== rows) {
        throw this.slot.problem('invalid_batch', `it has ${this.slot.rows} rows, but feature "${rowsOf}" has ${rows}; all features of a batch have the same number of rows`);
      }
      rows = this.slot.rows;
      rowsOf = input.key;
      return rows;
    });
  }

  /** Packs rows; answers their number. Errors: `invalid_row`, and those of {@link packBatch}. */
  packRows(inputs: readonly LayerInput[], rows: readonly Row[]): number {
    if (!Array.isArray(rows)) throw new FeatureColumnError('invalid_row', `rows are an array of objects, not ${describe(rows)}`);
    rows.forEach((row: unknown, index) => {
      if (typeof row === 'object' && row !== null && !isList(row)) return;
      throw new FeatureColumnError('invalid_row', `row ${index}: a row is an object of features by key, not ${describe(row)}`, { row: index, value: describe(row) });
    });
    const { cells } = this;
    const count = rows.length;
    try {
      return this.pack(inputs, ({ key, expected, normalizer }) => {
        let present = count === 0;
        for (let row = 0; row < count; ++row) {
          const value = ownOf(rows[row] as Row, key);
          cells[row] = value;
          present ||= value !== undefined;
        }
        if (!present) return count;
        this.slot.begin(key, expected);
        this.nested.pack(this.arena, this.slot, cells, count, true, normalizer);
        return count;
      });
    } finally {
      if (cells.length > KEPT_CELLS) cells.length = 0;
      else cells.fill(undefined, 0, count);
    }
  }

  /** Writes the header; `packInput` fills the slot of one input, if it is there, and answers the number of rows so far. */
  private pack(inputs: readonly LayerInput[], packInput: (input: LayerInput) => number): number {
    // A normalizerFn or a getter of the batch could come back here while the block is half written.
    if (this.busy) throw new FeatureColumnError('invalid_argument', 'a layer was called from within a batch that is being read');
    this.busy = true;
    try {
      const { arena, slot } = this;
      arena.begin();
      arena.reserve((HEADER_WORDS + inputs.length * DESCRIPTOR_WORDS) * 4);
      let rows = 0;
      for (let i = 0; i < inputs.length; ++i) {
        slot.begin('', 0);
        rows = packInput(inputs[i] as LayerInput);
        slot.write(arena, HEADER_WORDS + i * DESCRIPTOR_WORDS);
      }
      arena.u32[0] = rows;
      arena.u32[1] = inputs.length;
      return rows;
    } finally {
      this.busy = false;
    }
  }

  private packFeature(feature: unknown, normalizer: Normalizer | undefined): void {
    const { arena, slot } = this;
    if (Array.isArray(feature)) {
      this.nested.pack(arena, slot, feature, feature.length, false, normalizer);
    } else if (isList(feature)) {
      slot.rows = feature.length;
      packValues(arena, slot, feature as NumericArray, normalizer);
    } else if (typeof feature === 'object' && feature !== null && isRagged(feature)) {
      packRagged(arena, slot, feature, normalizer);
    } else if (typeof feature === 'object' && feature !== null && isSparse(feature)) {
      packSparse(arena, slot, feature, normalizer);
    } else if (typeof feature === 'object' && feature !== null && isArrow(feature)) {
      packArrow(arena, slot, feature, normalizer);
    } else {
      throw slot.problem('invalid_batch', 'a feature is an array with a row each, a typed array, {values, rowSplits}, {indices, values, denseShape} or an Arrow vector', undefined, feature);
    }
  }
}

/** A key such as "constructor" must not find what every object has. */
function ownOf(object: object, key: string): unknown {
  const value = (object as Record<string, unknown>)[key];
  return value !== undefined && key in Object.prototype && !Object.hasOwn(object, key) ? undefined : value;
}
