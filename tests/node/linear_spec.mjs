// A linear model of the columns of dense features, for what scores rows.
import { tensorBundle } from '../suites/tensor_bundle.mjs';

const product = (shape = [1]) => shape.reduce((size, each) => size * each, 1);
const bucketsOf = ({ vocabulary_list: list, hash_bucket_size: size, shape }) => list?.length ?? size ?? product(shape);

/** Writes its checkpoint and its spec by `at`, which answers where a file is. Weights are 1, 2, 3, … in each column. */
export function linearSpec(at, columns) {
  const raw = columns.map((column) => column.categorical_column ?? column);
  const weights = raw.map((column) => [`linear_model/${column.key}/weights`, { shape: [bucketsOf(column), 1], values: Float32Array.from({ length: bucketsOf(column) }, (_, i) => i + 1) }]);
  const bundle = tensorBundle('linear.ckpt', { ...Object.fromEntries(weights), 'linear_model/bias_weights': { shape: [1], values: Float32Array.of(0.5) } });
  for (const [name, bytes] of Object.entries(bundle)) at(name, bytes);
  return at('linear.json', JSON.stringify({ version: 1, layer: 'linear_model', ckpt_to_load_from: 'linear.ckpt', columns: raw }));
}
