// Row 2: a vocabulary of 100,000 lines made ready to look up in, against what TensorFlow.js' graph executor does for the same:
// HashTable.import of keys and values that are tensors already. Ours, as in row 1, starts with a runtime and ends with a layer.
import { compare, result, verify } from '../harness.mjs';
import { freshTokens, token, vocabularyBytes } from '../data.mjs';
import { compileCore, loadTfjs } from '#peers';

const N = 100_000;

export async function run(fc, { rounds }) {
  const wasmModule = await compileCore();
  const bytes = vocabularyBytes(N);
  const table = Float32Array.from({ length: N }, (_, i) => i);
  const column = fc.categoricalColumnWithVocabularyFile('id', { vocabularyFile: 'vocabulary.txt', numOovBuckets: 1 });
  const weights = Float32Array.from({ length: N + 1 }, (_, i) => (i < N ? table[i] : -1)); // the one bucket of unknown keys has -1
  const columns = [fc.embeddingColumn(column, { dimension: 1, table: { data: weights } })];
  const load = async () => {
    const runtime = await fc.createRuntime({ wasmModule, fetch: async () => new Response(bytes) });
    return { runtime, layer: await runtime.denseFeatures(columns) };
  };
  const ours = async (response) => {
    const runtime = await fc.createRuntime({ wasmModule, fetch: async () => response });
    const layer = await runtime.denseFeatures([fc.indicatorColumn(column)]);
    layer.dispose();
    runtime.dispose();
  };

  const { tf, HashTable } = await loadTfjs('cpu');
  const keys = tf.tensor1d(Array.from({ length: N }, (_, i) => token(i)), 'string');
  const values = tf.range(0, N, 1, 'int32');
  const importKeys = async () => {
    const hashTable = new HashTable('string', 'int32');
    await hashTable.import(keys, values);
    return hashTable;
  };
  const theirs = async () => (await importKeys()).clearAndClose();

  const asked = freshTokens(N, 5000, 3);
  const { runtime, layer } = await load();
  const hashTable = await importKeys();
  const found = await hashTable.find(tf.tensor1d(asked, 'string'), tf.scalar(-1, 'int32'));
  verify('TF.js HashTable', layer.transform({ id: asked }).data, await found.data(), 0);
  layer.dispose();
  runtime.dispose();
  hashTable.clearAndClose();

  const peer = 'TF.js HashTable.import';
  const times = await compare([
    { name: 'feature-columns', work: ours, repeat: 3, prepare: () => new Response(bytes, { headers: { 'content-length': String(bytes.length) } }) },
    { name: peer, work: theirs },
  ], { rounds });
  tf.dispose([keys, values, found]);
  return [result(2, `vocabulary of ${N.toLocaleString('en')} lines`, times, { targets: { [peer]: 100 } })];
}
