// The job of row 14 by this package: framed tf.Examples to rows of [history, item].
import { batches } from './examples.mjs';

export class OfflineJob {
  #runtime;
  #layer;
  #batch;

  static async start(fc, { vocabulary, table, batch }) {
    const job = new OfflineJob();
    job.#batch = batch;
    job.#runtime = await fc.createRuntime({ fetch: async () => new Response(vocabulary) });
    const dimension = 64;
    const source = { data: table };
    const column = (key) => fc.embeddingColumn(fc.categoricalColumnWithVocabularyFile(key, { vocabularyFile: 'vocabulary.txt' }), { dimension, table: source });
    job.#layer = await job.#runtime.denseFeatures([column('history'), column('item')]);
    return job;
  }

  run(framed, out) {
    let at = 0;
    for (const batch of batches(framed, this.#batch)) {
      const { data } = this.#layer.transformExamples(batch);
      out.set(data, at);
      at += data.length;
    }
  }

  end() {
    this.#layer.dispose();
    this.#runtime.dispose();
  }
}
