/** Runs cases through the public API, in every way that they can be given. */
import { createRuntime, FeatureColumnError, type AnyLayer, type Fetch, type RuntimeStats } from 'feature-columns';
import { compareOutput, type FloatDifference } from './comparison.js';
import { bytesOf, type GoldenCase } from './golden_case.js';
import { hasDtypes, runCase, waysOf, type Way } from './ways.js';

/** What is wrong with a case. */
export interface CaseProblem {
  /** In which way it was given; not there where the layer could not be made. */
  readonly way?: Way;
  readonly message: string;
  readonly difference?: FloatDifference;
}

export interface CaseResult {
  readonly id: string;
  readonly what?: string;
  /** `close`: not bit for bit, but within the tolerance. */
  readonly outcome: 'equal' | 'close' | 'different';
  /** It must be refused. */
  readonly refusal: boolean;
  /** Of one way: the one with the fewest equal floats. */
  readonly floats: number;
  readonly equalFloats: number;
  readonly largestUlps: number;
  /** Of each way that went wrong, the first. */
  readonly problems: readonly CaseProblem[];
}

/** What is asked of a runtime: one of this thread, or one in a worker, whose answers are promises. */
export interface CaseRuntime {
  readonly disposed: boolean;
  load(spec: object): Promise<unknown>;
  stats(): RuntimeStats | Promise<RuntimeStats>;
  dispose(): void;
}
export type StartRuntime = (options: { readonly fetch: Fetch }) => Promise<CaseRuntime>;

const textOf = ({ column, row, step, index, value, expected, ulps }: FloatDifference) =>
  `column "${column}", row ${row}${step === undefined ? '' : `, step ${step}`}, value ${index}: ${value}, expected ${expected} (${ulps} ulp)`;

/** Runs one case after the other. */
export class Verifier {
  private runtime: CaseRuntime | undefined;
  private files: Readonly<Record<string, string>> = {};

  /** @param tolerance in parts of the largest magnitude of a column in a case; 0: bit for bit */
  constructor(private readonly tolerance = 0, private readonly start: StartRuntime = createRuntime) {}

  async run(golden: GoldenCase): Promise<CaseResult> {
    this.files = golden.files;
    const runtime = await this.open();
    const problems: CaseProblem[] = [];
    const counts = { floats: 0, equalFloats: 0, largestUlps: 0 };
    let exactRefusal: string | undefined; // the code of the refusal where values have their dtypes
    const refused = (error: unknown, way?: Way) => {
      const problem = refusalProblem(error, golden);
      if (problem !== undefined) problems.push({ ...(way && { way }), message: problem });
      else if (way && hasDtypes(way)) exactRefusal = (error as FeatureColumnError).code;
    };
    try {
      const layer = (await runtime.load(golden.spec)) as AnyLayer;
      try {
        if (!('transform' in layer)) throw new FeatureColumnError('invalid_argument', `${golden.id}: cases are of layers; ${layer.kind} is an estimator`);
        // First as it is exact, for what the others may take.
        for (const way of [...waysOf(golden)].sort((a, b) => Number(hasDtypes(b)) - Number(hasDtypes(a)))) {
          let output;
          try {
            output = await runCase(layer, golden, way); // a promise where rows of tables are fetched
          } catch (error) {
            refused(error, way);
            continue;
          }
          const { expected, error } = golden;
          if (expected) {
            const { mismatch, difference, ...compared } = compareOutput(output, expected, this.tolerance);
            if (counts.floats === 0 || compared.equalFloats < counts.equalFloats) Object.assign(counts, compared, { largestUlps: Math.max(counts.largestUlps, compared.largestUlps) });
            if (mismatch !== undefined) problems.push({ way, message: mismatch });
            else if (difference) problems.push({ way, message: textOf(difference), difference });
          } else if (exactRefusal !== 'dtype_mismatch' || hasDtypes(way)) {
            problems.push({ way, message: `it gave an output, expected a refusal: ${error?.message ?? error?.code ?? ''}` });
          }
        }
      } finally {
        layer.dispose();
      }
    } catch (error) {
      refused(error);
    }
    const held = await runtime.stats();
    if (held.liveObjects !== 0) problems.push({ message: `something is left in memory: ${JSON.stringify(held)}` });
    const outcome = problems.length > 0 ? 'different' : counts.equalFloats === counts.floats ? 'equal' : 'close';
    const { id, what } = golden;
    return { id, ...(what === undefined ? {} : { what }), outcome, refusal: golden.error !== undefined, ...counts, problems };
  }

  dispose(): void {
    this.runtime?.dispose();
  }

  /** A runtime, again where a case has ended one; files are those of the case, by the last part of their name. */
  private async open(): Promise<CaseRuntime> {
    if (!this.runtime || this.runtime.disposed) {
      this.runtime = await this.start({
        fetch: async (url) => {
          const name = decodeURIComponent(String(url).split('/').pop() ?? '');
          const content = Object.hasOwn(this.files, name) ? this.files[name] : undefined;
          return content === undefined ? new Response('', { status: 404 }) : new Response(bytesOf(content));
        },
      });
    }
    return this.runtime;
  }
}

/** What is wrong with an error, undefined where it is the refusal that the case wants. */
function refusalProblem(error: unknown, { error: wanted }: GoldenCase): string | undefined {
  if (!(error instanceof FeatureColumnError)) return `it failed: ${error instanceof Error ? error.stack : String(error)}`;
  if (!wanted) return `it was refused with "${error.code}": ${error.message}`;
  if (error.code === 'internal') return error.message;
  if (wanted.code !== undefined && wanted.code !== error.code) return `it was refused with "${error.code}", expected "${wanted.code}": ${error.message}`;
  return undefined;
}
