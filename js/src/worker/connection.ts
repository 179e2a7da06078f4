/** The page's end: calls that go out in their order, answers that come back by number. */
import { FeatureColumnError } from '../errors.js';
import type { Fetch, Progress } from '../loading/types.js';
import type { FetchResponse, FromWorker, LayerDescription, ToWorker } from './messages.js';
import { fromPlain, toPlain } from './plain_errors.js';
import type { Port } from './port.js';
import type { Tape } from './tape.js';
import { writeTape } from './tape_writer.js';

export interface CallOptions {
  readonly layer?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Moves the memory of the caller's typed arrays, too. */
  readonly transfer?: boolean | undefined;
}

export interface Answer {
  readonly value: unknown;
  readonly described: LayerDescription | undefined;
  /** What `onProgress` has thrown, which ends a call: it was over before the worker heard of that. */
  readonly thrown: Thrown | undefined;
}

interface Thrown {
  readonly error: unknown;
}

interface Pending {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  readonly options: CallOptions;
  thrown?: Thrown;
}

export class Connection {
  private readonly pending = new Map<number, Pending>();
  private readonly fetches = new Map<number, AbortController>();
  private lastId = 0;
  /** The message that is being written: those behind it wait. */
  private sending: Promise<unknown> = Promise.resolve();
  private end: FeatureColumnError | undefined;

  constructor(private readonly port: Port, private readonly fetch: Fetch | undefined) {
    port.listen((message: FromWorker) => this.receive(message), (reason) => this.fail(reason));
    port.keepAlive(false);
  }

  get closed(): boolean {
    return this.end !== undefined;
  }

  start(options: object, external: boolean): Promise<Answer> {
    return this.request([options], {}, (id, tape) => ({ type: 'start', id, external, hasFetch: this.fetch !== undefined, options: tape }));
  }

  call(method: string, args: readonly unknown[], options: CallOptions = {}): Promise<Answer> {
    const { layer, signal, onProgress } = options;
    return this.request(args, options, (id, tape) => ({ type: 'call', id, layer, method, args: tape, aborts: (signal ?? onProgress) !== undefined, tells: onProgress !== undefined }));
  }

  /** Disposes a layer, after the calls that were made before. */
  disposeLayer(layer: number): void {
    this.sending = this.sending.then(() => this.post({ type: 'dispose', layer }));
  }

  /** Ends it: all that is under way, and all that comes later, fails with `error`. */
  close(error: FeatureColumnError): void {
    if (this.end) return;
    this.end = error;
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
    for (const controller of this.fetches.values()) controller.abort();
    this.port.keepAlive(false);
    this.port.close();
  }

  private fail(reason: string): void {
    this.close(new FeatureColumnError('internal', `the worker failed: ${reason}`));
  }

  private async request(args: readonly unknown[], options: CallOptions, message: (id: number, tape: Tape) => ToWorker): Promise<Answer> {
    const { signal, transfer = false } = options;
    // Calls are posted in the order in which they were made, however long one takes to be written.
    const written = this.sending.then(() => writeTape(args, transfer));
    this.sending = written.catch(() => {});
    const { tape, moved } = await written;
    if (this.end) throw this.end;
    const id = ++this.lastId;
    const abort = () => this.post({ type: 'abort', id, reason: toPlain(signal?.reason) });
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.pending.set(id, { resolve, reject, options });
        this.port.keepAlive(true);
        this.post(message(id, tape), moved);
        if (signal?.aborted) abort();
        else signal?.addEventListener('abort', abort, { once: true });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.pending.delete(id);
      if (this.pending.size === 0) this.port.keepAlive(false);
    }
  }

  private post(message: ToWorker, transfer?: readonly Transferable[]): void {
    if (this.end) return;
    try {
      this.port.post(message, transfer);
    } catch (cause) {
      throw new FeatureColumnError('unsupported', `a value cannot go to a worker: ${(cause as Error).message}`, { cause });
    }
  }

  private receive(message: FromWorker): void {
    const { id } = message;
    const call = this.pending.get(id);
    switch (message.type) {
      case 'answer': return call?.resolve({ value: message.value, described: message.described, thrown: call.thrown });
      case 'failure': return call?.reject(call.thrown ? call.thrown.error : this.errorOf(fromPlain(message.error), call.options.signal));
      case 'progress': return call && this.tell(id, call, message.progress);
      case 'broken': return this.fail(message.reason);
      case 'fetch': return void this.answerFetch(id, message.request.url, message.request.init);
      case 'abort fetch': return this.fetches.get(id)?.abort();
    }
  }

  /** An `onProgress` that throws ends its call, as an abort does. */
  private tell(id: number, call: Pending, progress: Progress): void {
    if (call.thrown) return;
    try {
      call.options.onProgress?.(progress);
    } catch (error) {
      call.thrown = { error };
      this.post({ type: 'abort', id, reason: toPlain(error) });
    }
  }

  /** The reason of an abort is the caller's own object again. */
  private errorOf(error: Error, signal: AbortSignal | undefined): Error {
    if (!(error instanceof FeatureColumnError) || error.code !== 'aborted' || !signal?.aborted) return error;
    const { code, message, column, row, value } = error;
    return new FeatureColumnError(code, message, { column, row, value, cause: signal.reason });
  }

  /** Makes a request with the caller's `fetch`, and hands the body over as it comes. */
  private async answerFetch(id: number, url: string, init: RequestInit): Promise<void> {
    const controller = new AbortController();
    this.fetches.set(id, controller);
    try {
      const answer = await (this.fetch as Fetch)(url, { ...init, signal: controller.signal });
      const { status, statusText, url: from, body } = answer;
      const head = { status, statusText, url: from, headers: [...answer.headers] };
      const reply = (content: FetchResponse['body']) => this.port.post({ type: 'fetched', id, response: { ...head, body: content } }, content ? [content as Transferable] : []);
      try {
        reply(body);
      } catch {
        reply(await answer.arrayBuffer()); // an engine that cannot move streams
      }
    } catch (error) {
      this.post({ type: 'fetched', id, error: toPlain(error) });
    } finally {
      this.fetches.delete(id);
    }
  }
}
