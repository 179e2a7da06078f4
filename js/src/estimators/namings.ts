/**
 * The names that TensorFlow's graphs give to the variables of columns, one naming for each way to build a model (spec 14 G, 15).
 * A name may follow from all of a model's columns, as they are told apart in the order in which TensorFlow sorts them.
 */
import { compareCodePoints } from '../columns/code_points.js';
import type { ColumnDefinition } from '../columns/types.js';
import { GraphNames, VariableScopes } from './graph_names.js';

/** An estimator's part. */
export type PartName = 'dnn' | 'linear';

/** A variable that a column needs: the table of an embedding, or the weights of a linear model. */
export interface ColumnVariable {
  readonly part: PartName;
  readonly role: 'table' | 'weights';
  readonly column: ColumnDefinition;
  readonly name: string;
}

/** All variables of a model's columns. */
export type Naming = readonly ColumnVariable[];

/** Columns by part, sorted by name. */
export interface ModelColumns {
  readonly dnn: readonly ColumnDefinition[];
  readonly linear: readonly ColumnDefinition[];
}

export const LINEAR_MODEL = 'linear/linear_model';
export const INPUT_LAYER = 'dnn/input_from_feature_columns/input_layer';
const TABLE = 'embedding_weights';

/** fc2: _sanitize_column_name_for_variable_scope. */
const sanitized = (name: string): string => name.replace(/[^A-Za-z0-9_.-]/g, '_');
/** Of a member of shared embeddings. */
const collectionOf = (column: ColumnDefinition): string | undefined => (column.type === 'shared_embedding_column' ? column.sharedEmbeddingCollectionName : undefined);
const splitScope = (scope: string): readonly [outer: string, name: string] => [scope.slice(0, Math.max(0, scope.lastIndexOf('/'))), scope.slice(scope.lastIndexOf('/') + 1)];
const inside = (outer: string, name: string): string => (outer === '' ? name : `${outer}/${name}`);
/** Where two columns have one scope, TensorFlow says: Variable … already exists. */
const haveOneScopeEach = (columns: readonly ColumnDefinition[], scopeOf: (name: string) => string): boolean => new Set(columns.map(({ name }) => scopeOf(name))).size === columns.length;

/** Tables of shared embeddings by collection. */
type Collections = Map<string, string>;

/** How a part's variables are called. */
interface Rule {
  /** Called for one column after the other. */
  readonly scopeOf: (column: ColumnDefinition) => string;
  /** Called for the column of a collection that is built first, with its scope. */
  readonly sharedTable: (collection: string, scope: string) => string;
  readonly unique?: (name: string) => string;
}

function namesOf(part: PartName, columns: readonly ColumnDefinition[], collections: Collections, { scopeOf, sharedTable, unique = (name) => name }: Rule): Naming {
  return columns.flatMap((column) => {
    const scope = scopeOf(column);
    const collection = collectionOf(column);
    const found: ColumnVariable[] = [];
    const add = (role: ColumnVariable['role'], name: string): void => void found.push({ part, role, column, name });
    if (part === 'linear') add('weights', unique(`${scope}/weights`));
    if (column.type === 'embedding_column') add('table', unique(`${scope}/${TABLE}`));
    if (collection !== undefined) {
      const table = collections.get(collection) ?? sharedTable(collection, scope);
      collections.set(collection, table);
      add('table', table);
    }
    return found;
  });
}

/** tf.estimator: name scopes in the deep part, variable scopes in the wide one, tables of shared embeddings at the root. */
function estimatorV2({ dnn, linear }: ModelColumns, inputLayer: string, scope = LINEAR_MODEL): Naming | undefined {
  if (!haveOneScopeEach(linear, sanitized)) return undefined;
  const graph = new GraphNames();
  const unique = (name: string): string => graph.unique(name);
  const collections: Collections = new Map();
  if (dnn.length > 0) graph.unique('dnn');
  return [
    ...namesOf('dnn', dnn, collections, { scopeOf: ({ name }) => unique(`${inputLayer}/${name}`), sharedTable: unique, unique }),
    ...namesOf('linear', linear, collections, { scopeOf: ({ name }) => `${scope}/${sanitized(name)}`, sharedTable: unique, unique }),
  ];
}

