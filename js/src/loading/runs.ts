/** Runs of a file's bytes, each for one who asked for it. */
import { abortedError, onAbort, throwIfAborted } from './abort.js';
import type { BytePlace } from './array_file.js';
import type { Receiver } from './transfer.js';

/** What takes the bytes of one run, in their order. */
export interface RunReceiver {
  /** The bytes come from the run's first on; what came before counts for nothing. */
  restart(): void;
  /** The chunk is to be used during the call only. */
  write(chunk: Uint8Array): void;
}

/** Bytes that lie closer than this are read in one request: a round trip costs more. */
const GAP = 64 * 1024;

/** One who asked for a run. */
export class Run implements BytePlace {
  private arrived = 0;
  private begun = false;
  private readonly controller = new AbortController();
  private problem: { readonly error: unknown } | undefined;

  constructor(
    readonly offset: number,
    readonly size: number,
    private readonly receiver: RunReceiver,
  ) {}

  /** All bytes have come, or they are not wanted any more. */
  get done(): boolean {
    return this.closed || this.arrived === this.size;
  }

  get whole(): boolean {
    return this.arrived === this.size;
  }

  private get closed(): boolean {
    return this.controller.signal.aborted;
  }

  restart(): void {
    this.arrived = 0;
    if (this.begun && !this.closed) this.receiver.restart();
    this.begun = false;
  }

  /** Takes what it wants of the bytes from `offset` on. */
  take(offset: number, chunk: Uint8Array): void {
    const at = this.offset + this.arrived;
    if (this.done || offset > at || offset + chunk.length <= at) return;
    const wanted = chunk.subarray(at - offset, at - offset + this.size - this.arrived);
    this.arrived += wanted.length;
    this.begun = true;
    try {
      this.receiver.write(wanted);
    } catch (error) {
      // It fails on its own; the others go on.
      this.problem = { error };
      this.controller.abort();
    }
  }

  /** Calls `wait` with a signal that fires when the run fails or the caller's does. */
  async reading<T>(what: string, signal: AbortSignal | undefined, wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
    throwIfAborted(what, signal);
    const end = signal && onAbort(signal, () => this.controller.abort());
    try {
      return await wait(this.controller.signal);
    } catch (error) {
      if (this.problem) throw this.problem.error;
      throw signal?.aborted ? abortedError(what, signal) : error;
    } finally {
      end?.();
      this.controller.abort();
    }
  }
}

/** Gives what arrives of a file to the runs that it belongs to. */
export class RunRouter implements Receiver {
  private at = 0;

  constructor(private readonly runs: readonly Run[]) {}

  /** Only of the runs that begin where these bytes do, or after. */
  begin(offset: number): void {
    this.at = offset;
    for (const run of this.runs) run.restart();
  }

  write(chunk: Uint8Array): boolean {
    for (const run of this.runs) run.take(this.at, chunk);
    this.at += chunk.length;
    return this.runs.every((run) => run.done);
  }
}

/** Runs that lie near each other, and the bytes from the first to the last of them. */
export interface RunGroup {
  readonly place: BytePlace;
  readonly runs: readonly Run[];
}

/** In the order of the file. */
export function groupRuns(runs: readonly Run[]): RunGroup[] {
  const groups: { place: BytePlace; runs: Run[] }[] = [];
  for (const run of [...runs].sort((a, b) => a.offset - b.offset)) {
    const last = groups.at(-1);
    if (last && run.offset <= last.place.offset + last.place.size + GAP) {
      last.place = { offset: last.place.offset, size: Math.max(last.place.size, run.offset + run.size - last.place.offset) };
      last.runs.push(run);
    } else {
      groups.push({ place: { offset: run.offset, size: run.size }, runs: [run] });
    }
  }
  return groups;
}
