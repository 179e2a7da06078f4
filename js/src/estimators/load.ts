/** Estimators and linear models from their checkpoints: what `layerMake` needs, loaded. */
import { FeatureColumnError } from '../errors.js';
import type { CheckpointLease } from '../loading/file_resources.js';
import type { Resources } from '../loading/resources.js';
import { loadTogether } from '../loading/together.js';
import type { Lease, LoadOptions, TableFor, TableLease } from '../loading/types.js';
import { estimatorVariables, linearModelVariables, type ColumnVariables } from './column_variables.js';
import { biasName, checkWeights, dnnNames } from './names.js';
import { LINEAR_MODEL, type PartName } from './namings.js';
import type { CoreColumns, DnnPart, EstimatorRequest, LinearModelRequest, LinearPart, LoadedLayer, PartColumns } from './types.js';
import { Variables } from './variables.js';

/** A part of the core's spec, and what it holds. */
interface Part {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly leases: readonly Lease[];
}

const releaseAll = ({ leases }: { readonly leases: readonly Lease[] }): void => leases.forEach((lease) => lease.release());

/** Reads tensors of one checkpoint by name, all or none. */
class Tensors {
  constructor(
    private readonly checkpoint: CheckpointLease,
    readonly variables: Variables,
  ) {}

  /** Leases in the order of the names. */
  async load(names: readonly string[], options: LoadOptions): Promise<TableLease[]> {
    return loadTogether(
      options,
      (together) => names.map((name) => this.checkpoint.tensor(name, { variable: name, shape: this.variables.shape(name) }, together)),
      (lease) => lease.release(),
    );
  }

  /** The tables of columns: from this checkpoint, which has the trained ones; else where the column says. */
  tableFor(part: PartName, of: ColumnVariables, resources: Resources, options: LoadOptions): TableFor {
    return async (request) => {
      const { column, dimension, numBuckets } = request;
      const name = of.tableOf(part, column);
      if (name === undefined) return resources.table(request, options);
      this.checkpoint.expect(Promise.resolve(numBuckets));
      return this.checkpoint.tensor(name, { column, variable: name, shape: [await numBuckets, dimension] }, options);
    };
  }
}

/**
 * Reads what the TensorFlow Estimator of that name saved.
 *
 * @throws FeatureColumnError `invalid_definition`, `tensor_not_found`, `shape_mismatch`, and those of {@link Resources}
 */
export async function loadEstimator(resources: Resources, request: EstimatorRequest, options: LoadOptions = {}): Promise<LoadedLayer> {
  const { estimator, dnn, linear } = request;
  const classifier = estimator.endsWith('_classifier');
  const nClasses = classifier ? (request.nClasses ?? 2) : undefined;
  if (nClasses !== undefined && !(Number.isInteger(nClasses) && nClasses >= 2)) {
    throw new FeatureColumnError('invalid_definition', `nClasses must be > 1: ${nClasses}`, { value: String(nClasses) });
  }
  const logits = nClasses === undefined ? (request.labelDimension ?? 1) : nClasses === 2 ? 1 : nClasses;
  return withTensors(resources, request.ckptToLoadFrom, options, async (tensors) => {
    const of = estimatorVariables(tensors.variables, { dnn: dnn?.columns ?? [], linear: linear?.columns ?? [] });
    const parts = await loadTogether<readonly [PartName, Part]>(
      options,
      (together) => [
        ...(dnn ? [loadDnn(resources, tensors, of, dnn, logits, together).then((part) => ['dnn', part] as const)] : []),
        ...(linear ? [loadLinear(resources, tensors, of, biasName(tensors.variables, LINEAR_MODEL, logits), linear, logits, together).then((part) => ['linear', part] as const)] : []),
      ],
      ([, part]) => releaseAll(part),
    );
    // A combined estimator of one part is that part's estimator.
    const layer = parts.length > 1 ? estimator : `${dnn ? 'dnn' : 'linear'}_${classifier ? 'classifier' : 'regressor'}`;
    return {
      spec: { layer, ...(nClasses === undefined ? { label_dimension: logits } : { n_classes: nClasses }), ...Object.fromEntries(parts.map(([scope, { spec }]) => [scope, spec])) },
      leases: parts.flatMap(([, { leases }]) => leases),
    };
  });
}

