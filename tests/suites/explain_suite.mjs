// explain and coverage: what explain says adds up to what transform gives, bit for bit, over TensorFlow's golden cases; what
// coverage counts.

const f = Math.fround;
const same = (a, b) => a.length === b.length && [...a].every((value, i) => Object.is(f(value), f(b[i])));

// --- TensorFlow's order of additions (embedding_lookup_sparse), written again from its rule

/** SparseSegmentSum: a first group of n mod 8 rows (8 for 0, 9 for 1), then groups of eight, each summed before it is added. */
function sumRows(rows, at) {
  const n = rows.length, rest = n % 8;
  const first = Math.min(n, rest === 0 ? 8 : rest === 1 && n > 1 ? 9 : rest);
  let sum = rows[0][at];
  for (let k = 1; k < first; ++k) sum = f(sum + rows[k][at]);
  for (let k = first; k < n; k += 8) {
    let group = rows[k][at];
    for (let j = 1; j < 8; ++j) group = f(group + rows[k + j][at]);
    sum = f(sum + group);
  }
  return sum;
}

/** SegmentSum of products; from 16 rows on, whole packets of eight columns keep four sums. */
function sumWeighted(rows, weights, at) {
  const n = rows.length, product = (k) => f(rows[k][at] * weights[k]);
  if (n === 1) return product(0);
  let sum = 0, k = 0;
  if (n >= 16 && at < Math.floor(rows[0].length / 8) * 8) {
    const sums = [0, 0, 0, 0];
    for (; k + 4 <= n; k += 4) for (let i = 0; i < 4; ++i) sums[i] = f(sums[i] + product(k + i));
    sum = f(f(f(sums[0] + sums[1]) + sums[2]) + sums[3]);
  }
  for (; k < n; ++k) sum = f(sum + product(k));
  return sum;
}

function combined({ entries, finish, by }, dimension) {
  const kept = entries.filter(({ dropped }) => dropped === undefined);
  if (finish === 'zero') return new Array(dimension).fill(0);
  const rows = kept.map(({ vector, clipped }) => clipped ?? vector);
  const weights = kept.every(({ weight }) => weight !== undefined) ? kept.map(({ weight }) => weight) : undefined;
  return Array.from({ length: dimension }, (_, at) => {
    const sum = weights ? sumWeighted(rows, weights, at) : sumRows(rows, at);
    return finish === 'keep' ? sum : finish === 'multiply' ? f(sum * by) : f(sum / by);
  });
}

/** Checks the arithmetic that an explanation tells, down to the ids; answers how many facts were checked. */
function checkColumn(assert, column, values, width) {
  let checked = 0;
  const check = (ok, what) => (++checked, assert.ok(ok, `${column.name}: ${what}`));
  if (column.bags && values) {
    const made = column.bags.flatMap((bag) => combined(bag, width));
    check(same(made, values), `the bags make [${made}], the output is [${values}]`);
  }
  if (column.counted && values && !column.categoricalColumn.steps) {
    const counts = new Array(width).fill(0);
    for (const { id, weight = 1, dropped } of column.counted) if (dropped === undefined) counts[id] = f(counts[id] + weight);
    check(same(counts, values), `counting makes [${counts}], the output is [${values}]`);
  }
  for (const value of Array.isArray(column.values) ? column.values : []) {
    if (value?.hash !== undefined) check(value.hash % BigInt(value.modulus) + BigInt(value.offset ?? 0) === BigInt(value.id), `the hash of ${value.value}`);
  }
  for (const { hash, id } of column.crosses ?? []) check(hash % BigInt(column.modulus) === BigInt(id), 'the hash of a cross');
  if (column.boundaries && column.type === 'bucketized_column' && values) {
    const depth = column.boundaries.length + 1, oneHot = new Array(width).fill(0);
    column.buckets.forEach((bucket, i) => (oneHot[i * depth + bucket] = 1));
    check(same(oneHot, values), 'the one-hot of its buckets');
  }
  for (const inner of [column.categoricalColumn, column.sourceColumn, ...(column.keys ?? [])]) {
    if (inner?.type !== undefined) checked += checkColumn(assert, inner, undefined, 0);
  }
  return checked;
}

