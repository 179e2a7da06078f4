// Row 11: one example: 20 JavaScript strings to a pooled vector that JavaScript can read. "Its strings encoded" is the floor: the
// quickest way that JavaScript has to their bytes.
import { compareSmall, result, verify } from '../harness.mjs';
import { encodeJoined, floats, token, vocabularyBytes } from '../data.mjs';
import { loadOrtWeb, loadTfjs } from '#peers';
import { lookupGatherMean } from '../peers/onnx.mjs';

const KEYS = 10_000;
const DIMENSION = 32;
const EACH = 20;

export async function run(fc, { rounds }) {
  const table = floats(KEYS * DIMENSION, 3);
  const runtime = await fc.createRuntime({ fetch: async () => new Response(vocabularyBytes(KEYS)) });
  const column = fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: 'vocabulary.txt' });
  const layer = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension: DIMENSION, table: { data: table } })]);
  const examples = Array.from({ length: 64 }, (_, k) => Array.from({ length: EACH }, (_, i) => token((k * 997 + i * 131) % KEYS)));
  const out = new Float32Array(DIMENSION);

  const { tf, HashTable } = await loadTfjs('wasm');
  const tensor = tf.tensor2d(table, [KEYS, DIMENSION]);
  const hashTable = new HashTable('string', 'int32');
  await hashTable.import(tf.tensor1d(Array.from({ length: KEYS }, (_, i) => token(i)), 'string'), tf.range(0, KEYS, 1, 'int32'));
  const missing = tf.scalar(0, 'int32');
  const tfjs = async (k) => {
    const found = await hashTable.find(tf.tensor1d(examples[k & 63], 'string'), missing);
    const pooled = tf.mean(tf.gather(tensor, found), 0);
    const data = pooled.dataSync();
    tf.dispose([found, pooled]);
    return data;
  };
  const ort = await loadOrtWeb();
  const session = await ort.InferenceSession.create(lookupGatherMean(Array.from({ length: KEYS }, (_, i) => token(i)), table, KEYS, DIMENSION, EACH));
  const onnx = async (k) => (await session.run({ keys: new ort.Tensor('string', examples[k & 63], [1, EACH]) })).pooled.data;
  const ours = (k) => layer.transform({ id: [examples[k & 63]] }, { out }).data;

  for (const k of [0, 17, 63]) {
    verify('TF.js', ours(k), await tfjs(k));
    verify('ONNX Runtime Web', ours(k), await onnx(k));
  }
  const times = await compareSmall([
    { name: 'feature-columns', work: ours, calls: 20_000 },
    { name: 'its strings encoded', work: (k) => encodeJoined(examples[k & 63]), calls: 20_000 },
    { name: 'TF.js wasm', work: tfjs, asynchronous: true, calls: 500 },
    { name: 'ONNX Runtime Web', work: onnx, asynchronous: true, calls: 1000 },
  ], { rounds });
  layer.dispose();
  runtime.dispose();
  return [result(11, `one example: ${EACH} strings to a vector of ${DIMENSION}`, times, { unit: 'µs', scale: 1000, targets: { 'TF.js wasm': 75, 'ONNX Runtime Web': 300 } })];
}
