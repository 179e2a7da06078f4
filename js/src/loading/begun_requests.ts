/**
 * Requests for files that are sent before the part has come that reads the answers: the one after the other would be a round trip more.
 */
import { onAbort } from './abort.js';
import { isFileUrl, resolveLocation } from './location.js';
import type { Fetch, LoaderOptions, LoadOptions } from './types.js';

interface Begun {
  readonly answer: Promise<Response>;
  readonly controller: AbortController;
  /** How many want it. Until it is taken, the last of them who no longer does ends it. */
  callers: number;
}

export class BegunRequests {
  /** Without what was begun where it is taken already, or no longer wanted. */
  private readonly byUrl = new Map<string, Begun | undefined>();

  constructor(private readonly options: LoaderOptions) {}

  /**
   * Asks for a file, once. Whatever fails here fails again where it is read, and is told of there. What it answers is to be called when the file
   * has been read, or could not be: a request that nobody has taken then is ended.
   */
  async begin(name: string | URL, { baseUrl, signal }: LoadOptions): Promise<() => void> {
    const { fetch } = this.options;
    const url = await resolveLocation(name, baseUrl ?? this.options.baseUrl, fetch !== undefined).catch(() => undefined);
    if (url === undefined || (!fetch && isFileUrl(url)) || signal?.aborted) return () => {};
    if (!this.byUrl.has(url)) {
      const controller = new AbortController();
      const answer = (async () => (fetch ?? globalThis.fetch)(url, { signal: controller.signal }))();
      answer.catch(() => {});
      this.byUrl.set(url, { answer, controller, callers: 0 });
    }
    const begun = this.byUrl.get(url);
    if (!begun) return () => {};
    ++begun.callers;
    let wanted = true; // by this caller
    const leave = () => {
      if (!wanted) return;
      wanted = false;
      stop?.();
      if (--begun.callers > 0 || this.byUrl.get(url) !== begun) return;
      this.byUrl.set(url, undefined);
      begun.controller.abort();
    };
    const stop = signal && onAbort(signal, leave);
    return leave;
  }

  /** `fetch`, with these in place of the first requests. */
  over(fetch: Fetch): Fetch {
    return (url, init) => {
      const begun = init?.headers ? undefined : this.byUrl.get(url);
      if (!begun) return fetch(url, init);
      const { answer, controller } = begun;
      this.byUrl.set(url, undefined);
      const signal = init?.signal;
      if (signal?.aborted) controller.abort();
      else if (signal) onAbort(signal, () => controller.abort());
      return answer;
    };
  }
}
