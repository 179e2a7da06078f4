/** AbortSignals at every wait: the one error that an abort becomes. */
import { FeatureColumnError } from '../errors.js';

export function abortedError(what: string, signal: AbortSignal): FeatureColumnError {
  return new FeatureColumnError('aborted', `${what}: loading was aborted`, { cause: signal.reason });
}

/** @throws FeatureColumnError `aborted` */
export function throwIfAborted(what: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(what, signal);
}

/** Who waits on a signal. Node warns of leaks at the eleventh listener of one signal; many waits share one listener here. */
const waiting = new WeakMap<AbortSignal, { readonly callbacks: Set<() => void>; readonly listener: () => void }>();

/** Calls `callback` when the signal fires, which it has not yet. The answer ends that. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let entry = waiting.get(signal);
  if (entry === undefined) {
    const callbacks = new Set<() => void>();
    const listener = () => {
      waiting.delete(signal);
      for (const each of [...callbacks]) each();
    };
    entry = { callbacks, listener };
    waiting.set(signal, entry);
    signal.addEventListener('abort', listener, { once: true });
  }
  const { callbacks, listener } = entry;
  // A wrapper, so that the same function given twice counts twice.
  const own = () => callback();
  callbacks.add(own);
  return () => {
    callbacks.delete(own);
    if (callbacks.size > 0 || waiting.get(signal)?.callbacks !== callbacks) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', listener);
  };
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
    const end = onAbort(signal, abort);
    promise.then(resolve, reject).finally(end);
  });
}
