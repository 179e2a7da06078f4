/** Arguments that embeddingColumn and sharedEmbeddings have in common. */
import type { FetchedTableSource, Source, TableSource } from '../loading/types.js';
import { checkBoolean, int64, isNumber } from './checks.js';
import { defaultInitializer } from './defaults.js';
import { invalid } from './invalid.js';
import { shown } from './shown.js';
import { checkSource, checkTable } from './source.js';
import type { Combiner, EmbeddingColumn, Initializer } from './types.js';

/** Options of embeddings. Trained weights come from `ckptToLoadFrom`, from `table`, or from an estimator's checkpoint. */
export interface EmbeddingOptions {
  /** Floats of an embedding. At least 1. */
  readonly dimension: number;
  /** How several ids of a row are combined. Default `'mean'`. */
  readonly combiner?: Combiner | null | undefined;
  /** How the weights were made before training; of no effect here. Default: TensorFlow's truncated normal. */
  readonly initializer?: Initializer | null | undefined;
  /** A TensorFlow checkpoint that has the weights: its prefix, or the directory with its `checkpoint` file. Together with `tensorNameInCkpt`. */
  readonly ckptToLoadFrom?: Source | null | undefined;
  readonly tensorNameInCkpt?: string | null | undefined;
  /** Rows of the table that are longer (L2) are scaled down to this length before they are combined. */
  readonly maxNorm?: number | null | undefined;
  /** Of no effect here. Default true. */
  readonly trainable?: boolean | null | undefined;
  /** Whether ids below 0 are left out; without it they are errors. Rows without ids are zeros either way. Default true. */
  readonly useSafeEmbeddingLookup?: boolean | null | undefined;
  /** Weights that no TensorFlow checkpoint holds: `{url, tensor?}` of a safetensors or npy file, or `{data}`, `[numBuckets, dimension]` row-major. */
  readonly table?: TableSource | null | undefined;
}

/** The same for a table of which only the rows that a batch needs are fetched. */
export interface FetchedEmbeddingOptions extends Omit<EmbeddingOptions, 'table' | 'ckptToLoadFrom' | 'tensorNameInCkpt'> {
  readonly table: FetchedTableSource;
  readonly ckptToLoadFrom?: null | undefined;
  readonly tensorNameInCkpt?: null | undefined;
}

type Arguments = Omit<EmbeddingColumn, 'type' | 'name' | 'categoricalColumn'>;

/** TensorFlow's checks in its order. `ofColumn` ends the message about an initializer. */
export function embeddingArguments(label: string | undefined, options: Partial<EmbeddingOptions>, ofColumn = ''): Arguments {
  const { combiner, ckptToLoadFrom, tensorNameInCkpt, maxNorm, trainable, useSafeEmbeddingLookup } = options;
  const dimension = int64(options.dimension);
  if (typeof dimension !== 'number' || dimension < 1) throw invalid(label, `Invalid dimension ${shown(options.dimension)}.`, options.dimension);
  const isGiven = (value: unknown) => value !== undefined && value !== null;
  if (isGiven(ckptToLoadFrom) !== isGiven(tensorNameInCkpt)) {
    throw invalid(label, 'Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.');
  }
  const initializer = checkInitializer(label, options.initializer, dimension, ofColumn);
  if (isGiven(combiner) && combiner !== 'mean' && combiner !== 'sqrtn' && combiner !== 'sum') {
    throw invalid(label, `combiner must be one of 'mean', 'sqrtn' or 'sum', got ${String(combiner)}`, combiner);
  }
  if (isGiven(tensorNameInCkpt) && typeof tensorNameInCkpt !== 'string') {
    throw invalid(label, `tensor_name_in_ckpt must be a string. Given: ${shown(tensorNameInCkpt)}`, tensorNameInCkpt);
  }
  if (isGiven(maxNorm) && !isNumber(maxNorm)) throw invalid(label, `max_norm must be a number. Given: ${shown(maxNorm)}`, maxNorm);
  const table = checkTable(label, options.table) as TableSource | null; // the types of the functions tell the two kinds apart
  if (table && isGiven(ckptToLoadFrom)) throw invalid(label, 'both table and ckpt_to_load_from say where the weights are; give one');
  return {
    dimension,
    combiner: combiner ?? 'mean',
    initializer,
    ckptToLoadFrom: isGiven(ckptToLoadFrom) ? checkSource(label, 'ckpt_to_load_from', ckptToLoadFrom) : null,
    tensorNameInCkpt: tensorNameInCkpt ?? null,
    maxNorm: maxNorm ?? null,
    trainable: checkBoolean(label, 'trainable', trainable, true),
    useSafeEmbeddingLookup: checkBoolean(label, 'use_safe_embedding_lookup', useSafeEmbeddingLookup, true),
    table,
  };
}

/** A callable in Python; here a function, or what a saved model says of one. */
function checkInitializer(label: string | undefined, initializer: unknown, dimension: number, ofColumn: string): Initializer {
  if (initializer === undefined || initializer === null) return defaultInitializer(dimension);
  if (typeof initializer === 'function') return initializer as Initializer;
  if (typeof initializer === 'object' && typeof (initializer as { class_name?: unknown }).class_name === 'string') {
    try {
      return structuredClone(initializer) as Initializer; // a copy to freeze
    } catch {
      // it holds functions
    }
  }
  throw invalid(label, `initializer must be callable if specified.${ofColumn} Given: ${shown(initializer)}; give a function or {class_name, config}`, initializer);
}
