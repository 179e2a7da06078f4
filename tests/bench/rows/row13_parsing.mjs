// Row 13: serialized tf.Examples and NDJSON to columns. Ours is the whole transform (it parses, checks, maps and looks up), and then the
// parser of the core alone, in wasm and natively, which ends where the peers do: they parse with protobufjs and JSON.parse and put the
// values into one array a feature. simdjson, natively and on demand, tells what the fastest parser there is needs for the same columns.
import { compare, random, result, verify } from '../harness.mjs';
import { packUtf8, token } from '../data.mjs';
import { bytesList, encodeExample, Example } from '../peers/examples.mjs';
import { parsingInWasm, parsingNatively } from '../peers/parsing.mjs';

const ROWS = 2000;
const IDS = 20, FLOATS = 8, WORDS = 4;
const BUCKETS = 1000;

/** As the core's programs read them: u32 count, u32 offsets[count + 1], the bytes. */
function packExamples(examples) {
  const offsets = new Uint32Array(examples.length + 1);
  examples.forEach(({ length }, row) => (offsets[row + 1] = offsets[row] + length));
  return packUtf8({ bytes: Buffer.concat(examples), offsets });
}

export async function run(fc, { rounds }) {
  const next = random(7);
  const rows = Array.from({ length: ROWS }, () => ({
    id: Array.from({ length: IDS }, () => Math.floor(next() * BUCKETS)),
    x: Array.from({ length: FLOATS }, () => Math.fround(next() * 4 - 2)),
    word: Array.from({ length: WORDS }, () => token(Math.floor(next() * 1e6))),
  }));
  const examples = rows.map(({ id, x, word }) => encodeExample({ id: { int64_list: { value: id } }, x: { float_list: { value: x } }, word: bytesList(word) }));
  const ndjson = new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join('\n'));

  const runtime = await fc.createRuntime();
  const table = Float32Array.from({ length: BUCKETS }, (_, i) => i);
  const one = (column) => fc.embeddingColumn(column, { dimension: 1, combiner: 'sum', table: { data: table } });
  const layer = await runtime.denseFeatures([
    one(fc.categoricalColumnWithIdentity('id', { numBuckets: BUCKETS })), one(fc.categoricalColumnWithHashBucket('word', { hashBucketSize: BUCKETS })), fc.numericColumn('x', { shape: [FLOATS] }),
  ]);

  /** Columns of plain values, as a caller would hand them on. */
  const columns = () => ({ id: new Int32Array(ROWS * IDS), x: new Float32Array(ROWS * FLOATS), word: new Array(ROWS * WORDS) });
  const decoder = new TextDecoder();
  const withProtobuf = () => {
    const { id, x, word } = columns();
    examples.forEach((bytes, row) => {
      const { feature } = Example.decode(bytes).features;
      feature.id.int64_list.value.forEach((value, i) => (id[row * IDS + i] = Number(value)));
      feature.x.float_list.value.forEach((value, i) => (x[row * FLOATS + i] = value));
      feature.word.bytes_list.value.forEach((value, i) => (word[row * WORDS + i] = decoder.decode(value)));
    });
    return { id, x, word };
  };
  const withJson = () => {
    const { id, x, word } = columns();
    decoder.decode(ndjson).split('\n').forEach((line, row) => {
      const parsed = JSON.parse(line);
      parsed.id.forEach((value, i) => (id[row * IDS + i] = value));
      parsed.x.forEach((value, i) => (x[row * FLOATS + i] = value));
      parsed.word.forEach((value, i) => (word[row * WORDS + i] = value));
    });
    return { id, x, word };
  };

  const even = (each) => Uint32Array.from({ length: ROWS + 1 }, (_, i) => i * each);
  const fromColumns = ({ id, x, word }) => {
    const nested = Array.from({ length: ROWS }, (_, row) => x.subarray(row * FLOATS, row * FLOATS + FLOATS));
    return layer.transform({ id: { values: id, rowSplits: even(IDS) }, word: { values: word, rowSplits: even(WORDS) }, x: nested }).data;
  };
  verify('protobufjs', layer.transformExamples(examples).data, fromColumns(withProtobuf()), 0);
  verify('JSON.parse', layer.transformNdjson(ndjson).data, fromColumns(withJson()), 0);

  const units = { unit: 'µs/row', scale: 1000 / ROWS };
  const protos = await compare([
    { name: 'feature-columns', work: () => layer.transformExamples(examples), repeat: 10 }, { name: 'protobufjs', work: withProtobuf },
  ], { rounds });
  const lines = await compare([
    { name: 'feature-columns', work: () => layer.transformNdjson(ndjson), repeat: 10 }, { name: 'JSON.parse', work: withJson, repeat: 3 },
  ], { rounds });
  layer.dispose();
  runtime.dispose();

  const packed = packExamples(examples);
  const core = await parsingInWasm(packed, ndjson);
  const native = await parsingNatively(packed, ndjson, core.digests);
  const natively = (name, format) => ({ name, work: () => native.run(format, 10), calls: 10 });
  const alone = async (format, ...peers) => compare([{ name: 'core alone', work: () => core.run(format), repeat: 10 }, natively('native', format), ...peers], { rounds });
  const protosAlone = await alone('examples', { name: 'protobufjs', work: withProtobuf });
  const linesAlone = await alone('ndjson', { name: 'JSON.parse', work: withJson, repeat: 3 }, ...(native.hasSimdjson ? [natively('simdjson, native', 'simdjson')] : []));
  native.end();
  const speed = (bytes, { min }) => `${(bytes / min / 1e6).toFixed(2)} GB/s, ${(bytes / ROWS).toFixed(0)} bytes a row`;
  return [
    result(13, 'tf.Examples to vectors, against examples to columns', protos, { ...units, targets: { protobufjs: 40 } }),
    result(13, 'NDJSON to vectors, against NDJSON to columns', lines, { ...units, targets: { 'JSON.parse': 10 } }),
    result(13, 'tf.Examples to columns, the core alone', protosAlone, { ...units, ours: 'core alone', targets: { protobufjs: 40 }, note: speed(packed.length, protosAlone['core alone']) }),
    result(13, 'NDJSON to columns, the core alone', linesAlone, { ...units, ours: 'core alone', targets: { 'JSON.parse': 10 }, note: speed(ndjson.length, linesAlone['core alone']) }),
  ];
}
