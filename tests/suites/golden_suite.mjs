// Random cases and refusals answered by TensorFlow 2.21, through the public API: as rows, as columns of typed arrays, as NDJSON,
// and as serialized tf.Examples. Values are compared bit for bit, but for the columns that a case lists as `close`.

/** Where this package answers on purpose what TensorFlow refuses, or gives rows that TensorFlow drops (docs/differences.md). */
export const OTHERWISE = [
  'sequence numeric: arrays', 'unsafe: empty row at the end', 'unsafe: all rows empty',
  'vocabulary: floats for an integer column', // 30.0 is 30 in JavaScript
];

/** Cases in each file: a file that has lost some is no proof. */
const FILES = { dense: 700, long: 150, sequence: 350, linear: 300, examples: 300, refusals: 155 };

export default async function (test, assert, fc, { sharedCases, verify: { parseCase, Tally, Verifier } }) {
  for (const [file, count] of Object.entries(FILES)) {
    const lines = await sharedCases(`${file}.jsonl.gz`);
    test(`${file}: TensorFlow's numbers, and its refusals`, async ({ skip }) => {
      if (!lines) return skip('the shared goldens are not here');
      const verifier = new Verifier();
      const tally = new Tally();
      const problems = [];
      for (const line of lines) {
        const golden = parseCase(line);
        if (OTHERWISE.includes(golden.what)) {
          tally.except();
          continue;
        }
        const result = await verifier.run(golden);
        tally.add(result);
        for (const { way, message } of result.problems) problems.push(`${golden.id} ${golden.what ?? ''} as ${way}: ${message}`);
      }
      verifier.dispose();
      if (problems.length > 0) throw new Error(`${problems.length} problems in ${lines.length} cases:\n${problems.slice(0, 20).join('\n')}`);
      assert.equal(tally.equal + tally.close, count - (file === 'refusals' ? OTHERWISE.length : 0));
      assert.ok(tally.equalFloats > tally.floats * 0.9, `${tally.equalFloats} of ${tally.floats} floats are equal bit for bit`);
    });
  }
}
