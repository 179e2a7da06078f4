/** One data file of a checkpoint: just the bytes that are wanted, in as few requests as it takes. */
import { FeatureColumnError } from '../errors.js';
import type { Loader, Resolved } from './loader.js';
import { readPath } from './node_file.js';
import { readRange, type FileVersion } from './range.js';
import { SharedCache, type Making } from './shared_cache.js';
import type { LoadOptions } from './types.js';

/** Bytes that lie closer than this are read in one request: a round trip costs more. */
const GAP = 64 * 1024;
/** Below this size a file is read whole. */
const SMALL = 256 * 1024;
/** Ranges are worth their requests if they leave out at least half of the file. */
const WORTHWHILE = 0.5;

interface Run {
  readonly offset: number;
  readonly size: number;
}
/** Bytes of the file from `offset` on. */
interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
interface Arrived {
  readonly loaded: number;
  readonly total: number;
}

export class Shard {
  private waiting: { readonly runs: Run[]; readonly key: string; readonly begun: Promise<void> } | undefined;
  private readonly batches = new SharedCache<readonly Part[], Arrived>(() => {});
  private nextBatch = 1;
  /** The file, once it was read whole: while the checkpoint is open, its other tensors need no second fetch. */
  private whole: Part | undefined;

  /** `expectedBytes`: about how large the file is. */
  constructor(
    private readonly loader: Loader,
    private readonly file: Resolved,
    private readonly expectedBytes: number,
  ) {}

  /**
   * A view of bytes of the file. Reads that are asked for in one turn of the event loop go together.
   *
   * @throws FeatureColumnError `invalid_checkpoint` if the file ends before; `not_found`, `network`, `integrity`, `aborted`
   */
  async read(offset: number, size: number, options: LoadOptions): Promise<Uint8Array<ArrayBuffer>> {
    if (size === 0) return new Uint8Array(0);
    this.waiting ??= this.beginBatch();
    const batch = this.waiting;
    batch.runs.push({ offset, size });
    const make = async (making: Making<Arrived>) => {
      await batch.begun;
      return this.fetchParts(joinRuns(batch.runs), making);
    };
    const { url } = this.file;
    const listener = options.onProgress && ((arrived: Arrived) => options.onProgress?.({ phase: 'checkpoint', url, ...arrived }));
    const share = await this.batches.acquire(batch.key, url, make, options.signal, listener);
    share.release();
    const part = share.value.find((one) => one.offset <= offset && offset + size <= one.offset + one.bytes.length);
    if (part === undefined) {
      const end = Math.max(0, ...share.value.map((one) => one.offset + one.bytes.length));
      throw new FeatureColumnError(
        'invalid_checkpoint',
        `${url} ends after ${end} bytes, but the index says that a tensor lies at bytes ${offset} to ${offset + size}: index and data are of different checkpoints, or the file is cut off`,
        { value: url },
      );
    }
    return part.bytes.subarray(offset - part.offset, offset - part.offset + size);
  }

  private beginBatch(): { runs: Run[]; key: string; begun: Promise<void> } {
    const begun = new Promise<void>((resolve) => {
      setTimeout(() => {
        this.waiting = undefined;
        resolve();
      }, 0);
    });
    return { runs: [], key: String(this.nextBatch++), begun };
  }

  private async fetchParts(runs: readonly Run[], { signal, report }: Making<Arrived>): Promise<readonly Part[]> {
    const { file, loader } = this;
    if (this.whole) return [this.whole];
    const wanted = runs.reduce((sum, run) => sum + run.size, 0);
    if (loader.isFile(file.url)) {
      let loaded = 0;
      const parts: Part[] = [];
      for (const { offset, size } of runs) {
        const bytes = await readPath(file.url, offset, size);
        parts.push({ offset, bytes });
        report({ loaded: (loaded += bytes.length), total: wanted });
      }
      return parts;
    }
    const tryRanges = file.digest === undefined && this.expectedBytes >= SMALL && wanted <= this.expectedBytes * WORTHWHILE;
    return (tryRanges ? await this.fetchRanges(runs, wanted, signal, report) : undefined) ?? this.fetchWhole(signal, report, wanted);
  }

  private async fetchWhole(signal: AbortSignal, report: (arrived: Arrived) => void, wanted: number): Promise<readonly Part[]> {
    const onProgress = ({ loaded, total }: { loaded: number; total?: number }) => report({ loaded, total: total ?? Math.max(wanted, loaded) });
    return this.keepWhole(await this.loader.readBytes(this.file, 'checkpoint', { signal, onProgress }));
  }

  private keepWhole(bytes: Uint8Array<ArrayBuffer>): readonly Part[] {
    this.whole = { offset: 0, bytes };
    return [this.whole];
  }

  /** Undefined where ranges do not work out. */
  private async fetchRanges(runs: readonly Run[], wanted: number, signal: AbortSignal, report: (arrived: Arrived) => void): Promise<readonly Part[] | undefined> {
    let loaded = 0;
    let version: FileVersion | undefined;
    const parts: Part[] = [];
    // The first alone: if the server ignores Range, the others need not be asked for.
    for (const group of [runs.slice(0, 1), runs.slice(1)]) {
      const arrived = (bytes: number) => report({ loaded: (loaded += bytes), total: Math.max(wanted, loaded) });
      const answers = await Promise.all(group.map(({ offset, size }) => this.loader.retrying(this.file, signal, () => readRange(this.loader, this.file.url, offset, size, signal, arrived))));
      for (const [i, answer] of answers.entries()) {
        if (answer.kind === 'whole') return this.keepWhole(answer.bytes);
        if (answer.kind === 'refused') return undefined;
        version ??= answer.version;
        if (answer.version.total !== version.total || answer.version.etag !== version.etag) return undefined; // replaced meanwhile
        parts.push({ offset: (group[i] as Run).offset, bytes: answer.bytes });
      }
    }
    return parts;
  }
}

/** Runs in the order of the file, near ones as one. */
function joinRuns(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of [...runs].sort((a, b) => a.offset - b.offset)) {
    const last = joined.at(-1);
    if (last && run.offset <= last.offset + last.size + GAP) {
      joined[joined.length - 1] = { offset: last.offset, size: Math.max(last.size, run.offset + run.size - last.offset) };
    } else {
      joined.push(run);
    }
  }
  return joined;
}
