/** Rows of a table on their way into it. Several batches may wait for one row; it is fetched while anybody does. */
import type { Run } from './runs.js';

/** What a fetch does with its table. */
export interface FetchTarget {
  /** Brings the run's bytes, when it is its turn. */
  read(run: Run, signal: AbortSignal): Promise<Uint8Array>;
  /** Puts the rows of a run into their slots. */
  place(run: Run, bytes: Uint8Array): void;
  /** Called once, when nothing more will arrive: what has not is given up. */
  ended(): void;
}

export class RowFetch {
  private readonly controller = new AbortController();
  private users = 0;
  private over = false;
  private readonly promise: Promise<void>;

  constructor(
    private readonly target: FetchTarget,
    runs: readonly Run[],
  ) {
    this.promise = this.fetch(runs);
    this.promise.catch(() => {}); // every user has its own wait
  }

  join(): void {
    this.users += 1;
  }

  /** Fulfilled when all rows are there. */
  get arrived(): Promise<void> {
    return this.promise;
  }

  leave(): void {
    this.users -= 1;
    if (this.users === 0) this.end();
  }

  private async fetch(runs: readonly Run[]): Promise<void> {
    const { signal } = this.controller;
    try {
      await Promise.all(runs.map(async (run) => {
        const bytes = await this.target.read(run, signal);
        if (!this.over) this.target.place(run, bytes);
      }));
    } finally {
      this.end(); // also the other requests, if one has failed
    }
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    this.target.ended();
    this.controller.abort();
  }
}
