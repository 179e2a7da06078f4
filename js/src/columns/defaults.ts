/** Defaults that follow from other arguments. */
import { compareCodePoints } from './code_points.js';
import type { CategoricalColumn, InitializerConfig } from './types.js';

/** TensorFlow's initializer of an embedding: a normal distribution cut at two standard deviations. */
export const defaultInitializer = (dimension: number): InitializerConfig => ({
  class_name: 'TruncatedNormal',
  config: { mean: 0, stddev: 1 / Math.sqrt(dimension), seed: null, dtype: 'float32' },
});

/** The variable of shared embeddings, and so its name in a checkpoint: `a_b_shared_embedding`, the names sorted. */
export const defaultCollectionName = (columns: readonly Pick<CategoricalColumn, 'name'>[]): string =>
  `${columns.map(({ name }) => name).sort(compareCodePoints).join('_')}_shared_embedding`;

/** TensorFlow knows the ending; all other files are text. */
export const defaultFileFormat = (file: unknown): string | null =>
  typeof file === 'string' && file.endsWith('tfrecord.gz') ? 'tfrecord_gzip' : null;

/** The dtype that numpy gives a list, of the dtypes that a vocabulary has. */
export const defaultListDtype = (list: readonly unknown[]): 'string' | 'int64' => (typeof list[0] === 'string' ? 'string' : 'int64');