/** compat.v1 with columns of tf.feature_column. Its variables are partitioned, and saved under names that are told apart by case. */
function variableScopes(part: PartName, columns: readonly ColumnDefinition[], scope: string, collections: Collections, scopeOf = sanitized): Naming | undefined {
  if (!haveOneScopeEach(part === 'linear' ? columns : columns.filter(({ type }) => type === 'embedding_column'), scopeOf)) return undefined;
  const [outer] = splitScope(scope);
  return namesOf(part, columns, collections, { scopeOf: ({ name }) => `${scope}/${scopeOf(name)}`, sharedTable: (collection) => inside(outer, collection) });
}

/** compat.v1 with one column or more of compat.v1.feature_column: shared embeddings stand in the scope of the first of them. TensorFlow: fc1:215. */
function deepDefaultScopes(columns: readonly ColumnDefinition[], inputLayer: string, collections: Collections): Naming {
  const scopes = new VariableScopes();
  return namesOf('dnn', columns, collections, { scopeOf: (column) => scopes.open(inputLayer, collectionOf(column) ?? column.name), sharedTable: (_, scope) => `${scope}/${TABLE}` });
}

/**
 * The same of a linear model. TensorFlow: fc1:559-600, which keeps the last part of a column's scope only.
 *
 * @param asFunction compat.v1.feature_column.linear_model: it has opened its own scope before, and its variables are not partitioned
 */
function wideDefaultScopes(columns: readonly ColumnDefinition[], scope: string, collections: Collections, asFunction: boolean): Naming | undefined {
  const scopes = new VariableScopes();
  const graph = new GraphNames();
  const unique = (name: string): string => (asFunction ? graph.unique(name) : name);
  const [outer, own] = splitScope(scope);
  const openColumns = (): [ColumnDefinition, string][] => columns.map((column) => [column, splitScope(scopes.open(outer, collectionOf(column) ?? column.name))[1]]);
  // linear_model_1 is the second model of these columns in its graph.
  for (let earlier = asFunction ? Number(/^linear_model_(\d{1,2})$/.exec(own)?.[1] ?? 0) : 0; earlier > 0; --earlier) openColumns();
  if (asFunction) scopes.open(outer, own);
  const layers = new Map(openColumns());
  if (new Set(layers.values()).size !== columns.length) return undefined; // TensorFlow's model has lost a column
  const layerOf = (column: ColumnDefinition): string => layers.get(column) as string;
  const inOrder = [...columns].sort((a, b) => compareCodePoints(layerOf(a), layerOf(b)));
  return namesOf('linear', inOrder, collections, { scopeOf: (column) => scopes.open(scope, layerOf(column)), sharedTable: (_, layer) => unique(`${layer}/${TABLE}`), unique });
}

const both = (dnn: Naming | undefined, linear: Naming | undefined): Naming | undefined => dnn && linear && [...dnn, ...linear];
const possible = (namings: readonly (Naming | undefined)[]): Naming[] => namings.filter((naming) => naming !== undefined);

/** The ways of TensorFlow's estimators. A collection in both parts is one variable, which the deep part makes, if both are built of the same kind of columns. */
export function estimatorNamings(columns: ModelColumns, inputLayer = INPUT_LAYER): Naming[] {
  const { dnn, linear } = columns;
  const apart = (): Collections => new Map();
  const [ofScopes, ofDefaultScopes] = [apart(), apart()];
  const wide = (of: Collections): Naming | undefined => variableScopes('linear', linear, LINEAR_MODEL, of);
  const wideDefault = (of: Collections): Naming | undefined => wideDefaultScopes(linear, LINEAR_MODEL, of, false);
  const deep = variableScopes('dnn', dnn, inputLayer, ofScopes);
  const deepDefault = deepDefaultScopes(dnn, inputLayer, ofDefaultScopes);
  return possible([
    estimatorV2(columns, inputLayer),
    both(deep, wide(ofScopes)),
    both(deep, wide(apart())), // two calls of shared_embeddings
    both(deep, wideDefault(apart())),
    both(deepDefault, wide(apart())),
    both(deepDefault, wideDefault(ofDefaultScopes)),
  ]);
}

/** The ways of linear models in a scope: compat.v1.feature_column.linear_model, estimators' linear parts, and names as they are. */
export function linearModelNamings(linear: readonly ColumnDefinition[], scope: string): Naming[] {
  return possible([
    variableScopes('linear', linear, scope, new Map(), (name) => name),
    estimatorV2({ dnn: [], linear }, INPUT_LAYER, scope),
    variableScopes('linear', linear, scope, new Map()),
    wideDefaultScopes(linear, scope, new Map(), false),
    wideDefaultScopes(linear, scope, new Map(), true),
  ]);
}
