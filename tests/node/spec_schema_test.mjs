// The JSON Schema of specs: every spec that there is passes, and mistakes do not. The checker here knows what the schema uses,
// and fails on anything else, so that nothing passes unread.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { noShared, packageFolder, root, shared } from './package.mjs';

const schema = JSON.parse(readFileSync(path.join(packageFolder, 'dist/spec.schema.json'), 'utf8'));
const NOTES = ['$schema', '$defs', 'title', 'description', 'default'];

const TYPES = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};
const members = (value) => (TYPES.object(value) ? Object.entries(value) : []);
const items = (value) => (Array.isArray(value) ? value : []);

const KEYWORDS = {
  $ref: (name, value) => isValid(schema.$defs[name.replace('#/$defs/', '')], value),
  type: (type, value) => TYPES[type](value),
  const: (wanted, value) => value === wanted,
  enum: (wanted, value) => wanted.includes(value),
  minimum: (least, value) => typeof value !== 'number' || value >= least,
  minLength: (least, value) => typeof value !== 'string' || value.length >= least,
  minItems: (least, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most, value) => !Array.isArray(value) || value.length <= most,
  items: (each, value) => items(value).every((item) => isValid(each, item)),
  prefixItems: (each, value) => items(value).every((item, i) => i >= each.length || isValid(each[i], item)),
  properties: (each, value) => members(value).every(([name, member]) => !Object.hasOwn(each, name) || isValid(each[name], member)),
  required: (names, value) => !TYPES.object(value) || names.every((name) => Object.hasOwn(value, name)),
  additionalProperties: (allowed, value, { properties }) => allowed !== false || members(value).every(([name]) => Object.hasOwn(properties, name)),
  not: (refused, value) => !isValid(refused, value),
  anyOf: (each, value) => each.some((one) => isValid(one, value)),
  oneOf: (each, value) => each.filter((one) => isValid(one, value)).length === 1,
};

function isValid(one, value) {
  for (const [keyword, argument] of Object.entries(one)) {
    if (NOTES.includes(keyword)) continue;
    if (!KEYWORDS[keyword]) throw new Error(`this checker does not know ${keyword}`);
    if (!KEYWORDS[keyword](argument, value, one)) return false;
  }
  return true;
}

test('every golden spec is valid', { skip: noShared }, () => {
  const folder = path.join(shared, 'golden/cases');
  let count = 0;
  for (const name of readdirSync(folder).filter((file) => file !== 'refusals.jsonl.gz')) {
    for (const line of gunzipSync(readFileSync(path.join(folder, name))).toString('utf8').trimEnd().split('\n')) {
      const { id, spec } = JSON.parse(line);
      assert.ok(isValid(schema, spec), id);
      ++count;
    }
  }
  assert.ok(count > 1000);
});

test('what TensorFlow takes is valid', () => {
  const { cases } = JSON.parse(readFileSync(path.join(root, 'tests/golden/tensorflow_columns.json'), 'utf8'));
  for (const { item } of cases) assert.ok(isValid(schema, { version: 1, columns: [item] }), JSON.stringify(item));
  assert.ok(cases.length > 40);
});

const NUMERIC = { type: 'numeric_column', key: 'a' };
const columns = [NUMERIC];
const ckpt = { ckpt_to_load_from: 'model' };

test('layers and estimators are valid', () => {
  const specs = [
    { columns }, { version: 1, layer: 'sequence_features', columns }, { $schema: './spec.schema.json', layer: 'linear_model', columns, units: 2, ...ckpt },
    { layer: 'dnn_classifier', columns, hidden_units: [8, 4], n_classes: 3, activation_fn: 'relu', ...ckpt },
    { layer: 'linear_regressor', columns, label_dimension: 2, ...ckpt },
    { layer: 'dnn_linear_combined_classifier', dnn_feature_columns: columns, linear_feature_columns: columns, dnn_hidden_units: null, ...ckpt },
    { layer: 'dnn_linear_combined_classifier', linear_feature_columns: columns, ...ckpt }, { layer: 'dnn_linear_combined_regressor', dnn_feature_columns: columns, linear_feature_columns: [], ...ckpt },
  ];
  for (const spec of specs) assert.ok(isValid(schema, spec), JSON.stringify(spec));
});

test('mistakes are not', () => {
  const wrong = (change) => ({ columns: [{ ...NUMERIC, ...change }] });
  const specs = [
    {}, [], { columns: [] }, { columns, more: 1 }, { version: 2, columns }, { layer: 'dense', columns }, { layer: 'dnn_classifier', columns },
    { layer: 'dnn_linear_combined_classifier', ...ckpt }, { layer: 'dnn_linear_combined_classifier', dnn_feature_columns: [], linear_feature_columns: null, ...ckpt },
    { layer: 'linear_regressor', columns, n_classes: 3, ...ckpt }, wrong({ type: 'numeric' }), wrong({ key: 5 }), wrong({ key: undefined, keys: 'a' }), wrong({ shape: [0] }),
    wrong({ dtype: 'string' }), wrong({ normalizer_fn: [['sub']] }), wrong({ normalizer_fn: [['log', 1]] }), wrong({ default_value: ['a'] }), wrong({ shpe: [1] }),
    { columns: [{ type: 'indicator_column', categorical_column: NUMERIC }] }, { columns: [{ type: 'shared_embeddings', categorical_columns: [], dimension: 2 }] },
    { columns: [{ type: 'categorical_column_with_vocabulary_list', key: 'a', vocabulary_list: ['a', 1] }] },
  ];
  for (const spec of specs) assert.ok(!isValid(schema, spec), JSON.stringify(spec));
});
