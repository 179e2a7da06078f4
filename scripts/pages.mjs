// Pages of which docs/performance.md tells what they download: each as a small app, for the JavaScript that a bundler makes of it.
import { realpathSync } from 'node:fs';
import path from 'node:path';

/** An app of `imports` whose layer is what `layer` says. */
const app = (imports, layer) => `import { ${imports} } from 'feature-columns/external';\nexport const layer = await ${layer};\n`;

const FILES = "const file = (key) => categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'videos.txt' });\n";
const CHECKPOINT = "ckptToLoadFrom: 'model.ckpt', tensorNameInCkpt: 'videos'";

/** What pages do; the parts that this takes, of JavaScript and of the module beyond its core; and an app that does it. */
export const PAGES = [
  {
    what: '`denseFeatures` of embeddings of identities and hashes, tables as `{data}`',
    parts: [], wasm: [],
    app: app('categoricalColumnWithHashBucket, categoricalColumnWithIdentity, denseFeatures, embeddingColumn, sharedEmbeddings', `denseFeatures([
      ...sharedEmbeddings(['watched', 'shown'].map((key) => categoricalColumnWithIdentity(key, { numBuckets: 9 })), { dimension: 4, table: { data: new Float32Array(36) } }),
      embeddingColumn(categoricalColumnWithHashBucket('user', { hashBucketSize: 9 }), { dimension: 4, table: { data: new Float32Array(36) } }),
    ])`),
  },
  {
    what: '… of vocabulary files and tables of .npy or .safetensors',
    parts: ['file_resources', 'table_stream'], wasm: ['vocabulary'],
    app: FILES + app('categoricalColumnWithVocabularyFile, denseFeatures, sharedEmbeddings', "denseFeatures(sharedEmbeddings(['watched', 'shown'].map(file), { dimension: 4, table: { url: 'videos.npy' } }))"),
  },
  {
    what: '… of vocabulary files and tables of a checkpoint',
    parts: ['file_resources', 'checkpoint'], wasm: ['checkpoint', 'vocabulary'],
    app: FILES + app('categoricalColumnWithVocabularyFile, denseFeatures, sharedEmbeddings', `denseFeatures(sharedEmbeddings(['watched', 'shown'].map(file), { dimension: 4, ${CHECKPOINT} }))`),
  },
  {
    what: '… of numbers, lists, crosses and weights too',
    parts: ['file_resources', 'checkpoint'], wasm: ['checkpoint', 'columns', 'vocabulary'],
    app: FILES + app('bucketizedColumn, categoricalColumnWithVocabularyFile, categoricalColumnWithVocabularyList, crossedColumn, denseFeatures, embeddingColumn, indicatorColumn, numericColumn, weightedCategoricalColumn', `denseFeatures([
      numericColumn('age'), bucketizedColumn(numericColumn('price'), { boundaries: [1, 9] }),
      indicatorColumn(categoricalColumnWithVocabularyList('country', { vocabularyList: ['at', 'de'] })), indicatorColumn(crossedColumn(['country', 'user'], { hashBucketSize: 9 })),
      embeddingColumn(weightedCategoricalColumn(file('watched'), { weightFeatureKey: 'seconds' }), { dimension: 4, ${CHECKPOINT} }),
    ])`),
  },
  {
    what: "`dnnClassifier`, of the estimator's checkpoint",
    parts: ['file_resources', 'checkpoint', 'load_model'], wasm: ['checkpoint', 'models', 'vocabulary'],
    app: FILES + app('categoricalColumnWithVocabularyFile, dnnClassifier, embeddingColumn', "dnnClassifier({ featureColumns: embeddingColumn(file('watched'), { dimension: 4 }), ckptToLoadFrom: 'model' })"),
  },
  {
    what: '`load`, of a spec of `denseFeatures` of all of these',
    parts: ['file_resources', 'checkpoint', 'load_spec'], wasm: ['checkpoint', 'columns', 'vocabulary'],
    app: app('load', "load('columns.json')"),
  },
];

/** What esbuild makes of an app for browsers: `[file, bytes]` of what it downloads until its layer is there, the lazy `parts` among it. */
export async function bundledPage(folder, { app, parts }) {
  const { build } = await import('esbuild');
  const dist = realpathSync(folder);
  const { outputFiles, metafile: { outputs } } = await build({
    stdin: { contents: app, resolveDir: dist, sourcefile: 'app.js' }, alias: { 'feature-columns/external': path.join(dist, 'external.js') }, absWorkingDir: dist, outdir: path.join(dist, 'app'),
    bundle: true, splitting: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022', metafile: true, write: false, logLevel: 'error',
    external: ['node:*', 'apache-arrow', 'hyparquet', 'hyparquet-compressors'],
  });
  const isPart = (file) => parts.some((part) => file?.startsWith(`chunks/${part}-`));
  const files = new Set(Object.keys(outputs).filter((file) => outputs[file].entryPoint === 'app.js' || isPart(outputs[file].entryPoint)));
  if (files.size !== 1 + parts.length) throw new Error(`of ${parts.join(', ')} the app has ${[...files].join(', ')}`);
  for (const file of files) for (const each of outputs[file].imports) if (each.kind === 'import-statement' && !each.external) files.add(each.path);
  const contents = new Map(outputFiles.map(({ path: file, contents }) => [path.relative(dist, file), contents]));
  return [...files].map((file) => [file, contents.get(file)]);
}
