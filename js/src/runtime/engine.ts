/** One started module with what all layers on it share: the block for batches, and the book of what is to be released. */
import { BatchPacker } from '../batch/packed_batch.js';
import { FeatureColumnError } from '../errors.js';
import type { Lease } from '../loading/types.js';
import { Arena } from './arena.js';
import { MemoryViews } from './memory_views.js';
import type { Handle, NativeModule } from './module.js';

/** What a layer holds in the module: released once, by dispose() or, if that was forgotten, after the layer was collected. */
export class Holding {
  private released = false;

  constructor(private readonly engine: Engine, readonly handle: Handle, private readonly leases: readonly Lease[]) {}

  release(): void {
    if (this.released) return;
    this.released = true;
    this.engine.release(this, this.handle, this.leases);
  }
}

export class Engine {
  readonly arena: Arena;
  readonly packer: BatchPacker;
  readonly memory: MemoryViews;
  private readonly holdings = new Set<Holding>();
  private readonly loads = new Set<AbortController>();
  private readonly forgotten = typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<Holding>((holding) => holding.release()) : undefined;
  private module: NativeModule | undefined;

  constructor(native: NativeModule) {
    this.module = native;
    native.trapped = (cause) => this.trapped(cause);
    this.arena = new Arena(native);
    this.packer = new BatchPacker(this.arena);
    this.memory = new MemoryViews(native);
  }

  /** @throws FeatureColumnError `disposed` */
  get native(): NativeModule {
    return this.requireNative();
  }

  get disposed(): boolean {
    return this.module === undefined;
  }

  /** Books what `owner` holds. */
  hold(owner: object, handle: Handle, leases: readonly Lease[]): Holding {
    const holding = new Holding(this, handle, leases);
    this.holdings.add(holding);
    this.forgotten?.register(owner, holding, holding);
    return holding;
  }

  /** Called by {@link Holding.release}. */
  release(holding: Holding, handle: Handle, leases: readonly Lease[]): void {
    this.holdings.delete(holding);
    this.forgotten?.unregister(holding);
    if (!this.module) return;
    this.module.release(handle);
    for (const lease of leases) lease.release();
    if (this.holdings.size === 0) this.arena.release();
  }

  /**
   * Runs `load` with a signal that also fires when the engine is disposed.
   *
   * @throws FeatureColumnError `disposed` if that is why it failed
   */
  async loading<T>(signal: AbortSignal | undefined, load: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.requireNative();
    const controller = new AbortController();
    const abort = () => controller.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    this.loads.add(controller);
    try {
      return await load(controller.signal);
    } catch (error) {
      this.requireNative();
      throw error;
    } finally {
      this.loads.delete(controller);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** What a call into the module has thrown, as an error of this package. After a trap its memory cannot be trusted: the runtime ends. */
  trapped(cause: unknown): unknown {
    if (cause instanceof RangeError && cause.message === 'out of memory') return new FeatureColumnError('out_of_memory', `WebAssembly memory is not available: ${cause.message}`, { cause });
    // A RangeError of any other kind is the end of the stack.
    if (!(cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError)) return cause;
    this.module = undefined;
    return new FeatureColumnError('internal', `the core failed (${cause.message}), and this runtime with it; please report it`, { cause });
  }

  private requireNative(): NativeModule {
    if (!this.module) throw new FeatureColumnError('disposed', 'the runtime was disposed; create another one');
    return this.module;
  }

  dispose(): void {
    for (const controller of this.loads) controller.abort();
    for (const holding of [...this.holdings]) holding.release();
    this.module = undefined;
  }
}
