/** Layers that fetch rows of their tables for each batch. */
import type { Layer } from './layer.js';

type Answering =
  | 'transform' | 'transformRows' | 'transformExamples' | 'transformNdjson' | 'predict' | 'predictRows' | 'predictExamples' | 'predictNdjson' | 'explain';

/**
 * A layer of which a column has `table: {url, fetch: 'rows'}`: it is used as every other, but answers with promises, in the order of
 * the calls. A batch is read during the call, and may be changed afterwards. See docs/tables.md.
 *
 * @example
 * const layer = await denseFeatures([embeddingColumn(user, { dimension: 64, table: { url: 'users.safetensors', fetch: 'rows' } })]);
 * const { data } = await layer.transform({ user: ['a', 'b'] }, { signal });
 */
export type Fetching<L extends Layer> = {
  readonly [Name in keyof L]: Name extends Answering ? (L[Name] extends (...given: infer Given) => infer Answer ? (...given: Given) => Promise<Answer> : L[Name]) : L[Name];
};
