/** AbortSignals at every wait: the one error that an abort becomes. */
import { FeatureColumnError } from '../errors.js';

export function abortedError(what: string, signal: AbortSignal): FeatureColumnError {
  return new FeatureColumnError('aborted', `${what}: loading was aborted`, { cause: signal.reason });
}

/** @throws FeatureColumnError `aborted` */
export function throwIfAborted(what: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(what, signal);
}

/** `promise`, or `aborted` as soon as the signal fires; the promise itself goes on. */
export function abortable<T>(promise: Promise<T>, what: string, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedError(what, signal));
    if (signal.aborted) {
      promise.catch(() => {}); // nobody listens any more
      return abort();
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** @throws FeatureColumnError `aborted` */
export function sleep(milliseconds: number, what: string, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  return abortable(waited, what, signal).finally(() => clearTimeout(timer));
}
