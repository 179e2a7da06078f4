// Tables of fewer bits answer, bit for bit, as the float32 table of the widened numbers does: in every way of asking.
import { BASE, memoryServer } from './memory_server.mjs';
import { concatBytes } from './tensor_bundle.mjs';

const ROWS = 9;
const ODD = 7; // int4 leaves half a byte

function random(seed) {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

/** A .safetensors file of one table in a format, and its numbers as float32, both by plain arithmetic. */
function narrow(format, dimension) {
  const next = random(dimension + format.length);
  const scales = Float32Array.from({ length: ROWS }, () => next() / 50);
  const biases = Float32Array.from({ length: ROWS }, () => next() - 0.5);
  const wide = new Float32Array(ROWS * dimension);
  const tensors = [];
  if (format === 'float16' || format === 'bfloat16') {
    const codes = new Uint16Array(wide.length);
    for (let i = 0; i < codes.length; ++i) {
      const sign = next() < 0.5 ? -1 : 1;
      const fraction = Math.floor(next() * (format === 'float16' ? 1024 : 128));
      const exponent = Math.floor(next() * 6); // 0: a subnormal half
      if (format === 'float16') {
        codes[i] = (sign < 0 ? 0x8000 : 0) | ((exponent === 0 ? 0 : exponent + 10) << 10) | fraction;
        wide[i] = sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 5));
      } else {
        codes[i] = (sign < 0 ? 0x8000 : 0) | ((exponent + 120) << 7) | fraction;
        wide[i] = sign * (1 + fraction / 128) * 2 ** (exponent - 7);
      }
    }
    tensors.push(['t', format === 'float16' ? 'F16' : 'BF16', [ROWS, dimension], codes]);
  } else {
    const width = format === 'int8' ? dimension : Math.ceil(dimension / 2);
    const codes = new Uint8Array(ROWS * width);
    for (let i = 0; i < wide.length; ++i) {
      const row = Math.floor(i / dimension);
      const column = i % dimension;
      const q = format === 'int8' ? Math.floor(next() * 256) - 128 : Math.floor(next() * 16);
      if (format === 'int8') codes[row * width + column] = q;
      else codes[row * width + (column >> 1)] |= q << ((column & 1) * 4);
      wide[i] = Math.fround(Math.fround(q * scales[row]) + biases[row]);
    }
    tensors.push(['t', format === 'int8' ? 'I8' : 'U8', [ROWS, width], codes], ['t.scale', 'F32', [ROWS], scales], ['t.bias', 'F32', [ROWS], biases]);
  }
  let at = 0;
  const header = format.startsWith('int') ? { __metadata__: { 'feature_columns.quantised:t': JSON.stringify({ format, dimension }) } } : {};
  for (const [name, dtype, shape, { byteLength }] of tensors) header[name] = { dtype, shape, data_offsets: [at, (at += byteLength)] };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return { wide, file: concatBytes(length, text, ...tensors.map(([, , , { buffer }]) => new Uint8Array(buffer))) };
}

export default function (test, assert, fc) {
  const bits = (data) => [...new Uint32Array(data.buffer, data.byteOffset, data.length)];
  const id = () => fc.categoricalColumnWithIdentity('id', { numBuckets: ROWS });
  const ragged = { id: [[0, 3, 8], [], [5], [2, 2, 1, 7, 6, 4, 0, 8, 3, 5, 1], [8, 8]] };
  const weighted = { ...ragged, weight: ragged.id.map((row) => row.map((value) => value / 4 - 0.3)) };
  const rowsOf = ({ id: ids, weight }) => ids.map((row, i) => (weight ? { id: row, weight: weight[i] } : { id: row }));

  /** Runs `check(narrow, wide)` with a column's layer over both tables. */
  async function both(format, dimension, options, categorical, check) {
    const { wide, file } = narrow(format, dimension);
    const runtime = await fc.createRuntime({ fetch: memoryServer({ 't.safetensors': file }).fetch, baseUrl: BASE, retries: 0 });
    const layer = (table) => runtime.denseFeatures([fc.embeddingColumn(categorical, { dimension, ...options, table })]);
    const [first, second] = [await layer({ url: 't.safetensors' }), await layer({ data: wide })];
    await check(first, second);
    first.dispose();
    second.dispose();
    assert.equal(runtime.stats().liveObjects, 0);
    runtime.dispose();
  }

  for (const format of ['float16', 'bfloat16', 'int8', 'int4']) {
    test(`${format}: every combiner, weights, clipping, with and without the safe lookup`, async () => {
      for (const dimension of [1, ODD, 8, 33]) {
        for (const combiner of ['mean', 'sqrtn', 'sum']) {
          for (const maxNorm of [undefined, 0.75]) {
            for (const useSafeEmbeddingLookup of [true, false]) {
              const options = { combiner, useSafeEmbeddingLookup, ...(maxNorm && { maxNorm }) };
              for (const [column, batch] of [[id(), ragged], [fc.weightedCategoricalColumn(id(), { weightFeatureKey: 'weight' }), weighted]]) {
                await both(format, dimension, options, column, (first, second) => {
                  const what = JSON.stringify({ dimension, ...options, weights: batch === weighted });
                  assert.deepEqual(bits(first.transform(batch).data), bits(second.transform(batch).data), what);
                });
              }
            }
          }
        }
      }
    });

    test(`${format}: explain says the same numbers at every step`, async () => {
      for (const useSafeEmbeddingLookup of [true, false]) {
        const options = { combiner: 'sqrtn', maxNorm: 0.75, useSafeEmbeddingLookup };
        const column = fc.weightedCategoricalColumn(id(), { weightFeatureKey: 'weight' });
        await both(format, ODD, options, column, (first, second) => {
          for (const row of rowsOf(weighted)) {
            const [ours, theirs] = [first.explain(row), second.explain(row)];
            const text = JSON.stringify(ours).replace(`"table":"${BASE}t.safetensors"`, '"table":"id_weighted_by_weight_embedding"');
            assert.equal(text, JSON.stringify(theirs));
            assert.ok(text.includes(row.id.length > 0 ? '"vector":[' : '"bags"'), text);
          }
        });
      }
    });

    test(`${format}: an id out of range is refused in the same words`, async () => {
      const hashed = (useSafeEmbeddingLookup) => both(format, 8, { useSafeEmbeddingLookup }, id(), (first, second) => {
        const errorOf = (layer, ids) => {
          try {
            layer.transform({ id: ids });
          } catch (error) {
            return [error.code, error.message, error.row, error.value];
          }
          throw new Error(`${ids} were taken`);
        };
        for (const ids of [[0, ROWS], [ROWS + 5], ...(useSafeEmbeddingLookup ? [] : [[-3, 0]])]) {
          assert.deepEqual(errorOf(first, ids), errorOf(second, ids));
          assert.equal(errorOf(first, ids)[0], 'out_of_range');
        }
      });
      await hashed(true);
      await hashed(false);
    });
  }
}
