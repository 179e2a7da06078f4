/** Lets so many through at a time, in the order in which they came. */
import { abortedError, onAbort, throwIfAborted } from '../loading/abort.js';

export class Gate {
  private inside = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly limit: number) {}

  /** Runs `use` when it is its turn. @throws FeatureColumnError `aborted` */
  async pass<T>(what: string, signal: AbortSignal, use: () => Promise<T>): Promise<T> {
    throwIfAborted(what, signal);
    if (this.inside >= this.limit) await this.turn(what, signal);
    else this.inside += 1;
    try {
      throwIfAborted(what, signal); // since it was let in
      return await use();
    } finally {
      // Whoever is next takes this place, so that nobody slips in between.
      const [next] = this.waiting;
      if (next) next();
      else this.inside -= 1;
    }
  }

  private turn(what: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        this.waiting.delete(enter);
        end();
        resolve();
      };
      const end = onAbort(signal, () => {
        this.waiting.delete(enter);
        reject(abortedError(what, signal));
      });
      this.waiting.add(enter);
    });
  }
}
