/** Batches that wait until the rows they need find room in the budgets of their tables: first come, first served. */
import { abortable } from '../loading/abort.js';
import type { RowClaim, RowTable } from './row_table.js';

/** The rows that a batch needs of a table. */
export interface Need {
  readonly table: RowTable;
  readonly ids: Uint32Array;
}

interface Waiting {
  readonly needs: readonly Need[];
  claims: readonly RowClaim[] | undefined;
  enter(): void;
}

export class Turns {
  private readonly waiting = new Set<Waiting>();

  /** Claims all of them, or none. @throws FeatureColumnError `aborted`; `out_of_memory` for a batch that never finds room */
  async claim(needs: readonly Need[], what: string, signal: AbortSignal): Promise<readonly RowClaim[]> {
    for (const { table, ids } of needs) table.requireRoom(ids);
    let enter!: () => void;
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const own: Waiting = { needs, claims: undefined, enter };
    this.waiting.add(own);
    this.admit();
    try {
      await abortable(entered, what, signal);
    } catch (error) {
      this.waiting.delete(own);
      this.release(own.claims ?? []);
      throw error;
    }
    return own.claims as unknown as readonly RowClaim[];
  }

  release(claims: readonly RowClaim[]): void {
    for (const claim of claims) claim.release();
    this.admit();
  }

  private admit(): void {
    // A table that somebody waits for is not given to who came later: a large batch would wait for ever.
    const wanted = new Set<RowTable>();
    for (const each of [...this.waiting]) {
      if (each.needs.every(({ table, ids }) => !wanted.has(table) && table.fits(ids))) {
        this.waiting.delete(each);
        each.claims = each.needs.map(({ table, ids }) => table.claim(ids));
        each.enter();
      } else {
        for (const { table } of each.needs) wanted.add(table);
      }
    }
  }
}
