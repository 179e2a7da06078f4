/** `feature-columns verify`: cases with TensorFlow's answers, run and compared bit for bit. */
import { FeatureColumnError } from 'feature-columns';
import { parseCase, Tally, Verifier } from '../verify/index.js';
import { CUTTERS, openSource, rowBatches } from './source.js';
import { helpOf, optionsOf, UsageError } from './usage.js';

const decoder = new TextDecoder();

/** Cases by name or id that are left out, and whether each was met. */
class Exceptions {
  private readonly met = new Set<string>();

  constructor(private readonly names: readonly string[]) {}

  take(...names: (string | undefined)[]): boolean {
    const found = this.names.find((name) => names.includes(name));
    if (found !== undefined) this.met.add(found);
    return found !== undefined;
  }

  get unmet(): readonly string[] {
    return this.names.filter((name) => !this.met.has(name));
  }
}

async function verifyFile(file: string, verifier: Verifier, exceptions: Exceptions): Promise<Tally> {
  const tally = new Tally();
  const { chunks } = await openSource(file);
  for await (const { bytes, first } of rowBatches(chunks, CUTTERS.ndjson, 1)) {
    let golden;
    try {
      golden = parseCase(decoder.decode(bytes));
    } catch (error) {
      if (!(error instanceof FeatureColumnError)) throw error;
      throw new FeatureColumnError(error.code, `${file}, case ${first + 1}: ${error.message}`, { cause: error });
    }
    if (exceptions.take(golden.id, golden.what)) tally.except();
    else tally.add(await verifier.run(golden));
  }
  if (tally.cases === 0) throw new FeatureColumnError('invalid_argument', `${file} has no case in it`);
  return tally;
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

function reportLines(name: string, tally: Tally): string[] {
  const { cases, equal, close, different, excepted, refusals, floats, equalFloats, largestUlps, firstDifference } = tally;
  const counts = [`${equal} equal`, ...(close > 0 ? [`${close} within the tolerance`] : []), `${different} different`, ...(excepted > 0 ? [`${excepted} left out`] : [])];
  const lines = [
    `${name}: ${plural(cases, 'case')}: ${counts.join(', ')}${refusals > 0 ? ` (${plural(refusals, 'refusal')} among them)` : ''}; ` +
      `${equalFloats} of ${plural(floats, 'float')} bit for bit${largestUlps > 0 ? `, largest distance ${largestUlps} ulp` : ''}`,
  ];
  if (firstDifference) lines.push(`  first difference: ${firstDifference.id}${firstDifference.what === undefined ? '' : ` (${firstDifference.what})`}${firstDifference.way ? ` as ${firstDifference.way}` : ''}: ${firstDifference.message}`);
  return lines;
}

/** For programs. JSON has no NaN and Infinity: they are strings that Number() reads. */
const jsonText = (value: unknown) => JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' && !Number.isFinite(part) ? String(part) : part));

export async function verify(args: readonly string[]): Promise<void> {
  const { values, positionals: files } = optionsOf('verify', args);
  if (values.help) return void process.stdout.write(helpOf('verify'));
  if (files.length === 0) throw new UsageError('verify takes files of cases');
  const tolerance = Number(values.tolerance ?? '0');
  if (!/^[\d.]/.test(values.tolerance ?? '0') || !(tolerance >= 0 && tolerance < 1)) throw new UsageError(`--tolerance takes a number of at least 0 and below 1, such as 1e-6, not "${values.tolerance}"`);
  const exceptions = new Exceptions(values.except ?? []);
  const all = new Tally();
  const reports: object[] = [];
  const verifier = new Verifier(tolerance);
  try {
    for (const file of files) {
      const tally = await verifyFile(file, verifier, exceptions);
      all.join(tally);
      reports.push({ file, ...tally });
      if (!values.json) process.stdout.write(`${reportLines(file, tally).join('\n')}\n`);
    }
  } finally {
    verifier.dispose();
  }
  if (exceptions.unmet.length > 0) throw new UsageError(`--except: there is no case "${exceptions.unmet.join('", "')}"`);
  if (all.excepted === all.cases) throw new UsageError('--except leaves out every case: there is nothing to verify');
  if (values.json) process.stdout.write(`${jsonText({ files: reports, all })}\n`);
  else if (files.length > 1) process.stdout.write(`${reportLines('all', all)[0]}\n`);
  if (all.different > 0) process.exitCode = 1;
}
