// Files of columns that are loaded, for suites: a vocabulary and a checkpoint, columns over them, and what comes of loading these.
import { BASE, rejection } from './memory_server.mjs';
import { tensorBundle } from './tensor_bundle.mjs';

export const WORDS = 'omar\nstringer\nmarlo\n';
export const TABLE = Float32Array.from([1, 2, 3, 4, 5, 6]);
export const MODEL = tensorBundle('model.ckpt', {
  emb: { shape: [3, 2], values: TABLE },
  other: { shape: [2, 2], values: Float32Array.from([7, 8, 9, 10]) },
  double: { shape: [3, 2], values: Float64Array.from(TABLE), dtype: 'double' },
  global_step: { shape: [], values: BigInt64Array.from([12n]), dtype: 'int64' },
});
export const FILES = { 'videos.txt': WORDS, ...MODEL };
/** What [omar, marlo] become. */
export const EXPECTED = [1, 2, 5, 6];

export const spoiled = (bytes, at, bit) => {
  const copy = bytes.slice();
  copy[at] ^= 1 << bit;
  return copy;
};

/** Columns over the files, and runtimes over a server; whatever is loaded, runtimes must be empty after. */
export function loading(assert, fc) {
  const vocabulary = (key, options) => fc.categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'videos.txt', ...options });
  const embedding = (key = 'watched', options = {}, file = {}) =>
    fc.embeddingColumn(vocabulary(key, file), { dimension: 2, ckptToLoadFrom: 'model.ckpt', tensorNameInCkpt: 'emb', ...options });
  /** An embedding whose weights are in a table. */
  const tabled = (table, dimension = 2) => fc.embeddingColumn(vocabulary('watched'), { dimension, table });

  const start = (server, options = {}) => fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries: 0, ...options });
  const empty = (runtime) => {
    const { liveObjects } = runtime.stats();
    assert.equal(liveObjects, 0, JSON.stringify(runtime.stats()));
  };
  // Most tests share a runtime for each number of retries, whose fetch is that of the server at hand: starting hundreds takes long.
  let current;
  const shared = new Map();
  const runtimeOver = (server, { retries = 0 } = {}) => {
    current = server;
    if (!shared.has(retries)) shared.set(retries, start({ fetch: (url, init) => current.fetch(url, init) }, { retries: retries === 'default' ? undefined : retries }));
    return shared.get(retries);
  };
  /** Loads columns over files, and gives what [omar, marlo] become; the runtime must be empty after. */
  async function vectors(server, columns, options, runtimeOptions) {
    const runtime = await runtimeOver(server, runtimeOptions);
    const layer = await runtime.denseFeatures(columns, options);
    const { data } = layer.transform({ watched: ['omar', 'marlo'] });
    layer.dispose();
    empty(runtime);
    return [...data];
  }
  /** The error of loading columns over files; the runtime must be empty after. */
  async function failure(server, columns, options, runtimeOptions) {
    const runtime = await runtimeOver(server, runtimeOptions);
    const error = await rejection(runtime.denseFeatures(columns, options));
    assert.ok(error instanceof fc.FeatureColumnError, String(error?.stack ?? error));
    empty(runtime);
    return error;
  }
  const coded = (error, code, ...phrases) => {
    assert.equal(error.code, code, error.message);
    for (const phrase of phrases) assert.ok(error.message.includes(phrase), `"${phrase}" is not in: ${error.message}`);
  };
  return { vocabulary, embedding, tabled, start, empty, runtimeOver, vectors, failure, coded };
}
