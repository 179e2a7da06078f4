/** What will be asked for soon, so that one reading can serve all who ask. */

/** A turn of the event loop: what is asked for in one goes together. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export class Expected {
  private readonly coming = new Set<Promise<unknown>>();

  /** Whoever waits for `promise` asks at once when it is settled. */
  add(promise: PromiseLike<unknown>): void {
    const settled: Promise<unknown> = Promise.resolve(promise).then(
      () => this.coming.delete(settled),
      () => this.coming.delete(settled),
    );
    this.coming.add(settled);
  }

  get any(): boolean {
    return this.coming.size > 0;
  }

  /** Until nobody is expected any more, and this turn is over. */
  async all(): Promise<void> {
    await turn();
    while (this.any) {
      await Promise.all(this.coming);
      await turn();
    }
  }
}