function checkLayer(assert, layer, row) {
  let output, problem;
  try {
    output = layer.transformRows([row]);
  } catch (error) {
    problem = error;
  }
  if (problem) {
    // What refuses a row in the lookup itself is told by the entry that has no vector.
    let explanation;
    try {
      explanation = layer.explain(row);
    } catch (error) {
      assert.equal(error.code, problem.code, `${error.message}\n${problem.message}`);
      return 0;
    }
    assert.fail(`transform refused the row (${problem.message}), explain gave ${JSON.stringify(explanation, (_, v) => (typeof v === 'bigint' ? String(v) : v)).slice(0, 500)}`);
  }
  const explanation = layer.explain(row);
  let checked = 0;
  if (layer.kind === 'linear_model') {
    assert.ok(same(explanation.values, output.data), `the model gives ${output.data}, explained as ${explanation.values}`);
    const summed = explanation.values.map((_, unit) => f(sumRows(explanation.columns.map(({ values }) => values), unit) + explanation.bias[unit]));
    assert.ok(same(summed, output.data), `the columns and the bias make ${summed}, the model gives ${output.data}`);
    for (const { bag, inputs, values, column } of explanation.columns) {
      if (bag) assert.ok(same(combined(bag, values.length), values), `${column.name}: its bag`);
      checked += 1 + checkColumn(assert, column, inputs, inputs?.length ?? 0);
    }
    return checked;
  }
  const width = layer.width, steps = layer.kind === 'sequence_features' ? output.shape[1] : 1;
  for (const { offset, width: own, values, column } of explanation.columns) {
    const slice = Array.from({ length: steps }, (_, step) => [...output.data.subarray(step * width + offset, step * width + offset + own)]).flat();
    assert.ok(same(values, slice), `${column.name}: explained as [${values}], the output is [${slice}]`);
    checked += 1 + checkColumn(assert, column, values, own);
  }
  return checked;
}

