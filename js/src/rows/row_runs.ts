/**
 * Batches of a layer whose tables are fetched by rows. Each runs twice: once to learn which rows it needs - the outputs of this
 * run are of no use - and, when they are there, once more, over the same bytes.
 */
import { FeatureColumnError } from '../errors.js';
import { abortable, onAbort, throwIfAborted } from '../loading/abort.js';
import { checkOptions } from '../runtime/call_options.js';
import type { Engine } from '../runtime/engine.js';
import type { RowClaim, RowTable } from './row_table.js';
import type { Need, Turns } from './turns.js';

/** A call of a layer. */
export interface RowCall<R, T> {
  readonly engine: Engine;
  /** @throws FeatureColumnError `disposed` */
  use(): void;
  /** Places the batch in the arena. */
  place(): void;
  /** Runs over what is in the arena. */
  call(): R;
  read(result: R): T;
  readonly options: { readonly signal?: AbortSignal | undefined } | undefined;
}

export class RowRuns {
  private last: Promise<unknown> = Promise.resolve();
  /** Calls that wait for rows; each is ended by its controller. */
  private readonly running = new Set<AbortController>();
  private idle: (() => void) | undefined;

  constructor(
    private readonly tables: readonly RowTable[],
    private readonly turns: Turns,
  ) {}

  /**
   * What `read` makes of a complete run. The batch is read before this returns: the caller may then change it. Answers come in the
   * order of the calls.
   *
   * @throws FeatureColumnError what `place` and `call` throw; `out_of_memory`, `not_found`, `network`, `integrity`, `unsupported`, `aborted`, `disposed`
   */
  async perform<R, T>({ engine, use, place, call, read, options }: RowCall<R, T>): Promise<T> {
    const { signal } = checkOptions(options);
    use();
    throwIfAborted('transform', signal);
    place();
    const { arena } = engine;
    const batch = arena.u8.slice(0, arena.end);
    const attempt = (): R => {
      use();
      arena.begin();
      arena.u8.set(batch, arena.reserve(batch.length)); // others have used it meanwhile
      return call();
    };
    const controller = new AbortController();
    const end = signal && onAbort(signal, () => controller.abort(signal.reason));
    this.running.add(controller);
    try {
      return await engine.loading(controller.signal, (own) => this.run(attempt, read, own));
    } catch (error) {
      use(); // that is then why it failed
      throw error;
    } finally {
      end?.();
      this.running.delete(controller);
      if (this.running.size === 0) this.idle?.();
    }
  }

  /** Ends all calls. */
  stop(): void {
    for (const controller of this.running) controller.abort();
  }

  /** Calls `then` when all calls are over. */
  whenIdle(then: () => void): void {
    if (this.running.size === 0) then();
    else this.idle = then;
  }

  private run<R, T>(attempt: () => R, read: (result: R) => T, signal: AbortSignal): Promise<T> {
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
