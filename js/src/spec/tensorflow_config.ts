/**
 * What TensorFlow's own serialisation writes, `{"class_name": "NumericColumn", "config": {…}}`, as items of a spec.
 * TensorFlow: tensorflow/python/feature_column/serialization.py.
 */
import { didYouMean } from '../columns/nearest.js';
import { shown } from '../columns/shown.js';
import type { NormalizerFn, NormalizerSteps } from '../columns/types.js';
import { COLUMN_ARGUMENTS, type SpecColumnType } from './arguments.js';
import { isObject, type JsonObject } from './fields.js';
import { specProblem } from './problem.js';

/** Functions by the name that a Python model knows them by: TensorFlow's `custom_objects`. */
export type CustomObjects = Readonly<Record<string, NormalizerFn | NormalizerSteps>>;

const CLASSES: Readonly<Record<string, SpecColumnType>> = {
  NumericColumn: 'numeric_column',
  BucketizedColumn: 'bucketized_column',
  EmbeddingColumn: 'embedding_column',
  IndicatorColumn: 'indicator_column',
  HashedCategoricalColumn: 'categorical_column_with_hash_bucket',
  VocabularyFileCategoricalColumn: 'categorical_column_with_vocabulary_file',
  VocabularyListCategoricalColumn: 'categorical_column_with_vocabulary_list',
  IdentityCategoricalColumn: 'categorical_column_with_identity',
  WeightedCategoricalColumn: 'weighted_categorical_column',
  CrossedColumn: 'crossed_column',
  SequenceNumericColumn: 'sequence_numeric_column',
};

/** Keras' layers, by the name of theirs in a spec. */
export const LAYER_CLASSES: Readonly<Record<string, 'dense_features' | 'sequence_features'>> = {
  DenseFeatures: 'dense_features',
  SequenceFeatures: 'sequence_features',
};

/** What a Keras layer's get_config has beside its columns: of no effect on what the layer computes here. */
export const KERAS_FIELDS: readonly string[] = ['name', 'trainable', 'dtype', 'partitioner'];

// Fields that older versions of TensorFlow do not write.
const LATER_FIELDS = ['use_safe_embedding_lookup', 'file_format'];
// Where a field is not called as the function's argument.
const RENAMED: Readonly<Record<string, string>> = { number_buckets: 'num_buckets' };

/**
 * The item of a spec that says the same; columns inside stay as they are.
 *
 * @throws FeatureColumnError `invalid_spec`: an unknown class, other fields than the class has, or a function by a name that
 *   `customObjects` does not have
 */
export function itemOfTensorFlow(object: JsonObject, path: string, customObjects: CustomObjects): JsonObject {
  const { class_name: name, config } = object;
  if (typeof name !== 'string' || !isObject(config)) throw specProblem(path, `Improper config format: ${shown(object)}: "class_name" is a string and "config" an object`);
  if (name === 'SequenceCategoricalColumn') return sequenceItem(config, path, customObjects);
  const type = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (type === undefined) {
    const remedy = name === 'SharedEmbeddingColumn' ? ' TensorFlow cannot serialise shared embeddings; write them as "shared_embeddings"' : '';
    throw specProblem(path, `Unknown feature_column_v2: ${name}.${didYouMean(name, Object.keys(CLASSES))}${remedy}`, name);
  }
  const item: Record<string, unknown> = { type };
  for (const [field, value] of Object.entries(config)) item[Object.hasOwn(RENAMED, field) ? (RENAMED[field] as string) : field] = value;
  const expected: readonly string[] = COLUMN_ARGUMENTS[type].map((argument) => argument.name).filter((argument) => argument !== 'table');
  const isWrong = Object.keys(item).some((field) => field !== 'type' && !expected.includes(field)) || expected.some((field) => !(field in item) && !LATER_FIELDS.includes(field));
  if (isWrong) throw specProblem(path, `Invalid config: ${name} has ${Object.keys(config).join(', ')}, expected keys: ${expected.join(', ')}`);
  const normalizer = item['normalizer_fn'];
  if (typeof normalizer === 'string') item['normalizer_fn'] = customObject(normalizer, path, customObjects);
  else if (isObject(normalizer)) item['normalizer_fn'] = functionOfKeras(normalizer, path, customObjects);
  // TensorFlow stores -1 where no default was given, and refuses it beside buckets when it is given.
  if (type === 'categorical_column_with_vocabulary_file' && item['num_oov_buckets'] !== 0 && item['default_value'] === -1) item['default_value'] = null;
  return item;
}

/** A wrapper in TensorFlow, a function of its own here. */
function sequenceItem(config: JsonObject, path: string, customObjects: CustomObjects): JsonObject {
  const inner = config['categorical_column'];
  if (Object.keys(config).length !== 1 || !isObject(inner)) throw specProblem(path, 'Invalid config: SequenceCategoricalColumn, expected keys: categorical_column');
  const item = itemOfTensorFlow(inner, `${path}.categorical_column`, customObjects);
  const type = `sequence_${String(item['type'])}`;
  if (!Object.hasOwn(COLUMN_ARGUMENTS, type)) throw specProblem(path, `there is no sequence column of ${shown(inner['class_name'])}`);
  return { ...item, type };
}

/** A function as Keras writes it where a column does not name it itself: `{"class_name": "function", "config": "my_log"}`. */
function functionOfKeras({ class_name: kind, config, registered_name: registered }: JsonObject, path: string, customObjects: CustomObjects): NormalizerFn | NormalizerSteps {
  if (kind === 'function' && typeof config === 'string') return customObject(config, path, customObjects);
  throw specProblem(path, `normalizer_fn is a Python object (${shown(registered ?? kind)}), not one by name. Write steps in its place: [["sub", 3], ["div", 2]]`);
}

function customObject(name: string, path: string, customObjects: CustomObjects): NormalizerFn | NormalizerSteps {
  if (Object.hasOwn(customObjects, name)) return customObjects[name] as NormalizerFn | NormalizerSteps;
  throw specProblem(path, `Unknown object: normalizer_fn is the Python function ${JSON.stringify(name)}, of which only the name is stored: give it in customObjects`, name);
}