/**
 * A linear model's weights by TensorFlow's names.
 *
 * @throws FeatureColumnError as {@link loadEstimator}
 */
export async function loadLinearModel(resources: Resources, request: LinearModelRequest, options: LoadOptions = {}): Promise<LoadedLayer> {
  const units = request.units ?? 1;
  return withTensors(resources, request.ckptToLoadFrom, options, async (tensors) => {
    const { scope = 'linear_model' } = request;
    const bias = biasName(tensors.variables, scope, units); // first: it tells whether this is the scope
    const of = linearModelVariables(tensors.variables, request.columns, scope);
    const { spec, leases } = await loadLinear(resources, tensors, of, bias, request, units, options);
    return { spec: { layer: 'linear_model', units, ...spec }, leases };
  });
}

async function withTensors<T>(resources: Resources, source: EstimatorRequest['ckptToLoadFrom'], options: LoadOptions, use: (tensors: Tensors) => Promise<T>): Promise<T> {
  const checkpoint = await (await resources.files(options)).checkpoint(source, options);
  try {
    return await use(new Tensors(checkpoint, new Variables(checkpoint.url, checkpoint.tensors, await checkpoint.names())));
  } finally {
    checkpoint.release(); // tables are on their own
  }
}

async function loadDnn(resources: Resources, tensors: Tensors, of: ColumnVariables, part: DnnPart, logits: number, options: LoadOptions): Promise<Part> {
  const layers = dnnNames(tensors.variables, { ...part, logits });
  const names = layers.flatMap(({ kernel, bias, batch_norm }) => [kernel, bias, ...Object.values(batch_norm ?? {})]);
  const tableFor = (together: LoadOptions): TableFor => tensors.tableFor('dnn', of, resources, together);
  return beside(tensors, names, part, tableFor, options, ({ columns }, handleOf) => ({
    columns,
    activation: part.activationFn ?? 'relu',
    layers: layers.map(({ kernel, bias, batch_norm }) => ({
      kernel: handleOf(kernel),
      bias: handleOf(bias),
      ...(batch_norm ? { batch_norm: Object.fromEntries(Object.entries(batch_norm).map(([role, name]) => [role, handleOf(name)])) } : {}),
    })),
  }));
}

async function loadLinear(resources: Resources, tensors: Tensors, of: ColumnVariables, bias: string, part: LinearPart, units: number, options: LoadOptions): Promise<Part> {
  for (const { column, name } of of.weights) checkWeights(tensors.variables, column.name, name, units);
  const weights = of.weights.map(({ name }) => name);
  const tableFor = (together: LoadOptions): TableFor => tensors.tableFor('linear', of, resources, together);
  return beside(tensors, [...weights, bias], part, tableFor, options, ({ columns }, handleOf) => ({
    columns,
    weights: weights.map(handleOf),
    bias: handleOf(bias),
    sparse_combiner: part.sparseCombiner ?? 'sum',
  }));
}

/** Loads columns and the tensors with these names side by side. */
async function beside(
  tensors: Tensors,
  names: readonly string[],
  part: PartColumns,
  tableFor: (together: LoadOptions) => TableFor,
  options: LoadOptions,
  specOf: (columns: CoreColumns, handleOf: (name: string) => number) => Readonly<Record<string, unknown>>,
): Promise<Part> {
  let columns: CoreColumns | undefined;
  let tables: TableLease[] = [];
  const leases = await loadTogether<readonly Lease[]>(
    options,
    (together) => [
      part.load(tableFor(together), together).then((loaded) => (columns = loaded).leases),
      tensors.load(names, together).then((loaded) => (tables = loaded)),
    ],
    (loaded) => loaded.forEach((lease) => lease.release()),
  );
  const handles = new Map(names.map((name, i) => [name, (tables[i] as TableLease).handle]));
  return { spec: specOf(columns as unknown as CoreColumns, (name) => handles.get(name) as number), leases: leases.flat() };
}
