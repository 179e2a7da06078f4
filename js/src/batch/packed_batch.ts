/** Batches and rows into the packed batch of docs/architecture.md. */
import { FeatureColumnError } from '../errors.js';
import type { Arena } from '../runtime/arena.js';
import { isArrow, packArrow } from './arrow.js';
import type { Batch, Row } from './batch.js';
import type { DType } from './dtype.js';
import { forget, isList, NestedPacker } from './nested.js';
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
  /** Whether every object has something of this name, such as "constructor". */
  readonly inherited: boolean;
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

  /** Packs features by key; answers the number of rows. Errors: `invalid_batch`, `dtype_mismatch`, `out_of_range`, `out_of_memory`. */
  packBatch(inputs: readonly LayerInput[], batch: Batch): number {
    if (typeof batch !== 'object' || batch === null || isList(batch)) {
      throw new FeatureColumnError('invalid_batch', `a batch is an object of features by key, not ${describe(batch)}; rows go to transformRows`);
    }
    const { arena, slot } = this;
    this.begin(inputs.length);
    try {
      let rows = -1;
      let rowsOf = '';
      for (let i = 0; i < inputs.length; ++i) {
        const input = inputs[i] as LayerInput;
        const { key, expected, normalizer } = input;
        const feature = ownOf(batch, input);
        slot.begin(key, expected);
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
      return this.finish(inputs.length, Math.max(0, rows));
    } finally {
      this.busy = false;
    }
  }

  /** Packs rows; answers their number. Errors: `invalid_row`, and those of {@link packBatch}. */
  packRows(inputs: readonly LayerInput[], rows: readonly Row[]): number {
    if (!Array.isArray(rows)) throw new FeatureColumnError('invalid_row', `rows are an array of objects, not ${describe(rows)}`);
    rows.forEach((row: unknown, index) => {
      if (typeof row === 'object' && row !== null && !isList(row)) return;
      throw new FeatureColumnError('invalid_row', `row ${index}: a row is an object of features by key, not ${describe(row)}`, { row: index, value: describe(row) });
    });
    const { arena, cells, slot } = this;
    const count = rows.length;
    this.begin(inputs.length);
    try {
      for (let i = 0; i < inputs.length; ++i) {
        const input = inputs[i] as LayerInput;
        const { key, expected, normalizer } = input;
        let present = count === 0;
        for (let row = 0; row < count; ++row) {
          const value = ownOf(rows[row] as Row, input);
          cells[row] = value;
          present ||= value !== undefined;
        }
        slot.begin(key, expected);
        if (present) this.nested.pack(arena, slot, cells, count, true, normalizer);
        slot.write(arena, HEADER_WORDS + i * DESCRIPTOR_WORDS);
      }
      return this.finish(inputs.length, count);
    } finally {
      this.busy = false;
      if (cells.length > KEPT_CELLS) cells.length = 0;
      else forget(cells, count);
    }
  }

  /** Room for the header and the descriptors of a batch. */
  private begin(inputs: number): void {
    // A normalizerFn or a getter of the batch could come back here while the block is half written.
    if (this.busy) throw new FeatureColumnError('invalid_argument', 'a layer was called from within a batch that is being read');
    this.arena.begin();
    this.arena.reserve((HEADER_WORDS + inputs * DESCRIPTOR_WORDS) * 4);
    this.busy = true;
  }

  private finish(inputs: number, rows: number): number {
    const { arena } = this;
    arena.reserve(READABLE_BYTES);
    arena.u32[0] = rows;
    arena.u32[1] = inputs;
    return rows;
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
function ownOf(object: object, { key, inherited }: LayerInput): unknown {
  return inherited && !Object.hasOwn(object, key) ? undefined : (object as Record<string, unknown>)[key];
}
