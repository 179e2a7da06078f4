/** Which features the spec of a file reads, and of which type: the columns' own parse spec, as for tf.Examples. */
import { readFile } from 'node:fs/promises';
import { fromSpec, makeParseExampleSpec, parseSpec, type ColumnDefinition } from 'feature-columns';

export interface CsvFeature {
  readonly kind: 'string' | 'integer' | 'float';
  /** It may have several values a row. */
  readonly many: boolean;
}

async function columnsOf(file: string): Promise<readonly ColumnDefinition[]> {
  const spec = parseSpec(await readFile(file, 'utf8'));
  const lists = ['dnn_feature_columns', 'linear_feature_columns'].map((name) => (spec as Record<string, unknown>)[name]).filter((list) => list !== undefined && list !== null);
  return lists.length > 0 ? lists.flatMap((list) => fromSpec(list)) : fromSpec(spec);
}

/** The keys of all features. */
export async function featureKeys(file: string): Promise<ReadonlySet<string>> {
  return new Set((await columnsOf(file)).flatMap((column) => Object.keys(makeParseExampleSpec([column]))));
}

/** The features by key. Errors: `invalid_definition` where columns parse one feature in different ways. */
export async function csvFeatures(file: string): Promise<ReadonlyMap<string, CsvFeature>> {
  return new Map(Object.entries(makeParseExampleSpec(await columnsOf(file))).map(([key, feature]) => {
    const kind = feature.dtype === 'string' ? 'string' : feature.dtype.startsWith('float') ? 'float' : 'integer';
    return [key, { kind, many: feature.type === 'VarLenFeature' || feature.shape.reduce((product, size) => product * size, 1) !== 1 }];
  }));
}
