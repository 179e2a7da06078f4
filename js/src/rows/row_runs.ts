/**
 * Batches of a layer whose tables are fetched by rows. Each runs twice: once to learn which rows it needs - the outputs of this
 * run are of no use - and, when they are there, once more, over the same bytes.
 */
import { FeatureColumnError } from '../errors.js';
import { abortable } from '../loading/abort.js';
import type { RowClaim, RowTable } from './row_table.js';
import type { Need, Turns } from './turns.js';

export class RowRuns {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly tables: readonly RowTable[],
    private readonly turns: Turns,
  ) {}

  /**
   * What `read` makes of a complete run. Answers come in the order of the calls. Up to its first wait this is one turn of the
   * event loop, in which `attempt` is called.
   *
   * @throws FeatureColumnError what `attempt` throws; `out_of_memory`, `not_found`, `network`, `integrity`, `unsupported`, `aborted`
   */
  run<R, T>(attempt: () => R, read: (result: R) => T, signal: AbortSignal): Promise<T> {
    const before = this.last;
    const answer = this.complete(attempt, read, signal).then((value) => abortable(before, 'transform', signal).then(() => value));
    this.last = Promise.allSettled([before, answer]);
    return answer;
  }

  private async complete<R, T>(attempt: () => R, read: (result: R) => T, signal: AbortSignal): Promise<T> {
    const first = this.attempt(attempt, []);
    if (first.needs.length === 0) return read(first.result);
    const claims = await this.turns.claim(first.needs, 'transform', signal);
    try {
      await Promise.all(claims.map((claim) => claim.arrive(signal)));
      const second = this.attempt(attempt, claims);
      if (second.needs.length > 0) throw new FeatureColumnError('internal', 'a batch has asked for other rows than before; please report it');
      return read(second.result);
    } finally {
      this.turns.release(claims);
    }
  }

  /** One run with the rows that are claimed, and which others it would have needed. */
  private attempt<R>(attempt: () => R, claims: readonly RowClaim[]): { readonly result: R; readonly needs: readonly Need[] } {
    const { tables } = this;
    const from = (i: number): { readonly result: R; readonly needs: readonly Need[] } => {
      const table = tables[i];
      if (table) return table.with(claims.find((claim) => claim.table === table), () => from(i + 1));
      const result = attempt();
      const needs = tables.map((each) => ({ table: each, ids: each.missing() })).filter(({ ids }) => ids.length > 0);
      return { result, needs };
    };
    return from(0);
  }
}
