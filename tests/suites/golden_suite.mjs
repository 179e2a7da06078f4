// Random cases and refusals answered by TensorFlow 2.21, through the public API: as rows, as NDJSON, as columns of typed
// arrays, and as serialized tf.Examples. Values are compared bit for bit, but for the columns that a case lists as `close`.
const FAMILIES = ['dense', 'long', 'sequence', 'linear', 'examples'];

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const floatsOf = (base64) => new Float32Array(bytesOf(base64).buffer);

/** A `fetch` that answers from what `files` holds at the time, by the last part of the name. */
function memoryFetch() {
  const memory = { files: {} };
  memory.fetch = async (url) => {
    const name = decodeURIComponent(String(url).split('/').pop());
    const content = memory.files[name];
    return content === undefined ? new Response('', { status: 404 }) : new Response(bytesOf(content));
  };
  return memory;
}

/** Why two outputs differ, or undefined. */
function difference(output, expected) {
  const { shape, data: base64, columns, close, sequence_length: lengths } = expected;
  if (JSON.stringify(output.shape) !== JSON.stringify(shape)) return `shape [${output.shape}] is not [${shape}]`;
  const want = floatsOf(base64);
  const [wantBits, gotBits] = [new Int32Array(want.buffer), new Int32Array(output.data.buffer, output.data.byteOffset, output.data.length)];
  const width = shape[shape.length - 1];
  const slices = columns ?? [['*', 0, width]];
  if (columns && JSON.stringify(output.columns.map(({ name, offset, width: size }) => [name, offset, size])) !== JSON.stringify(columns)) return 'other columns';
  if (lengths && JSON.stringify([...output.sequenceLength]) !== JSON.stringify(lengths)) return `lengths ${output.sequenceLength} are not ${lengths}`;
  for (const [name, offset, size] of slices) {
    const indices = [];
    for (let row = 0; row * width < want.length; ++row) for (let i = 0; i < size; ++i) indices.push(row * width + offset + i);
    const largest = indices.reduce((most, i) => Math.max(most, Math.abs(want[i])), 0);
    for (const i of indices) {
      if (gotBits[i] === wantBits[i] || (Number.isNaN(want[i]) && Number.isNaN(output.data[i]))) continue;
      if (close?.includes(name) && Math.abs(output.data[i] - want[i]) <= 1e-6 * largest) continue;
      return `${name}: value ${i} is ${output.data[i]}, TensorFlow has ${want[i]}`;
    }
  }
  return undefined;
}

const valuesOf = (cell) => (cell !== null && typeof cell === 'object' && !Array.isArray(cell) ? cell.values : cell);
const depthOf = (cell) => (Array.isArray(cell) ? 1 + Math.max(0, ...cell.map(depthOf)) : 0);

const TYPED = { int64: BigInt64Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };
const typed = (values, dtype) => (dtype === 'string' ? values : dtype === 'int64' ? BigInt64Array.from(values, BigInt) : TYPED[dtype].from(values));
/** Nested arrays with bigints for int64, so that every integer has its dtype. */
const leaves = (value, dtype) => (Array.isArray(value) ? value.map((each) => leaves(each, dtype)) : dtype === 'int64' && value !== null && value !== undefined ? BigInt(value) : value);

function ragged(rows, dtype) {
  const rowSplits = [0];
  const flat = rows.flatMap((row) => (rowSplits.push(rowSplits[rowSplits.length - 1] + row.length), row));
  return { values: rows.some((row) => depthOf(row) > 1) ? ragged(flat, dtype) : typed(flat, dtype), rowSplits };
}

/** The rows of a case as a batch of columns, in the most exact form of each feature. */
function batchOf({ rows, dtypes }) {
  const batch = {};
  for (const [key, dtype] of Object.entries(dtypes)) {
    const cells = rows.map((row) => row[key]);
    if (rows.length > 0 && cells.every((cell) => cell === undefined)) continue;
    const sparse = cells.some((cell) => valuesOf(cell) !== cell);
    const present = cells.filter((cell) => cell !== undefined && cell !== null);
    if (sparse) batch[key] = ragged(cells.map((cell) => (cell === undefined || cell === null ? [] : [valuesOf(cell)].flat())), dtype);
    else if (present.length === cells.length && present.every((cell) => depthOf(cell) === 0)) batch[key] = typed(present, dtype);
    else batch[key] = leaves(cells.map((cell) => (present.length === 0 ? [] : cell)), dtype);
  }
  return batch;
}

/** JSON of a row, with the sign of zero that JSON.stringify drops. */
function jsonOf(value) {
  if (Array.isArray(value)) return `[${value.map(jsonOf)}]`;
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}:${jsonOf(each)}`)}}`;
  return Object.is(value, -0) ? '-0.0' : JSON.stringify(value);
}

