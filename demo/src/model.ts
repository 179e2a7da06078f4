/** The library at work: the only file of the page that imports it. Everything shown comes out of these few calls. */
import { categoricalColumnWithVocabularyFile, createRuntime, sharedEmbeddings } from 'feature-columns';

export interface Scored {
  readonly title: string;
  /** The impression's row of the shared table; zeros out of vocabulary. */
  readonly vector: Float32Array;
  readonly probability: number;
}

export interface Answer {
  /** The mean of the watched films' rows: what the model sees of the viewer. */
  readonly watched: Float32Array;
  readonly impressions: readonly Scored[];
}

export interface SampleRow {
  readonly watched_video_id: readonly string[];
  readonly impression_video_id: string;
}

const WATCHED = 'watched_video_id_shared_embedding';
const IMPRESSION = 'impression_video_id_shared_embedding';
export const DIMENSION = 16;

/** Both features of a batch: the same viewing history beside each impression; one empty impression where there is none. */
function batchOf(watched: readonly string[], impressions: readonly string[]) {
  const shown = impressions.length > 0 ? impressions : [''];
  return { watched_video_id: shown.map(() => watched), impression_video_id: shown };
}

/** Loads vocabulary, table and network from `baseUrl` by `fetch`. @throws FeatureColumnError what the library says of a file that is bad or missing */
export async function openModel(baseUrl: string, fetch: typeof globalThis.fetch) {
  const runtime = await createRuntime({ baseUrl, fetch });
  const [watchedId, impressionId] = ['watched_video_id', 'impression_video_id'].map(
    (key) => categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'videos.txt' }),
  );
  const featureColumns = sharedEmbeddings([watchedId!, impressionId!], {
    dimension: DIMENSION,
    ckptToLoadFrom: 'model.ckpt',
    tensorNameInCkpt: 'impression_video_id_watched_video_id_shared_embedding',
  });
  const features = await runtime.denseFeatures(featureColumns);
  const ofFeatures = runtime.stats(); // the network's kernels and biases are tables too, so this is asked before they come
  const classifier = await runtime.dnnClassifier({ featureColumns, ckptToLoadFrom: 'model.ckpt' });
  const offset = (name: string) => features.columns.find((column) => column.name === name)!.offset;
  const [watchedAt, impressionAt] = [offset(WATCHED), offset(IMPRESSION)];

  const transform = (watched: readonly string[], impressions: readonly string[]) => features.transform(batchOf(watched, impressions));

  return {
    transform,
    /** What is held for the two features, and what for everything. */
    ofFeatures,
    stats: () => runtime.stats(),

    /** The vectors of a session and the model's probability of each impression. */
    answer(watched: readonly string[], impressions: readonly string[]): Answer {
      const { data, shape } = transform(watched, impressions);
      const { probabilities } = classifier.predict(batchOf(watched, impressions));
      const slice = (row: number, at: number) => data.slice(row * shape[1] + at, row * shape[1] + at + DIMENSION);
      return {
        watched: slice(0, watchedAt),
        impressions: impressions.map((title, row) => ({ title, vector: slice(row, impressionAt), probability: probabilities[2 * row + 1]! })),
      };
    },

    /** The rows of the table: the embedding of a lone impression is its row. */
    rows(titles: readonly string[]): Float32Array {
      const { data, shape } = transform([], titles);
      const table = new Float32Array(titles.length * DIMENSION);
      titles.forEach((_, row) => table.set(data.subarray(row * shape[1] + impressionAt, row * shape[1] + impressionAt + DIMENSION), row * DIMENSION));
      return table;
    },

    /** Input layer and logits of sample rows, as the parity check wants them. */
    run(rows: readonly SampleRow[]): { readonly inputLayer: Float32Array; readonly logits: Float32Array } {
      const plain = rows.map((row) => ({ ...row }));
      return { inputLayer: features.transformRows(plain).data, logits: classifier.predictRows(plain).logits };
    },
  };
}

export type Model = Awaited<ReturnType<typeof openModel>>;
