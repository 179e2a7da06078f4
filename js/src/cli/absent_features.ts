/**
 * Features that no row of a batch has. In a batch of the API they are an error; an input is cut into batches as it comes, and a row does not depend on
 * where: they are empty, as they are where another row of the batch has them. A feature that no row of the input has stays TensorFlow's error.
 */
import { FeatureColumnError } from 'feature-columns';

const OPEN = 0x7b, CLOSE = 0x7d;
const BLANKS = [0x20, 0x09, 0x0d];

/** Whether an error says that no row of a batch has a feature: that of no row, then. */
export const isAbsence = (error: unknown): error is FeatureColumnError & { readonly column: string } =>
  error instanceof FeatureColumnError && error.code === 'missing_feature' && error.row === undefined && error.column !== undefined;

/** The lines, which are objects, with null for these features in the first of them. */
function withNulls(lines: Uint8Array, keys: readonly string[]): Uint8Array {
  const at = lines.indexOf(OPEN) + 1;
  let next = at;
  while (BLANKS.includes(lines[next] as number)) ++next;
  const nulls = new TextEncoder().encode(keys.map((key) => `${JSON.stringify(key)}:null`).join(',') + (lines[next] === CLOSE ? '' : ','));
  const all = new Uint8Array(lines.length + nulls.length);
  all.set(lines.subarray(0, at));
  all.set(nulls, at);
  all.set(lines.subarray(at), at + nulls.length);
  return all;
}

/** Runs rows of NDJSON, those features empty that none of them has: `absent`. */
export async function runLines<T>(lines: Uint8Array, run: (lines: Uint8Array) => T | Promise<T>): Promise<{ readonly result: T; readonly absent: readonly string[] }> {
  const absent: string[] = [];
  for (;;) {
    try {
      return { result: await run(absent.length > 0 ? withNulls(lines, absent) : lines), absent };
    } catch (error) {
      if (!isAbsence(error) || absent.includes(error.column)) throw error;
      absent.push(error.column);
    }
  }
}

/** So many rows wait for a feature that none of them has. */
const MOST_ROWS = 10_000;

/** Keeps back what was made without a feature until some row has it: a name that is misspelt makes vectors, but none that anybody gets. */
export class AbsentFeatures {
  /** That no row has had so far; none before the first batch. */
  private unseen: ReadonlySet<string> | undefined;
  private readonly waiting: (() => Promise<void>)[] = [];
  private rows = 0;

  /** Calls `write`, which writes what was made of `rows` rows without `absent`, now or later, in this order. */
  async written(rows: number, absent: readonly string[], write: () => Promise<void>): Promise<void> {
    const { unseen } = this;
    this.unseen = unseen ? new Set(absent.filter((key) => unseen.has(key))) : new Set(absent);
    this.rows += rows;
    if (this.unseen.size > 0) {
      this.waiting.push(write);
      if (this.rows >= MOST_ROWS) throw this.problem(`none of the first ${this.rows} rows has it; a row may give null for it`);
      return;
    }
    for (const each of this.waiting.splice(0)) await each();
    await write();
  }

  /** The same for what was made of no row. */
  async besides(write: () => Promise<void>): Promise<void> {
    if (this.waiting.length > 0) this.waiting.push(write);
    else await write();
  }

  /** @throws FeatureColumnError `missing_feature` if the input has ended without one */
  end(): void {
    if (this.waiting.length > 0) throw this.problem('no row of the input has it; a row may give null for it');
  }

  private problem(why: string): FeatureColumnError {
    const [column] = this.unseen ?? [];
    return new FeatureColumnError('missing_feature', `Feature ${column} is not in features dictionary: ${why}`, column === undefined ? {} : { column });
  }
}
