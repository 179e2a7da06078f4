// The tables of arguments, js/src/spec/arguments.ts and layer_arguments.ts -> dist/spec.schema.json, or to the file that is named.
import { build } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

const DOCUMENTATION = 'https://www.tensorflow.org/api_docs/python/tf/feature_column';

// What arguments mean, for editors. Where two functions mean different things by one name, the type stands before it.
const MEANINGS = {
  key: 'Name of the feature.',
  shape: 'Numbers in a row or step, by dimension; [] is one number.',
  'numeric_column.default_value': 'What tf.Examples without the feature have instead: one number for all, or numbers nested as shape.',
  'sequence_numeric_column.default_value': 'Fills the steps after the end of a row.',
  'categorical_column_with_identity.default_value': 'The id of what is out of range.',
  'sequence_categorical_column_with_identity.default_value': 'The id of what is out of range.',
  default_value: 'The id of what is not in the vocabulary; not together with num_oov_buckets.',
  dtype: 'Dtype of the raw values.',
  normalizer_fn: 'Steps, each applied in the raw dtype: [["sub", 3], ["div", 2]].',
  source_column: 'A numeric_column of at most one dimension.',
  boundaries: 'Strictly increasing; a bucket begins with its boundary.',
  vocabulary_file: 'URL or path, resolved against that of the spec; one key a line.',
  vocabulary_size: 'Only so many first keys count. Default: all.',
  num_oov_buckets: 'What is not in the vocabulary gets one of so many ids after it, by its hash.',
  file_format: 'Default: tfrecord_gzip for names that end so (tfrecord.gz), else text.',
  vocabulary_list: 'Keys, all strings or all integers; the id of a key is its place.',
  num_buckets: 'Ids are 0 to num_buckets - 1.',
  hash_bucket_size: 'Number of ids.',
  keys: 'Names of features, or categorical columns other than hashed and weighted ones.',
  hash_key: "Seed of the hash. Default: TensorFlow's 0xDECAFCAFFE.",
  categorical_column: 'The column that gives the ids.',
  categorical_columns: 'The columns that share one table.',
  weight_feature_key: 'Name of the feature with the weights, as many in a row as there are ids.',
  dimension: 'Floats of an embedding.',
  combiner: 'How several ids of a row are combined.',
  initializer: 'How the weights were made before training; of no effect here.',
  'embedding_column.ckpt_to_load_from': 'A TensorFlow checkpoint that has the weights, together with tensor_name_in_ckpt.',
  'shared_embeddings.ckpt_to_load_from': 'A TensorFlow checkpoint that has the weights, together with tensor_name_in_ckpt.',
  ckpt_to_load_from: 'What was trained: the prefix of a TensorFlow checkpoint, or the directory with its "checkpoint" file.',
  tensor_name_in_ckpt: 'Name of the weights in the checkpoint.',
  max_norm: 'Longer rows of the table (L2) are scaled down to this length.',
  trainable: 'Of no effect here.',
  use_safe_embedding_lookup: 'Whether ids below 0 are left out; without it they are errors.',
  table: 'Weights that are in no TensorFlow checkpoint: a safetensors or npy file, or a tensor of a checkpoint; with "cast" one of double, integers or bool too, rounded to float32. With "fetch": "rows" only the rows that a batch needs are fetched.',
  shared_embedding_collection_name: 'Name of the shared variable. Default: the sorted names of the columns and "_shared_embedding".',
  columns: 'The feature columns, in any order: layers sort them by name.',
  dnn_feature_columns: 'The feature columns of the deep part.',
  linear_feature_columns: 'The feature columns of the linear part.',
  units: 'Outputs a row.',
  sparse_combiner: 'How the weights of several ids of a row are combined.',
  linear_sparse_combiner: 'How the weights of several ids of a row are combined.',
  scope: 'Weights are <scope>/<column>/weights and <scope>/bias_weights.',
  hidden_units: 'Units of each hidden layer. Default: the checkpoint tells.',
  dnn_hidden_units: 'Units of each hidden layer. Default: the checkpoint tells.',
  activation_fn: 'Activation of the hidden layers.',
  dnn_activation_fn: 'Activation of the hidden layers.',
  batch_norm: 'Whether hidden layers are batch-normalized. Default: the checkpoint tells.',
  n_classes: 'Number of classes.',
  label_dimension: 'Outputs a row.',
};

const COLUMN = { $ref: '#/$defs/column' };
const CATEGORICAL = { $ref: '#/$defs/categorical_column' };
const numbers = { type: 'array', items: { type: 'number' } };

