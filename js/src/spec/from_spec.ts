import * as columns from '../columns/index.js';
import { didYouMean } from '../columns/nearest.js';
import { shown } from '../columns/shown.js';
import type { ColumnDefinition } from '../columns/types.js';
import { camelCase, COLUMN_ARGUMENTS, isSpecColumnType, type Argument, type SpecColumnType } from './arguments.js';
import { checkDepth, checkFields, isObject, type JsonObject } from './fields.js';
import { isLayerName, layerArguments, type LayerName } from './layer_arguments.js';
import { specProblem } from './problem.js';
import { itemOfTensorFlow, KERAS_FIELDS, LAYER_CLASSES, type CustomObjects } from './tensorflow_config.js';

/** Options of `fromSpec` and of loading a layer from a spec. */
export interface FromSpecOptions {
  /** Normalizers of TensorFlow's own serialisation, by the names of the Python functions. */
  readonly customObjects?: CustomObjects | undefined;
}

/** The function of each type. */
const MAKERS: Readonly<Record<SpecColumnType, (first: never, options: never) => ColumnDefinition | readonly ColumnDefinition[]>> = {
  numeric_column: columns.numericColumn,
  bucketized_column: columns.bucketizedColumn,
  categorical_column_with_vocabulary_file: columns.categoricalColumnWithVocabularyFile,
  categorical_column_with_vocabulary_list: columns.categoricalColumnWithVocabularyList,
  categorical_column_with_identity: columns.categoricalColumnWithIdentity,
  categorical_column_with_hash_bucket: columns.categoricalColumnWithHashBucket,
  crossed_column: columns.crossedColumn,
  weighted_categorical_column: columns.weightedCategoricalColumn,
  indicator_column: columns.indicatorColumn,
  embedding_column: columns.embeddingColumn,
  shared_embeddings: columns.sharedEmbeddings,
  sequence_numeric_column: columns.sequenceNumericColumn,
  sequence_categorical_column_with_vocabulary_file: columns.sequenceCategoricalColumnWithVocabularyFile,
  sequence_categorical_column_with_vocabulary_list: columns.sequenceCategoricalColumnWithVocabularyList,
  sequence_categorical_column_with_identity: columns.sequenceCategoricalColumnWithIdentity,
  sequence_categorical_column_with_hash_bucket: columns.sequenceCategoricalColumnWithHashBucket,
};

/**
 * The columns of a spec: of what `toSpec` gives, of a layer with one list of columns, of a list of items, of one item, or of
 * what TensorFlow's or Keras' own serialisation writes (`{"class_name", "config"}`, a layer's `get_config()`). Groups of
 * shared embeddings become their members. Files are named as in the spec: nothing is loaded.
 *
 * @param spec The parsed JSON; `parseSpec` reads text with all digits of its integers.
 * @throws FeatureColumnError `invalid_spec` where the form is wrong: an unknown type, field or version. Else as the functions.
 */
export function fromSpec(spec: unknown, { customObjects = {} }: FromSpecOptions = {}): readonly ColumnDefinition[] {
  checkDepth(spec);
  return listOf(spec, customObjects);
}

function listOf(spec: unknown, customObjects: CustomObjects): readonly ColumnDefinition[] {
  if (Array.isArray(spec)) return columnsOfList(spec, 'columns', customObjects);
  if (!isObject(spec)) {
    const remedy = typeof spec === 'string' ? '. parseSpec reads JSON text' : '';
    throw specProblem('spec', `must be an object with "columns", a list of columns, or a column. Given: ${shown(spec)}${remedy}`);
  }
  if ('type' in spec) return columnsOf(spec, 'spec', customObjects);
  if ('class_name' in spec && !(typeof spec['class_name'] === 'string' && Object.hasOwn(LAYER_CLASSES, spec['class_name']))) return columnsOf(spec, 'spec', customObjects);
  const { layer, object } = layerOf(spec);
  const list = layerArguments()[layer].filter(({ kind }) => kind === 'columns');
  if (list.length > 1) throw specProblem('spec', `${layer} has two lists of columns: take spec.dnn_feature_columns or spec.linear_feature_columns`);
  checkFields('spec', layer, object, layerArguments()[layer], SPEC_FIELDS);
  return columnsOfList(object['columns'], 'columns', customObjects);
}

