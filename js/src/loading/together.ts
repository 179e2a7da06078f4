/** Loads that succeed or fail as one. */
import { onAbort } from './abort.js';
import type { LoadOptions } from './types.js';

/**
 * Runs loads side by side. When one fails, the others are aborted, what they have got is given back, and only then
 * is the failure thrown: nothing stays behind.
 *
 * @param start begins the loads with the options it is given
 * @param giveBack undoes one load that has succeeded
 */
export async function loadTogether<T>(options: LoadOptions, start: (options: LoadOptions) => readonly Promise<T>[], giveBack: (loaded: T) => void): Promise<T[]> {
  const controller = new AbortController();
  const { signal } = options;
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  const end = signal && !signal.aborted ? onAbort(signal, abort) : undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    const loads = start({ ...options, signal: controller.signal }).map((load) =>
      load.catch((error: unknown) => {
        failure ??= { error };
        controller.abort(error);
        throw error;
      }),
    );
    const settled = await Promise.allSettled(loads);
    const loaded = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (failure === undefined) return loaded;
    for (const one of loaded) giveBack(one);
    throw failure.error;
  } finally {
    end?.();
  }
}
