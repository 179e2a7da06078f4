/** What `explain` and `coverage` tell: the core's reports, with every number as it is there. */

/** A raw value: text, an integer (a bigint beyond 2^53), a float, or null where it is missing. */
export type RawValue = string | number | bigint | null;

/** How one value of a feature got its id. */
export interface ValueExplanation {
  readonly value: RawValue;
  /** Sequences: which step it belongs to. */
  readonly step?: number;
  /** Why it is left out; then it has no id. */
  readonly dropped?: string;
  /** Vocabularies and identities: 'in the vocabulary', 'out of vocabulary, hashed to a bucket', 'out of range, default_value', … */
  readonly found?: string;
  /** Where the id is made of a hash: the bytes that are hashed, in hexadecimal - UTF-8 text; of integers their decimals -, */
  readonly bytes?: string;
  /** and their Fingerprint64: id = offset + hash mod modulus. */
  readonly hash?: bigint;
  readonly modulus?: number | bigint;
  /** Where out-of-vocabulary buckets begin: the size of the vocabulary. */
  readonly offset?: number;
  readonly numBuckets?: number | bigint;
  /** -1 stands for none. */
  readonly id?: number | bigint;
}

/** One id of a bag: a row of a table. */
export interface EntryExplanation {
  readonly id: number | bigint;
  readonly weight?: number;
  /** Why TensorFlow leaves it out (safe lookups). */
  readonly dropped?: string;
  /** The table's row. */
  readonly vector?: readonly number[];
  /** With maxNorm: the row's l2 norm, and the row after clipping. */
  readonly norm?: number;
  readonly clipped?: readonly number[];
}

/**
 * Ids to one vector: the vectors, times their weights, are added in TensorFlow's order; the sum is then kept, multiplied or
 * divided `by` a number, or the vector is zero.
 */
export interface BagExplanation {
  readonly entries: readonly EntryExplanation[];
  readonly finish: 'keep' | 'multiply' | 'divide' | 'zero';
  readonly by?: number;
}

/** How a column came to its ids or numbers. Which members there are depends on `type`. */
export interface ColumnExplanation {
  readonly name: string;
  /** TensorFlow's function that makes such a column. */
  readonly type: string;
  /** The feature it reads. */
  readonly key?: string;
  /** Of categorical columns: each value on its way to an id; of numeric ones: the raw values. */
  readonly values?: readonly (ValueExplanation | RawValue)[];
  /** Numeric columns: the steps of normalizerFn. A function of JavaScript has run before: `values` are what it gave. */
  readonly normalizerFn?: readonly (readonly (string | number)[])[];
  /** Sequence numeric columns: what stands where there is no value. */
  readonly defaultValue?: number;
  /** What an embedding, indicator, weighted or sequence column stands on. */
  readonly categoricalColumn?: ColumnExplanation;
  /** What a bucketized column stands on. */
  readonly sourceColumn?: ColumnExplanation;
  readonly boundaries?: readonly number[];
  readonly buckets?: readonly number[];
  /** Weighted columns. */
  readonly weightFeatureKey?: string;
  readonly rawWeights?: readonly RawValue[];
  readonly ids?: readonly (number | bigint)[];
  readonly weights?: readonly number[];
  /** Sequence columns: the ids of each step. */
  readonly steps?: readonly (readonly (number | bigint)[])[];
  /** Crossed columns: what is hashed, in this order. A part is a raw value's fingerprint or integer, or an id. */
  readonly hashKey?: bigint;
  readonly modulus?: number | bigint;
  readonly crosses?: readonly { readonly parts: readonly (number | bigint)[]; readonly hash: bigint; readonly id: number | bigint }[];
  readonly keys?: readonly (ColumnExplanation | { readonly key: string; readonly values: readonly RawValue[] })[];
  /** Embeddings. */
  readonly combiner?: string;
  readonly useSafeEmbeddingLookup?: boolean;
  readonly maxNorm?: number;
  readonly table?: string;
  /** Embeddings: one bag, or one a step. */
  readonly bags?: readonly BagExplanation[];
  /** Indicators: each adds its weight, or 1, at the place of its id. */
  readonly counted?: readonly { readonly id: number | bigint; readonly weight?: number; readonly dropped?: string }[];
}

/** A column's part of the output. */
export interface SliceExplanation {
  readonly name: string;
  /** Where it stands in the output; not in linear models, which add. */
  readonly offset?: number;
  readonly width?: number;
  /** Sequences: the steps that this column has. */
  readonly sequenceLength?: number;
  /** What it gives, bit for bit: `width` floats, or steps × width; of linear models what it adds to each unit. */
  readonly values: readonly number[];
  /** Linear models: the numbers of a dense column, and the weights of each. */
  readonly inputs?: readonly number[];
  readonly weights?: readonly (readonly number[])[];
  /** Linear models: the ids of a categorical column and their weights. */
  readonly combiner?: string;
  readonly bag?: BagExplanation;
  readonly column: ColumnExplanation;
}

export interface ColumnsExplanation {
  readonly columns: readonly SliceExplanation[];
}

export interface LinearExplanation extends ColumnsExplanation {
  readonly bias: readonly number[];
  /** The sum of the columns in TensorFlow's order, and the bias. */
  readonly values: readonly number[];
}

/** Of a layer its columns; of an estimator those of its parts. */
export interface Explanation {
  readonly columns?: readonly SliceExplanation[];
  /** Linear models. */
  readonly bias?: readonly number[];
  readonly values?: readonly number[];
  readonly dnn?: ColumnsExplanation;
  readonly linear?: LinearExplanation;
}

/** What a column knows of a batch. */
export interface ColumnCoverage {
  readonly name: string;
  /** TensorFlow's function that makes such a column; `crossed_column` for a raw key of a cross. */
  readonly type: string;
  readonly rows: number;
  /** Values given, missing ones included. */
  readonly values: number;
  /** Values that are dropped: null, and in arrays '' and -1. */
  readonly missing: number;
  /** Rows without any value that counts. */
  readonly emptyRows: number;
  /** Keys that are not in the vocabulary, whatever the column makes of them: an OOV bucket, the default, nothing. */
  readonly outOfVocabulary: number;
  /** Identities outside [0, numBuckets), whatever the column makes of them: the default, nothing, an error. */
  readonly outOfRange: number;
  /** Numbers that are NaN. */
  readonly notANumber: number;
  /** How many different values are out of vocabulary or out of range. */
  readonly distinctUnknown: number;
  /** The most frequent of them first. */
  readonly unknown: readonly { readonly value: RawValue; readonly count: number }[];
}

export interface Coverage {
  readonly rows: number;
  readonly columns: readonly ColumnCoverage[];
}

/** The core's JSON, whose tagged numbers are read bit for bit (src/base/json_writer.hpp). */
export function parseReport(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const { f32, f64, i64, u64 } = value as { f32?: number | number[]; f64?: number[]; i64?: string; u64?: string };
    if (Array.isArray(f32)) return Array.from(new Float32Array(Uint32Array.from(f32).buffer));
    if (f32 !== undefined) return new Float32Array(Uint32Array.of(f32).buffer)[0];
    if (f64 !== undefined) return new Float64Array(Uint32Array.from(f64).buffer)[0];
    if (i64 !== undefined) return Number.isSafeInteger(Number(i64)) ? Number(i64) : BigInt(i64);
    return u64 === undefined ? value : BigInt(u64);
  });
}
