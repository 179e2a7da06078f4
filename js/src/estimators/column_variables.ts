/** The variables of a model's columns that a checkpoint has. */
import { invalid } from '../columns/invalid.js';
import type { ColumnDefinition } from '../columns/types.js';
import { estimatorNamings, INPUT_LAYER, linearModelNamings, type ColumnVariable, type ModelColumns, type Naming, type PartName } from './namings.js';
import type { Variables } from './variables.js';

/** What a column of a part has in a checkpoint. */
export interface ColumnVariables {
  /** The table of an embedding, or of shared embeddings; undefined: it is elsewhere. */
  tableOf(part: PartName, column: string): string | undefined;
  /** Of the linear part, in its order. */
  readonly weights: readonly ColumnVariable[];
}

/** Weights that a column brings along may be missing; those whose rows are fetched are never the checkpoint's, which would be read whole. */
const isElsewhere = ({ role, column }: ColumnVariable): boolean => role === 'table' && 'table' in column && (column.table as { readonly fetch?: string } | null)?.fetch === 'rows';
const isOptional = ({ role, column }: ColumnVariable): boolean => role === 'table' && 'table' in column && (column.ckptToLoadFrom !== null || column.table !== null);

/** Of an estimator. @throws FeatureColumnError `tensor_not_found` */
export function estimatorVariables(variables: Variables, columns: ModelColumns): ColumnVariables {
  const layers = new Set(variables.names().flatMap((name) => /^dnn\/input_from_feature_columns\/input_layer(_\d+)?(?=\/)/.exec(name)?.[0] ?? []));
  return pick(variables, [...(layers.size > 0 ? layers : [INPUT_LAYER])].flatMap((layer) => estimatorNamings(columns, layer)), columns.linear);
}

/** Of a linear model in a scope. @throws FeatureColumnError `tensor_not_found` */
export function linearModelVariables(variables: Variables, columns: readonly ColumnDefinition[], scope: string): ColumnVariables {
  return pick(variables, linearModelNamings(columns, scope), columns);
}

/**
 * The one naming whose variables are all there. A checkpoint has no more variables than its model, so that a naming by which more of them
 * are used is nearer: with two tables for one collection, each is of another part. Two that are as near are told of, never guessed.
 */
function pick(variables: Variables, namings: readonly Naming[], linear: readonly ColumnDefinition[]): ColumnVariables {
  if (namings.length === 0) throw invalid(undefined, `Names of columns are too much alike for a linear model of TensorFlow's (Variable already exists, disallowed): ${linear.map(({ name }) => name).join(', ')}`);
  const candidates = namings.map((naming) => naming.filter((variable) => !isElsewhere(variable) && (!isOptional(variable) || variables.has(variable.name))));
  const missing = (naming: Naming): ColumnVariable[] => naming.filter(({ name }) => !variables.has(name));
  const complete = candidates.filter((naming) => missing(naming).length === 0);
  if (complete.length === 0) throw notFound(variables, candidates, missing);
  const used = (naming: Naming): number => new Set(naming.map(({ name }) => name)).size;
  const most = Math.max(...complete.map(used));
  const [naming = [], ...others] = complete.filter((candidate) => used(candidate) === most);
  for (const other of others) {
    const differs = naming.find((variable) => nameIn(other, variable) !== variable.name);
    if (differs) throw variables.ambiguous([differs.name, nameIn(other, differs) ?? 'none'], differs.column.name);
  }
  return {
    tableOf: (part, column) => naming.find((variable) => variable.part === part && variable.role === 'table' && variable.column.name === column)?.name,
    weights: linear.flatMap((column) => naming.find((variable) => variable.role === 'weights' && variable.column === column) ?? []),
  };
}

const nameIn = (naming: Naming, { part, role, column }: ColumnVariable): string | undefined => naming.find((variable) => variable.part === part && variable.role === role && variable.column === column)?.name;

/** Tells of the naming that comes nearest, and by which other names the same variable was looked for. */
function notFound(variables: Variables, namings: readonly Naming[], missing: (naming: Naming) => ColumnVariable[]): Error {
  const [nearest = []] = namings.map(missing).sort((a, b) => a.length - b.length);
  const first = nearest[0] as ColumnVariable;
  const names = namings.flatMap((naming) => nameIn(missing(naming), first) ?? []);
  return variables.notFound([...new Set([first.name, ...names])], first.column.name);
}
