/** Pauses. */
import { abortable } from './abort.js';

/** @throws FeatureColumnError `aborted` */
export function sleep(milliseconds: number, what: string, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  return abortable(waited, what, signal).finally(() => clearTimeout(timer));
}