const ndjsonOf = (rows) => new TextEncoder().encode(rows.map(jsonOf).join('\n'));

const FLOATS = { NaN, Infinity, '-Infinity': -Infinity };

/** A case. Python writes NaN and Infinity, which JSON has not. */
const parseCase = (line) =>
  JSON.parse(line.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, (token) => (token in FLOATS ? `{"$float":"${token}"}` : token)), (_, value) =>
    value !== null && typeof value === 'object' && '$float' in value ? FLOATS[value.$float] : value,
  );

/** The ways a case can be given, each with what makes its output. */
function waysOf(golden) {
  if (golden.examples) return { examples: (layer) => layer.transformExamples(golden.examples.map(bytesOf)) };
  return {
    rows: (layer) => layer.transformRows(golden.rows),
    columns: (layer) => layer.transform(batchOf(golden)),
    ...(golden.rows.length > 0 ? { ndjson: (layer) => layer.transformNdjson(ndjsonOf(golden.rows)) } : {}),
  };
}

export default async function (test, assert, fc, { sharedCases }) {
  for (const family of FAMILIES) {
    const lines = await sharedCases(`${family}.jsonl.gz`);
    test(`${family}: TensorFlow's numbers`, async ({ skip }) => {
      if (!lines) return skip('the shared goldens are not here');
      const memory = memoryFetch();
      const runtime = await fc.createRuntime({ fetch: memory.fetch });
      const problems = [];
      for (const line of lines) {
        const golden = parseCase(line);
        memory.files = golden.files;
        const layer = await runtime.load(golden.spec).catch((error) => {
          problems.push(`${golden.id}: ${error.message}`);
        });
        if (!layer) continue;
        for (const [way, run] of Object.entries(waysOf(golden))) {
          try {
            const output = run(layer);
            const problem = golden.error ? `gave an output, TensorFlow says ${golden.error.message}` : difference(output, golden.expected);
            if (problem) problems.push(`${golden.id} as ${way}: ${problem}`);
          } catch (error) {
            if (!(error instanceof fc.FeatureColumnError) || !golden.error) problems.push(`${golden.id} as ${way}: ${error.stack}`);
          }
        }
        layer.dispose();
        if (runtime.stats().liveObjects !== 0) problems.push(`${golden.id}: something is left: ${JSON.stringify(runtime.stats())}`);
      }
      runtime.dispose();
      if (problems.length > 0) throw new Error(`${problems.length} of ${lines.length} cases:\n${problems.slice(0, 20).join('\n')}`);
    });
  }

  // Where this package answers on purpose what TensorFlow refuses, or the other way round (design: api.md, "Batches").
  const OTHERWISE = new Set([
    'sequence numeric: arrays', 'unsafe: empty row at the end', 'unsafe: all rows empty',
    'vocabulary: floats for an integer column', // 30.0 is 30 in JavaScript
  ]);
  // A number of JavaScript is an integer or a float as the column wants; a column of bigints is refused.
  const NUMBERS_IN_ROWS = new Set(['weighted: integer weights for a float column']);

  const refusals = await sharedCases('refusals.jsonl.gz');
  test('refusals: what TensorFlow refuses is refused, and what it takes gives its numbers', async ({ skip }) => {
    if (!refusals) return skip('the shared goldens are not here');
    const memory = memoryFetch();
    const runtime = await fc.createRuntime({ fetch: memory.fetch });
    const problems = [];
    for (const line of refusals) {
      const golden = parseCase(line);
      if (OTHERWISE.has(golden.what)) continue;
      memory.files = golden.files;
      const { rows, columns } = waysOf(golden);
      const ways = NUMBERS_IN_ROWS.has(golden.what) ? { columns } : { rows, columns };
      for (const [way, run] of Object.entries(ways)) {
        let layer;
        let answer;
        const tell = (problem) => problems.push(`${golden.what} as ${way}: ${problem}`);
        try {
          layer = await runtime.load(golden.spec);
          answer = run(layer);
        } catch (error) {
          if (!(error instanceof fc.FeatureColumnError)) tell(error.stack);
          else if (!golden.error) tell(`refused: ${error.message}`);
          else if (error.code === 'internal') tell(error.message);
        }
        if (answer && golden.error) tell(`taken, TensorFlow says ${golden.error.message.slice(0, 100)}`);
        const problem = answer && golden.expected && difference(answer, golden.expected);
        if (problem) tell(problem);
        layer?.dispose();
        if (runtime.stats().liveObjects !== 0) tell(`something is left: ${JSON.stringify(runtime.stats())}`);
      }
    }
    runtime.dispose();
    if (problems.length > 0) throw new Error(`${problems.length} of ${refusals.length} cases:\n${problems.join('\n')}`);
  });
}
