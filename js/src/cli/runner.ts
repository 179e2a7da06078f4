/** Runs batches of rows through the layer of a spec: here, or on worker threads with the order kept. */
import { Worker } from 'node:worker_threads';
import type { FeatureColumnError } from 'feature-columns';
import { rebuildError, type PlainError } from './plain_error.js';
import type { RowBatch } from './source.js';

export type RowFormat = 'ndjson' | 'tfrecord' | 'arrow';

/** One output tensor of a batch, such as `data`, `sequence_length` or `logits`. */
export interface Output {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** What becomes of outputs where they are computed, since text costs more than numbers: `vectors` and `scores` are lines of JSON. */
export type TextKind = 'vectors' | 'scores';

/** What a thread runs. */
export interface Job {
  /** The spec's file. */
  readonly spec: string;
  readonly format: RowFormat;
  readonly text?: TextKind | undefined;
}

/** Of a batch: its outputs, or where the job asks for text, the lines. */
export interface Result {
  readonly outputs: readonly Output[];
  readonly text?: Uint8Array;
  /** Features that no row of the batch has: empty in each. */
  readonly absent?: readonly string[];
}

/** What is known of a layer before its first batch. */
export interface LayerInfo {
  readonly kind: string;
  /** Floats in the last dimension of `data`. */
  readonly width: number;
}

export interface Runner {
  readonly info: LayerInfo;
  /** The result of a batch, or the error of its first bad row. */
  run(batch: RowBatch): Promise<Result>;
  close(): Promise<void>;
}

/** A message to a worker: rows to run. */
export interface Work {
  readonly bytes: Uint8Array;
}

/** A worker's answer, to its first message (`ready`) or to each {@link Work} in order. */
export type Answer = { readonly ready: LayerInfo } | { readonly result: Result } | { readonly error: PlainError };

class Thread {
  private readonly waiting: { resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];

  constructor(private readonly worker: Worker) {
    worker.on('message', (answer: Answer) => this.waiting.shift()?.resolve(answer));
    worker.on('error', (error) => this.waiting.splice(0).forEach((each) => each.reject(error)));
  }

  get load(): number {
    return this.waiting.length;
  }

  answer(): Promise<Answer> {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  send(work: Work): Promise<Answer> {
    const bytes = new Uint8Array(work.bytes); // its own memory, to be moved (a Buffer's slice would share it)
    const answer = this.answer();
    this.worker.postMessage({ bytes } satisfies Work, [bytes.buffer]);
    return answer;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

const resultOf = (answer: Answer): Result => {
  if ('error' in answer) throw rebuildError(answer.error) satisfies FeatureColumnError;
  return 'result' in answer ? answer.result : { outputs: [] };
};

/** `threads` workers, each with the model loaded; the least busy one gets the next batch. */
export async function threadedRunner(entry: URL, job: Job, threads: number): Promise<Runner> {
  const workerData = { featureColumnsWorker: job };
  const pool = Array.from({ length: threads }, () => new Thread(new Worker(entry, { workerData })));
  const close = async () => void (await Promise.all(pool.map((thread) => thread.end())));
  try {
    const [first] = await Promise.all(
      pool.map(async (thread) => {
        const answer = await thread.answer();
        resultOf(answer); // throws what went wrong while loading
        return answer;
      }),
    );
    if (!first || !('ready' in first)) throw new Error('a worker did not start');
    return {
      info: first.ready,
      close,
      async run(batch) {
        const thread = pool.reduce((least, each) => (each.load < least.load ? each : least));
        return resultOf(await thread.send({ bytes: batch.bytes }));
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
