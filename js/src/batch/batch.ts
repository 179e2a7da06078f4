/** What a caller gives as a batch. */
import type { ArrowData, ArrowVector } from './arrow.js';
import type { RaggedValues } from './ragged.js';
import type { SparseValues } from './sparse.js';
import type { NumericArray, Value } from './values.js';

/** Several values a row; deeper arrays are steps of values. */
export type Nested = readonly (Value | NumericArray | Nested)[];

/**
 * All values of one feature:
 *
 * - `string[]`, `number[]`, `bigint[]`, a typed array: one value a row (TensorFlow's rank 1);
 * - nested arrays, ragged allowed: several values a row. They are *dense*: `''` in strings, `-1` in integers and
 *   `null` or `undefined` anywhere are missing, and categorical columns drop them;
 * - {@link RaggedValues} and {@link SparseValues}: taken as they are, nothing but null is dropped;
 * - an Arrow `Vector` or `Data` of strings, dictionaries, numbers or lists of them: read in place, lists as arrays.
 *
 * Integers: `bigint` and 64-bit arrays keep all their bits; a number stands for an integer or a float as the column wants.
 * Booleans are refused. A lone surrogate in a string is U+FFFD to the core.
 */
export type FeatureValues = Nested | NumericArray | RaggedValues | SparseValues | ArrowVector | ArrowData;

/** Features by key; all have the same number of rows. Keys that no column reads are not looked at. */
export type Batch = Readonly<Record<string, FeatureValues | null | undefined>>;

/** A batch of a type of its own: an `interface`, which is no {@link Batch} for want of an index signature, has its members looked at one by one. */
export type BatchLike<B> = Readonly<Partial<Record<keyof B, FeatureValues | null | undefined>>>;

/** One feature of one row: a value, an array, an array of arrays (steps), or `{values}`: the sparse form, taken as it is. */
export type RowValue = Value | Nested | NumericArray | { readonly values: Nested | NumericArray };

/** One row. A feature that is absent or null is empty. */
export type Row = Readonly<Record<string, RowValue>>;

/** A row of a type of its own, as {@link BatchLike}. */
export type RowLike<R> = Readonly<Partial<Record<keyof R, RowValue>>>;