/** The schema of what each kind of argument holds. */
const KINDS = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  size: { type: 'integer', minimum: 0 },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  key_dtype: { enum: ['string', 'int64', 'int32'] },
  numeric_dtype: { enum: ['float32', 'float64', 'int32', 'int64'] },
  combiner: { enum: ['mean', 'sqrtn', 'sum'] },
  file_format: { enum: ['text', 'tfrecord_gzip'] },
  shape: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'array', items: { type: 'integer', minimum: 1 } }] },
  numbers: { ...numbers, minItems: 1 },
  sizes: { type: 'array', items: { type: 'integer', minimum: 1 } },
  default_value: { $ref: '#/$defs/nested_numbers' },
  vocabulary_list: { anyOf: [{ type: 'array', minItems: 1, items: { type: 'string' } }, { type: 'array', minItems: 1, items: { type: 'integer' } }] },
  source: { type: 'string', minLength: 1 },
  normalizer: {
    type: 'array',
    items: {
      anyOf: [
        { type: 'array', minItems: 2, maxItems: 2, prefixItems: [{ enum: ['add', 'sub', 'mul', 'div', 'minimum', 'maximum'] }, { type: 'number' }] },
        { type: 'array', minItems: 1, maxItems: 1, prefixItems: [{ enum: ['log', 'log1p', 'sqrt', 'abs'] }] },
      ],
    },
  },
  initializer: { type: 'object', properties: { class_name: { type: 'string' }, config: { type: 'object' } }, required: ['class_name'] },
  table: {
    type: 'object',
    properties: {
      url: { type: 'string', minLength: 1 }, tensor: { type: 'string' }, cast: { type: 'boolean' }, fetch: { const: 'rows' },
      budget: { type: 'integer', minimum: 1 }, gap: { type: 'integer', minimum: 0 }, concurrency: { type: 'integer', minimum: 1 }, keep: { type: 'string', minLength: 1 },
    },
    required: ['url'],
    dependentRequired: { budget: ['fetch'], gap: ['fetch'], concurrency: ['fetch'], keep: ['fetch'] },
    not: { properties: { fetch: { const: 'rows' }, cast: { const: true } }, required: ['fetch', 'cast'] },
    additionalProperties: false,
  },
  activation: { type: 'string' },
  numeric_column: { $ref: '#/$defs/numeric_column' },
  categorical_column: CATEGORICAL,
  categorical_columns: { type: 'array', minItems: 1, items: CATEGORICAL },
  keys: { type: 'array', minItems: 2, items: { anyOf: [{ type: 'string' }, CATEGORICAL] } },
  columns: { type: 'array', minItems: 1, items: COLUMN },
};

function property(owner, { name, kind, required, default: fallback }) {
  const meaning = MEANINGS[`${owner}.${name}`] ?? MEANINGS[name];
  if (meaning === undefined || KINDS[kind] === undefined) throw new Error(`scripts/generate-schema.mjs does not say what ${owner}.${name} (${kind}) is`);
  // Not given and null are the same.
  const schema = required ? KINDS[kind] : { anyOf: [KINDS[kind], { type: 'null' }] };
  const hasDefault = !required && fallback !== null && typeof fallback !== 'function';
  return { description: meaning, ...schema, ...(hasDefault ? { default: fallback } : {}) };
}

function object(owner, list, first, more) {
  return {
    type: 'object',
    ...more,
    properties: { ...first, ...Object.fromEntries(list.map((argument) => [argument.name, property(owner, argument)])) },
    required: list.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

export function makeSchema({ COLUMN_ARGUMENTS, layerArguments }) {
  const types = Object.keys(COLUMN_ARGUMENTS);
  const definitions = {};
  for (const [type, list] of Object.entries(COLUMN_ARGUMENTS)) {
    const schema = object(type, list, { type: { const: type } }, { description: `TensorFlow: ${DOCUMENTATION}/${type}` });
    schema.required.unshift('type');
    definitions[type] = schema;
  }
  const references = (names) => ({ oneOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) });
  const isCategorical = (type) => /categorical_column/.test(type) || type === 'crossed_column' || type === 'bucketized_column';
  definitions.column = references(types);
  definitions.categorical_column = references(types.filter(isCategorical));
  definitions.nested_numbers = { anyOf: [{ type: 'number' }, { type: 'array', items: { $ref: '#/$defs/nested_numbers' } }] };
  const layers = Object.entries(layerArguments()).map(([layer, list]) => {
    const first = { $schema: { type: 'string' }, version: { const: 1 }, layer: { const: layer } };
    const schema = object(layer, list, first, {});
    if (layer !== 'dense_features') schema.required.unshift('layer');
    if (!layer.startsWith('dnn_linear_combined')) return schema;
    // One part is enough. TensorFlow takes an empty list for none.
    const lists = ['dnn_feature_columns', 'linear_feature_columns'];
    for (const list of lists) schema.properties[list].anyOf.push({ type: 'array', maxItems: 0 });
    return { ...schema, anyOf: lists.map((list) => ({ properties: { [list]: KINDS.columns }, required: [list] })) };
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Feature columns',
    description: "A layer of feature columns, by TensorFlow's names. Without \"layer\" it is dense_features.",
    oneOf: layers,
    $defs: definitions,
  };
}

export async function readArguments() {
  const bundle = await build({ stdin: { contents: "export * from './arguments.ts'; export * from './layer_arguments.ts';", resolveDir: path.join(root, 'js/src/spec') }, bundle: true, format: 'esm', write: false, logLevel: 'error' });
  return import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const target = process.argv[2] ?? path.join(root, 'dist/spec.schema.json');
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `${JSON.stringify(makeSchema(await readArguments()), null, 1)}\n`);
}
