/** Files that are not whole yet: a process that is interrupted removes them. */
import { unlinkSync } from 'node:fs';

/** What ends a process, with the exit code that shells give for it. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof EXIT_CODES;
const SIGNALS = Object.keys(EXIT_CODES) as Signal[];

const unfinished = new Set<string>();

/** Removes them all: before the process ends by itself. */
export function removeUnfinished(): void {
  for (const file of unfinished) {
    try {
      unlinkSync(file);
    } catch {
      // not there yet, or gone already
    }
    forgetUnfinished(file);
  }
}

function interrupted(signal: Signal): void {
  removeUnfinished();
  process.exit(EXIT_CODES[signal]);
}

/** Signals are listened to only while there is something to remove: who listens is not ended in the middle of a long computation. */
export function addUnfinished(file: string): void {
  if (unfinished.size === 0) for (const signal of SIGNALS) process.on(signal, interrupted);
  unfinished.add(file);
}

/** The file is whole, or gone. */
export function forgetUnfinished(file: string): void {
  if (unfinished.delete(file) && unfinished.size === 0) for (const signal of SIGNALS) process.off(signal, interrupted);
}
