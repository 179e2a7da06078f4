/** Layers that fetch rows of their tables for each batch. */
import type { BatchLike, RowLike } from '../batch/batch.js';
import type { Layer } from './layer.js';

/** How a method answers with a promise; `Given` is what stands behind the batch. What is generic has to be written down again. */
type Later<Name, Given extends readonly unknown[], Answer> =
  Name extends 'transform' | 'predict' ? <B extends BatchLike<B>>(batch: B, ...given: Given) => Promise<Answer>
  : Name extends 'transformRows' | 'predictRows' ? <R extends RowLike<R>>(rows: readonly R[], ...given: Given) => Promise<Answer>
  : <R extends RowLike<R>>(row: R | Uint8Array, ...given: Given) => Promise<Answer>;

type Reading = 'transform' | 'predict' | 'transformRows' | 'predictRows' | 'explain';
type ReadingBytes = 'transformExamples' | 'transformNdjson' | 'predictExamples' | 'predictNdjson';

/**
 * A layer of which a column has `table: {url, fetch: 'rows'}`: it is used as every other, but answers with promises, in the order of
 * the calls. A batch is read during the call, and may be changed afterwards. See docs/tables.md.
 *
 * @example
 * const layer = await denseFeatures([embeddingColumn(user, { dimension: 64, table: { url: 'users.safetensors', fetch: 'rows' } })]);
 * const { data } = await layer.transform({ user: ['a', 'b'] }, { signal });
 */
export type Fetching<L extends Layer> = {
  readonly [Name in keyof L]:
    Name extends Reading ? (L[Name] extends (first: never, ...given: infer Given) => infer Answer ? Later<Name, Given, Answer> : L[Name])
    : Name extends ReadingBytes ? (L[Name] extends (...given: infer Given) => infer Answer ? (...given: Given) => Promise<Answer> : L[Name])
    : L[Name];
};