export default async function (test, assert, fc, { sharedCases, verify: { parseCase } }) {
  for (const [file, every] of Object.entries({ dense: 4, long: 10, sequence: 3, linear: 3 })) {
    const lines = await sharedCases(`${file}.jsonl.gz`);
    test(`${file}: explanations add up to the output`, async ({ skip }) => {
      if (!lines) return skip('the shared goldens are not here');
      let files = {};
      const runtime = await fc.createRuntime({
        fetch: async (url) => {
          const content = files[decodeURIComponent(String(url).split('/').pop())];
          return content === undefined ? new Response('', { status: 404 }) : new Response(Uint8Array.from(atob(content), (c) => c.charCodeAt(0)));
        },
      });
      let checked = 0;
      for (let i = 0; i < lines.length; i += every) {
        const golden = parseCase(lines[i]);
        if (!golden.rows || golden.error) continue;
        ({ files } = golden);
        const layer = await runtime.load(golden.spec);
        // A feature that this row does not have is one that another row has: an empty row, which must be said.
        for (const row of golden.rows.slice(0, 4)) {
          const keys = new Set(golden.rows.flatMap(Object.keys));
          const whole = Object.fromEntries([...keys].map((key) => [key, row[key] ?? null]));
          try {
            checked += checkLayer(assert, layer, whole);
          } catch (error) {
            throw new Error(`${golden.id}: ${error.message}`, { cause: error });
          }
        }
        layer.dispose();
      }
      assert.equal(runtime.stats().liveObjects, 0);
      runtime.dispose();
      assert.ok(checked > 100, `${checked} facts were checked`);
    });
  }

  const vocabulary = (key, o = {}) => fc.categoricalColumnWithVocabularyList(key, { vocabularyList: ['a', 'b'], ...o });

  test('explain: integers keep all their digits, floats their bits, hashes theirs', async () => {
    const layer = await fc.denseFeatures([
      fc.indicatorColumn(fc.categoricalColumnWithHashBucket('id', { hashBucketSize: 3, dtype: 'int64' })), fc.numericColumn('x'), fc.numericColumn('nan'),
    ]);
    const { columns } = layer.explain({ id: 9007199254740993n, x: 0.1, nan: NaN });
    assert.deepEqual(columns[0].column.categoricalColumn.values[0].value, 9007199254740993n);
    assert.equal(typeof columns[0].column.categoricalColumn.values[0].hash, 'bigint');
    assert.equal(columns[0].column.categoricalColumn.values[0].bytes, [...'9007199254740993'].map((digit) => `3${digit}`).join('')); // decimals as text
    assert.deepEqual(columns[1].values, [NaN]);
    assert.deepEqual(columns[2].values, [f(0.1)]);
    assert.deepEqual(columns[2].column.values, [0.1]);
    layer.dispose();
  });

  test('explain: NDJSON; more than one row is refused; an id without a row is refused as by transform', async () => {
    const layer = await fc.denseFeatures([fc.embeddingColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 2 }), { dimension: 1, table: { data: Float32Array.of(1, 2) } })]);
    const utf8 = (text) => new TextEncoder().encode(text);
    assert.deepEqual(layer.explain(utf8('{"id": [0, 1]}')).columns[0].values, [1.5]);
    assert.throws(() => layer.explain(utf8('{"id": 0}\n{"id": 1}')), { code: 'invalid_row' });
    assert.throws(() => layer.explain({ id: 2 }), { code: 'out_of_range' });
    layer.dispose();
    assert.throws(() => layer.explain({ id: 0 }), { code: 'disposed' });
  });

  test('coverage: missing, out of vocabulary, out of range, NaN; the most frequent first', async () => {
    const layer = await fc.denseFeatures([
      fc.indicatorColumn(vocabulary('word')), fc.indicatorColumn(vocabulary('kept', { numOovBuckets: 2 })),
      fc.indicatorColumn(fc.categoricalColumnWithIdentity('id', { numBuckets: 3 })), fc.indicatorColumn(fc.categoricalColumnWithIdentity('other', { numBuckets: 3, defaultValue: 0 })),
      fc.numericColumn('x'),
    ]);
    const rows = [
      { word: ['a', 'q', ''], kept: 'z', id: [1, 3, -1], other: 7, x: 1 },
      { word: ['r', 'q', null], kept: 'b', id: [], other: 2, x: NaN },
    ];
    const { rows: count, columns } = layer.coverage(rows, { top: 1 });
    assert.equal(count, 2);
    const by = Object.fromEntries(columns.map((column) => [column.name, column]));
    const { word, kept, id, other, x } = by;
    assert.deepEqual([word.values, word.missing, word.outOfVocabulary, word.emptyRows, word.distinctUnknown], [6, 2, 3, 0, 2]);
    assert.deepEqual(word.unknown, [{ value: 'q', count: 2 }]);
    assert.deepEqual([kept.outOfVocabulary, kept.unknown], [1, [{ value: 'z', count: 1 }]]);
    assert.deepEqual([id.missing, id.outOfRange, id.emptyRows, id.unknown], [1, 1, 1, [{ value: 3, count: 1 }]]);
    assert.deepEqual([other.outOfRange, other.unknown], [1, [{ value: 7, count: 1 }]]);
    assert.deepEqual([x.notANumber, x.missing], [1, 0]);
    assert.deepEqual(layer.coverage(new TextEncoder().encode('{"word":["a","q",""],"kept":"z","id":[1,3,-1],"other":7,"x":1}')).columns.map(({ outOfVocabulary }) => outOfVocabulary).reduce((a, b) => a + b), 2);
    assert.deepEqual(layer.coverage({ word: ['q'] }).columns.find(({ name }) => name === 'x').emptyRows, 1);
    assert.throws(() => layer.coverage(rows, { top: -1 }), { code: 'invalid_argument' });
    layer.dispose();
  });

  test('coverage: a feature that several columns read in one way is counted once; keys of a cross are', async () => {
    const layer = await fc.denseFeatures([
      fc.indicatorColumn(vocabulary('w')), fc.embeddingColumn(vocabulary('w'), { dimension: 1, table: { data: Float32Array.of(1, 2) } }),
      fc.indicatorColumn(fc.crossedColumn(['w', 'k'], { hashBucketSize: 4 })),
    ]);
    const { columns } = layer.coverage({ w: ['a', 'x'], k: [['p'], []] });
    assert.deepEqual(columns.map(({ type, name }) => `${type} ${name}`).sort(), ['categorical_column_with_vocabulary_list w', 'crossed_column k', 'crossed_column w']);
    assert.equal(columns.find(({ name }) => name === 'k').emptyRows, 1);
    layer.dispose();
  });
}
