/** Runs rows here, on this thread: for one thread, and inside each worker. */
import { parentPort } from 'node:worker_threads';
import { createRuntime, FeatureColumnError, type Classifier, type DenseFeatures, type LinearModel, type Regressor, type SequenceFeatures } from 'feature-columns';
import { runLines } from './absent_features.js';
import { plainError } from './plain_error.js';
import type { Answer, Job, LayerInfo, Output, Result, RowFormat, Runner, Work } from './runner.js';
import { scoredLines } from './score.js';
import { CUTTERS, type RowBatch } from './source.js';
import { vectorLines } from './transform.js';

type AnyLayer = DenseFeatures | SequenceFeatures | LinearModel | Classifier | Regressor;
type Shaped = (Float32Array | Int32Array) & { readonly shape: readonly number[] };

/** The data of TFRecords, without their framing. Their checksums are for files that are kept; the parser checks the content. */
function recordsOf({ bytes }: RowBatch): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0, end: number; at < bytes.length; at = end) {
    end = CUTTERS.tfrecord.end(bytes, at);
    records.push(bytes.subarray(at + 12, end - 4));
  }
  return records;
}

/** Prediction keys as the command line writes them: TensorFlow's. */
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function outputsOf(result: object): Output[] {
  if ('data' in result) {
    const { data, shape, sequenceLength } = result as { data: Float32Array; shape: readonly number[]; sequenceLength?: Int32Array };
    const outputs: Output[] = [{ name: 'data', shape, data }];
    if (sequenceLength) outputs.push({ name: 'sequence_length', shape: [sequenceLength.length], data: sequenceLength });
    return outputs;
  }
  return Object.entries(result as Record<string, Shaped>).map(([name, data]) => ({ name: snake(name), shape: data.shape, data }));
}

/** What a layer answers, after a while where it fetches rows of its tables. */
async function runLayer(layer: AnyLayer, format: RowFormat, batch: RowBatch): Promise<{ readonly result: object; readonly absent?: readonly string[] }> {
  if (batch.columns) return { result: await ('predict' in layer ? layer.predict(batch.columns) : layer.transform(batch.columns)) };
  if (format === 'ndjson') return runLines<object>(batch.bytes, (lines) => ('predict' in layer ? layer.predictNdjson(lines) : layer.transformNdjson(lines)));
  return { result: await ('predict' in layer ? layer.predictExamples(recordsOf(batch)) : layer.transformExamples(recordsOf(batch))) };
}

const encoder = new TextEncoder();

export async function localRunner({ spec, format, text }: Job): Promise<Runner> {
  const runtime = await createRuntime();
  try {
    const layer = (await runtime.load(spec)) as AnyLayer;
    const info: LayerInfo = { kind: layer.kind, width: 'width' in layer ? layer.width : 'units' in layer ? layer.units : 0 };
    const run = async (batch: RowBatch): Promise<Result> => {
      const { result, ...absent } = await runLayer(layer, format, batch);
      const outputs = outputsOf(result);
      if (!text) return { outputs, ...absent };
      return { ...absent, outputs: [], text: encoder.encode(text === 'vectors' ? vectorLines(outputs) : scoredLines(format === 'ndjson' ? batch : undefined, outputs)) };
    };
    return { info, run, close: async () => runtime.dispose() };
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}

/** The other side of a worker thread: loads, says that it is ready, and answers each message in order. */
export async function serveWorker(job: Job): Promise<void> {
  const port = parentPort;
  if (!port) throw new FeatureColumnError('internal', 'not a worker thread');
  const answer = (message: Answer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  try {
    const runner = await localRunner(job);
    const columnsOf = job.format === 'arrow' ? await (await import('./arrow_source.js')).columnsReader() : undefined;
    const work = async ({ bytes }: Work): Promise<void> => {
      try {
        const result = await runner.run({ bytes, rows: 0, first: 0, ...(columnsOf && { columns: columnsOf(bytes) }) });
        const memory = [...result.outputs.map(({ data }) => data), ...(result.text ? [result.text] : [])];
        answer({ result }, memory.map(({ buffer }) => buffer as ArrayBuffer));
      } catch (error) {
        answer({ error: plainError(error) });
      }
    };
    let last: Promise<void> = Promise.resolve();
    port.on('message', (message: Work) => (last = last.then(() => work(message))));
    answer({ ready: runner.info });
  } catch (error) {
    answer({ error: plainError(error) });
  }
}
