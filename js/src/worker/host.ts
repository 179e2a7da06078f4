/** The worker's end: runs what the page calls, on a runtime of its own. */
import { FeatureColumnError } from '../errors.js';
import type { ColumnSlice } from '../layers/core_layer.js';
import type { AnyLayer } from '../layers/load.js';
import type { Fetch } from '../loading/types.js';
import type { Runtime, RuntimeOptions } from '../runtime/runtime.js';
import type { FetchResponse, FromWorker, LayerDescription, ToWorker } from './messages.js';
import { fromPlain, toPlain } from './plain_errors.js';
import type { Port } from './port.js';
import { readTape } from './tape_reader.js';

/** Gives `createRuntime` of the entry with the module inside, or of the one without. */
export type Entry = (external: boolean) => Promise<{ createRuntime(options: RuntimeOptions): Promise<Runtime> }>;

type Method = (...args: unknown[]) => unknown;

export class Host {
  private runtime: Runtime | undefined;
  private readonly layers = new Map<number, AnyLayer>();
  private readonly calls = new Map<number, AbortController>();
  private readonly fetches = new Map<number, { resolve(response: Response): void; reject(error: unknown): void }>();
  private lastLayer = 0;
  private lastFetch = 0;

  constructor(private readonly port: Port, private readonly entry: Entry) {
    port.listen((message: ToWorker) => void this.receive(message), (reason) => this.post({ type: 'broken', id: 0, reason }));
  }

  private async receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case 'abort': return this.calls.get(message.id)?.abort(fromPlain(message.reason as Parameters<typeof fromPlain>[0]));
      case 'fetched': return this.fetched(message.id, message.response, message.error && fromPlain(message.error));
      case 'dispose': return this.dispose(message.layer);
      case 'start': case 'call': break;
    }
    const { id } = message;
    const controller = new AbortController();
    this.calls.set(id, controller);
    try {
      if (message.type === 'start') {
        const [options] = readTape(message.options) as [RuntimeOptions];
        const { createRuntime } = await this.entry(message.external);
        this.runtime = await createRuntime({ ...options, ...(message.hasFetch && { fetch: this.pageFetch }) });
        this.post({ type: 'answer', id, value: undefined });
      } else {
        await this.call(message, controller.signal);
      }
    } catch (error) {
      this.post({ type: 'failure', id, error: toPlain(error) });
    } finally {
      this.calls.delete(id);
    }
  }

  private async call({ id, layer: number, method, args, aborts, tells }: Extract<ToWorker, { type: 'call' }>, signal: AbortSignal): Promise<void> {
    const given = readTape(args);
    if (aborts || tells) {
      const last = given.at(-1) as object;
      const onProgress = tells ? (progress: object) => this.post({ type: 'progress', id, progress } as FromWorker) : undefined;
      given[given.length - 1] = { ...last, ...(aborts && { signal }), onProgress };
    }
    const layer = number === undefined ? undefined : this.layers.get(number);
    const target = number === undefined ? this.runtime : layer;
    if (!target) throw new FeatureColumnError('disposed', 'the layer was disposed; load the layer again to use it');
    const value = await (target as unknown as Record<string, Method>)[method]?.(...given);
    if (method === 'replace' && layer && number !== undefined) return this.post({ type: 'answer', id, value, described: describe(number, layer) });
    if (number === undefined && isLayer(value)) {
      this.layers.set(++this.lastLayer, value);
      return this.post({ type: 'answer', id, value: undefined, described: describe(this.lastLayer, value) });
    }
    const plain = layer ? answerOf(value) : value;
    this.post({ type: 'answer', id, value: plain }, memoryOf(plain));
  }

  private dispose(number: number | undefined): void {
    if (number === undefined) return this.runtime?.dispose();
    this.layers.get(number)?.dispose();
    this.layers.delete(number);
  }

  private post(message: FromWorker, transfer?: readonly Transferable[]): void {
    this.port.post(message, transfer);
  }

  /** The page's own `fetch`, as a function of this thread. */
  private readonly pageFetch: Fetch = (url, init = {}) => {
    const { signal, headers, ...rest } = init;
    const id = ++this.lastFetch;
    return new Promise<Response>((resolve, reject) => {
      const abort = () => {
        this.post({ type: 'abort fetch', id });
        this.fetches.delete(id);
        reject(signal?.reason);
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const end = () => signal?.removeEventListener('abort', abort);
      this.fetches.set(id, { resolve: (response) => (end(), resolve(response)), reject: (error) => (end(), reject(error)) });
      this.post({ type: 'fetch', id, request: { url, init: { ...rest, ...(headers && { headers: [...new Headers(headers)] as [string, string][] }) } } });
    });
  };

  private fetched(id: number, response: FetchResponse | undefined, error: Error | undefined): void {
    const waiting = this.fetches.get(id);
    this.fetches.delete(id);
    if (!response) return waiting?.reject(error);
    const { status, statusText, url, headers, body } = response;
    const empty = status === 204 || status === 205 || status === 304;
    try {
      const made = new Response(empty ? null : body, { status, statusText, headers: headers as [string, string][] });
      Object.defineProperty(made, 'url', { value: url });
      waiting?.resolve(made);
    } catch (cause) {
      waiting?.reject(cause); // a status of 0, as of Response.error(), cannot be made
    }
  }
}

const isLayer = (value: unknown): value is AnyLayer => typeof (value as AnyLayer | undefined)?.explain === 'function';

function describe(layer: number, of: AnyLayer): LayerDescription {
  const { kind, columns, width, units, core } = of as AnyLayer & { columns?: readonly ColumnSlice[]; width?: number; units?: number };
  return { layer, kind, inputs: core.inputs.map(({ key }) => key), ...(columns && { columns }), ...(width !== undefined && { width }), ...(units !== undefined && { units }) };
}

/** What structured cloning would lose: an array's own `shape`. What the page has already is left out. */
function answerOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { columns, ...rest } = value as Record<string, unknown>;
  const output = (each: unknown) => (ArrayBuffer.isView(each) && 'shape' in each ? { data: each, shape: each.shape } : each);
  const plain = Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, output(each)]));
  return 'data' in rest ? plain : { ...plain, ...(columns !== undefined && { columns }) };
}

/** Arrays that are all of their memory, in an answer or one level below. */
function memoryOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (each: unknown, depth: number) => {
    if (ArrayBuffer.isView(each)) {
      if (each.buffer instanceof ArrayBuffer && each.byteLength === each.buffer.byteLength) found.add(each.buffer);
    } else if (depth > 0 && typeof each === 'object' && each !== null) {
      for (const inner of Object.values(each)) look(inner, depth - 1);
    }
  };
  look(value, 2);
  return [...found];
}
