/** One data file of a checkpoint: just the bytes that are wanted, in as few requests as it takes. */
import { FeatureColumnError } from '../errors.js';
import { ArraySink } from './byte_sink.js';
import { turn, type Expected } from './expected.js';
import type { Loader, Resolved } from './loader.js';
import { groupRuns, Run, RunRouter, type RunGroup, type RunReceiver } from './runs.js';
import { SharedCache, type Making } from './shared_cache.js';
import { RangeRefused, type FileVersion, type Receiver } from './transfer.js';
import type { LoadOptions } from './types.js';

/** Below this size a file is read whole. */
const SMALL = 256 * 1024;
/** Up to this size a file that was read whole is kept while the checkpoint is open: its other tensors need no second fetch. */
const KEPT = 4 * 1024 * 1024;
/** Ranges are worth their requests if they leave out at least half of the file. */
const WORTHWHILE = 0.5;

interface Batch {
  readonly key: string;
  readonly runs: Run[];
}
interface Arrived {
  readonly loaded: number;
  readonly total: number;
}

export class Shard {
  private waiting: Batch | undefined;
  private readonly batches = new SharedCache<void, Arrived>(() => {});
  private batchNumber = 1;
  private kept: Uint8Array | undefined;
  private refusesRange = false;

  /** `expectedBytes`: about how large the file is. `expected`: whose reads will follow. */
  constructor(
    private readonly loader: Loader,
    private readonly file: Resolved,
    private readonly expectedBytes: number,
    private readonly expected: Expected,
  ) {}

  /**
   * Moves bytes of the file to `receiver` as they arrive. Reads that are asked for in one turn of the event loop go together.
   *
   * @throws FeatureColumnError `invalid_checkpoint` if the file ends before; `not_found`, `network`, `integrity`, `aborted`; what the receiver throws
   */
  async read(offset: number, size: number, receiver: RunReceiver, options: LoadOptions): Promise<void> {
    if (size === 0) return;
    const { url } = this.file;
    const run = new Run(offset, size, receiver);
    const batch = this.nextBatch([run]);
    const listener = options.onProgress && ((arrived: Arrived) => options.onProgress?.({ phase: 'checkpoint', url, ...arrived }));
    await run.reading(url, options.signal, async (signal) => (await this.batches.acquire(batch.key, url, (making) => this.readBatch(batch, making), signal, listener)).release());
    if (run.whole) return;
    throw new FeatureColumnError(
      'invalid_checkpoint',
      `${url} ends before byte ${offset + size}, but the index says that a tensor lies at bytes ${offset} to ${offset + size}: index and data are of different checkpoints, or the file is cut off`,
      { value: url },
    );
  }

  private async readBatch(batch: Batch, making: Making<Arrived>): Promise<void> {
    await turn();
    const { file, loader, expected } = this;
    const { runs } = batch;
    const wanted = runs.reduce((sum, run) => sum + run.size, 0);
    const tryRanges = loader.isFile(file.url) || (file.digest === undefined && !this.refusesRange && this.expectedBytes >= SMALL && wanted <= this.expectedBytes * WORTHWHILE);
    // What is read whole serves those who will ask soon, too: they may be waiting for their vocabularies.
    if (!this.kept && !tryRanges) await expected.all();
    if (this.waiting === batch) this.waiting = undefined;
    if (this.kept) {
      const router = new RunRouter(runs);
      router.begin(0);
      router.write(this.kept);
    } else if (!tryRanges) {
      const { signal, report } = making;
      await loader.transfer(file, this.keeping(runs), { signal, report: (loaded, total) => report({ loaded, total: total ?? Math.max(wanted, loaded) }) });
    } else if (!(await this.readRanges(runs, wanted, making))) {
      this.refusesRange = true;
      const again = this.nextBatch(runs);
      (await this.batches.acquire(again.key, file.url, (next) => this.readBatch(again, next), making.signal, making.report)).release();
    }
  }

  /** The batch that is being gathered, with these runs in it. */
  private nextBatch(runs: readonly Run[]): Batch {
    const batch = (this.waiting ??= { key: String(this.batchNumber++), runs: [] });
    batch.runs.push(...runs);
    return batch;
  }

  /** Gives bytes to the runs, and keeps the file if it comes whole and is small. */
  private keeping(runs: readonly Run[]): Receiver {
    const router = new RunRouter(runs);
    const copy = new ArraySink();
    let left = -1;
    return {
      begin: (offset, total, isPart) => {
        left = !isPart && total !== undefined && total <= KEPT ? total : -1;
        if (left >= 0) copy.begin(0, total);
        router.begin(offset);
      },
      write: (chunk) => {
        const enough = router.write(chunk);
        if (left < 0) return enough;
        copy.write(chunk);
        left -= chunk.length;
        if (left === 0) this.kept = copy.finish();
        return left < 0;
      },
    };
  }

  /** False where ranges do not work out. */
  private async readRanges(runs: readonly Run[], wanted: number, { signal, report }: Making<Arrived>): Promise<boolean> {
    const groups = groupRuns(runs);
    const loaded = groups.map(() => 0);
    let version: FileVersion | undefined;
    const read = async (i: number, receiver: Receiver): Promise<void> => {
      const counted = (bytes: number) => {
        loaded[i] = bytes;
        const sum = loaded.reduce((a, b) => a + b, 0);
        report({ loaded: sum, total: Math.max(wanted, sum) });
      };
      const answer = await this.loader.transfer(this.file, receiver, { signal, range: (groups[i] as RunGroup).place, report: counted });
      version ??= answer;
      if (answer.total !== version.total || answer.etag !== version.etag) throw new RangeRefused(); // replaced meanwhile
    };
    // The first alone: a server that ignores Range sends the whole file, and the others need not be asked for.
    const first = this.keeping(runs);
    const begin: Receiver['begin'] = (offset, total, isPart) => {
      if (!isPart && this.expected.any && (total ?? Infinity) > KEPT) throw new RangeRefused(); // once for all, then
      first.begin(offset, total, isPart);
    };
    try {
      await read(0, { begin, write: (chunk) => first.write(chunk) });
      await Promise.all(groups.map(async (group, i) => (group.runs.every((run) => run.done) ? undefined : read(i, new RunRouter(group.runs)))));
      return true;
    } catch (error) {
      if (error instanceof RangeRefused) return false;
      throw error;
    }
  }
}