/** Fields of a spec beside the layer's arguments. */
export const SPEC_FIELDS = ['$schema', 'version', 'layer'];

/** A layer's name and its spec, with what Keras writes of one in our form. Checks the version. */
export function layerOf(spec: JsonObject): { readonly layer: LayerName; readonly object: JsonObject } {
  const { class_name: name, config } = spec;
  if (typeof name === 'string') {
    if (!Object.hasOwn(LAYER_CLASSES, name) || !isObject(config)) throw specProblem('spec', `Unknown layer: ${shown(name)}; Keras' layers of columns are ${Object.keys(LAYER_CLASSES).join(', ')}`);
    return { layer: LAYER_CLASSES[name] as 'dense_features', object: { columns: config['feature_columns'] } };
  }
  const { version = 1, layer = 'dense_features' } = spec;
  if (version !== 1) throw specProblem('spec.version', `is ${shown(version)}; this package reads version 1`, version);
  if (!isLayerName(layer)) {
    const names = Object.keys(layerArguments());
    throw specProblem('spec.layer', `there is no layer ${shown(layer)}.${didYouMean(String(layer), names)} Layers are ${names.join(', ')}`, layer);
  }
  if (!('feature_columns' in spec) || 'columns' in spec) return { layer, object: spec };
  const { feature_columns: columnsOfLayer, ...others } = spec; // as TensorFlow's estimators and Keras' layers call them
  const object: Record<string, unknown> = { ...others, columns: columnsOfLayer };
  if (layer.endsWith('_features')) for (const field of KERAS_FIELDS) delete object[field];
  return { layer, object };
}

/** A list of items - or one item, as TensorFlow takes a single column - as columns. */
export function columnsOfList(list: unknown, path: string, customObjects: CustomObjects): readonly ColumnDefinition[] {
  if (isObject(list) && ('type' in list || 'class_name' in list)) return columnsOf(list, path, customObjects);
  if (!Array.isArray(list)) throw specProblem(path, `Expected feature_columns to be iterable, found ${isObject(list) ? 'dict' : shown(list)}. Give a list of columns`);
  return list.flatMap((item: unknown, i) => columnsOf(item, `${path}[${i}]`, customObjects));
}

function columnsOf(given: unknown, path: string, customObjects: CustomObjects): readonly ColumnDefinition[] {
  if (!isObject(given)) throw specProblem(path, `Items of feature_columns must be a FeatureColumn: an object with a "type". Given: ${shown(given)}`);
  const item = 'class_name' in given && !('type' in given) ? itemOfTensorFlow(given, path, customObjects) : given;
  const { type } = item;
  if (!isSpecColumnType(type)) {
    const names = Object.keys(COLUMN_ARGUMENTS);
    const near = type === 'shared_embedding_column' ? ' Did you mean "shared_embeddings"?' : didYouMean(String(type), names);
    throw specProblem(path, `unknown column type ${shown(type)}.${near} Types are TensorFlow's functions: ${names.join(', ')}`, type);
  }
  const [first, ...others] = COLUMN_ARGUMENTS[type] as readonly [Argument, ...Argument[]];
  checkFields(path, type, item, COLUMN_ARGUMENTS[type], ['type']);
  const read = (argument: Argument) => readArgument(argument, item[argument.name], `${path}.${argument.name}`, customObjects);
  const options = Object.fromEntries(others.map((argument) => [camelCase(argument.name), read(argument)]));
  const made = MAKERS[type](read(first) as never, options as never);
  return Array.isArray(made) ? made : [made as ColumnDefinition];
}

/** Columns inside become columns; everything else is checked by the function that gets it. */
function readArgument({ kind }: Argument, value: unknown, path: string, customObjects: CustomObjects): unknown {
  const one = (part: unknown, at: string): unknown => {
    if (!isObject(part)) return part;
    if (part['type'] === 'shared_embeddings') throw specProblem(at, 'shared_embeddings is a list of columns: it stands in the list of a layer, not inside another column');
    return columnsOf(part, at, customObjects)[0];
  };
  switch (kind) {
    case 'numeric_column':
    case 'categorical_column':
      return one(value, path);
    case 'categorical_columns':
    case 'keys':
      return Array.isArray(value) ? value.map((part: unknown, i) => one(part, `${path}[${i}]`)) : value;
    default:
      return value;
  }
}
