// Row 7: hash buckets (Fingerprint64 modulo a size) of UTF-8 bytes and of JavaScript strings, against TF.js' kernel for the same.
// A column gives no bare ids: through the API each bucket is also looked up in a table of one float a row. The core alone does what the peer
// does, of keys that are in the module's memory already; "Fingerprint64 alone" is its floor, "its strings encoded" that of JavaScript's strings.
import { compare, result, verify } from '../harness.mjs';
import { encodeJoined, evenSplits, freshTokens, packUtf8, utf8Of } from '../data.mjs';
import { hashInWasm, loadTfjs } from '#peers';

const COUNT = 20_000;
const BUCKETS = 100_003;

export async function run(fc, { rounds }) {
  const runtime = await fc.createRuntime();
  const table = Float32Array.from({ length: BUCKETS }, (_, i) => i);
  const column = fc.categoricalColumnWithHashBucket('id', { hashBucketSize: BUCKETS });
  const layer = await runtime.denseFeatures([fc.embeddingColumn(column, { dimension: 1, table: { data: table } })]);
  const out = new Float32Array(COUNT);

  const { tf } = await loadTfjs('cpu');
  const theirs = (strings) => tf.tidy(() => tf.string.stringToHashBucketFast(tf.tensor1d(strings, 'string'), BUCKETS).dataSync());
  const ours = (strings) => layer.transform({ id: strings }, { out }).data;

  const splits = evenSplits(COUNT, 1);
  const fromBytes = (values) => layer.transform({ id: { values, rowSplits: splits } }, { out }).data;

  let seed = 1;
  const keys = freshTokens(1e6, COUNT, seed++);
  const wanted = theirs(keys);
  verify('TF.js, strings', ours(keys), wanted, 0);
  verify('TF.js, bytes', fromBytes(utf8Of(keys)), wanted, 0);

  const peer = { name: 'TF.js stringToHashBucketFast', work: ({ strings }) => theirs(strings) };
  const prepare = () => {
    const strings = freshTokens(1e6, COUNT, seed++);
    return { strings, values: utf8Of(strings) };
  };
  const core = await hashInWasm?.(COUNT * 32);
  if (core) {
    core.fill(packUtf8(utf8Of(keys)));
    verify('the core alone', core.ids(core.buckets(BUCKETS), COUNT), wanted, 0);
  }
  const floor = core && { name: 'Fingerprint64 alone, in wasm', prepare: (input) => core.fill(packUtf8(input.values)), work: core.hash, repeat: 5 };
  const encoded = { name: 'its strings encoded', work: ({ strings }) => encodeJoined(strings), repeat: 5 };
  const units = { unit: 'ns/string', scale: 1e6 / COUNT };
  const bytes = await compare([{ name: 'feature-columns', work: ({ values }) => fromBytes(values), repeat: 5 }, peer], { rounds, prepare });
  const strings = await compare([{ name: 'feature-columns', work: (input) => ours(input.strings), repeat: 5 }, peer, encoded], { rounds, prepare });
  const alone = core && (await compare([{ name: 'core alone', prepare: (input) => core.fill(packUtf8(input.values)), work: () => core.buckets(BUCKETS), repeat: 5 }, peer, floor], { rounds, prepare }));
  layer.dispose();
  runtime.dispose();
  return [
    ...(alone ? [result(7, 'hash bucket of UTF-8 bytes, the core alone', alone, { ...units, ours: 'core alone', targets: { [peer.name]: 400 } })] : []),
    result(7, 'hash bucket of UTF-8 bytes, the API', bytes, { ...units }),
    result(7, 'hash bucket of JS strings, the API', strings, { ...units, targets: { [peer.name]: 100 } }),
  ];
}
