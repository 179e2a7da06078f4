/** One file, or one run of its bytes, moved to where it is wanted. A cut connection goes on where it was cut. */
import { FeatureColumnError } from '../errors.js';
import { abortable } from './abort.js';
import type { BytePlace } from './array_file.js';
import { cutError, looksLikeHtml, networkError, openGiven, openUrl, TransientError, type OpenBody } from './http.js';
import type { Digest } from './integrity.js';
import { lazy } from './lazy.js';
import type { Loader, Resolved } from './loader.js';
import { hasFiles } from './location.js';
import { contentRange, isEncoded, validatorOf, type Validator } from './range.js';
import type { Source } from './types.js';

/** What takes a file's bytes as they arrive. */
export interface Receiver {
  /**
   * The bytes that follow are the file's from `offset` on: all of them, or a part. What came before counts for nothing.
   * `total`: the file's size, where it is known.
   */
  begin(offset: number, total: number | undefined, isPart: boolean): void;
  /** The next bytes. The chunk is to be used during the call only. True: no more are needed. */
  write(chunk: Uint8Array): boolean | void;
}

/** What says that two answers are of one file. */
export interface FileVersion {
  readonly total: number | undefined;
  readonly etag: string | null;
}

/** The server does not answer for the range that was asked for, and the file has to be read whole. */
export class RangeRefused extends Error {}

export interface TransferOptions {
  readonly signal: AbortSignal;
  /** Bytes since the last `begin`, and how many there will be. */
  readonly report: (loaded: number, total: number | undefined) => void;
  /** Just these bytes, size > 0. A server may send the whole file all the same: see `begin`. Throws {@link RangeRefused}. */
  readonly range?: BytePlace;
}

const HEAD = 256;
/** An attempt that came so much further is no failed one: large files may need many. */
const GOOD_PROGRESS = 1024 * 1024;
/** What a smaller file leaves in Node is not worth the care. */
const GARBAGE = 8 * 1024 * 1024;

export class Transfer {
  version: FileVersion = { total: undefined, etag: null };
  /** Of the first byte in the file. */
  private offset = 0;
  private arrived = 0;
  /** Where the bytes end in the file. */
  private end: number | undefined;
  private validator: Validator | undefined;
  private digest: Digest | undefined;
  private readonly head = new Uint8Array(HEAD);
  private html = false;
  /** How far in the file any attempt has come. */
  private furthest = 0;

  constructor(
    private readonly loader: Loader,
    private readonly file: Resolved,
    private readonly receiver: Receiver,
    private readonly options: TransferOptions,
  ) {}

  /** @throws FeatureColumnError `not_found`, `network`, `integrity`, `aborted`; what the receiver throws; RangeRefused */
  async run(): Promise<FileVersion> {
    const { file, loader } = this;
    if (file.digest !== undefined) this.digest = await (await lazy(import('./integrity.js'))).newDigest();
    try {
      return await this.attempts();
    } catch (error) {
      const isOther = error instanceof FeatureColumnError && error.code === 'integrity' && file.location !== undefined;
      if (!isOther || !(await loader.forget(file.location))) throw error;
    }
    // What was kept is another version than the one that is wanted: now from where it comes from.
    return this.attempts();
  }

  private async attempts(): Promise<FileVersion> {
    const { file, loader, options } = this;
    this.furthest = options.range?.offset ?? 0;
    // One that begins anew, and comes no further than those before, might do so for ever.
    const progressed = () => {
      const reached = this.offset + this.arrived;
      const much = reached - this.furthest >= GOOD_PROGRESS;
      this.furthest = Math.max(this.furthest, reached);
      return much;
    };
    await loader.retrying(file, options.signal, async () => this.pump(await this.opened()), progressed);
    if (file.digest !== undefined) this.digest?.require(file.digest, file.url);
    return this.version;
  }

  /** What an abort does not wait for is closed when it is there. */
  private async opened(): Promise<OpenBody> {
    const opening = this.open();
    try {
      return await abortable(opening, this.file.url, this.options.signal);
    } catch (error) {
      opening.then(({ body }) => body?.cancel()).catch(() => {});
      throw error;
    }
  }

  private async open(): Promise<OpenBody> {
    const { location, source } = this.file;
    if (location === undefined) return this.begin(openGiven(source as Exclude<Source, string | URL | Request>), 0);
    if (this.loader.isFile(location)) {
      const { offset, size } = this.options.range ?? { offset: 0, size: undefined };
      const { openPath } = await lazy(import('./node_file.js'));
      const opened = await openPath(location, offset, size);
      return this.begin(opened, offset, size === undefined ? undefined : Math.min(size, Math.max(0, (opened.total as number) - offset)));
    }
    return (await this.resumed()) ?? this.fresh();
  }

  /** A request that goes on where the last one was cut; undefined where that cannot be told, or was refused. */
  private async resumed(): Promise<OpenBody | undefined> {
    const { validator, end, arrived, options } = this;
    if (validator === undefined || end === undefined || arrived === 0) return undefined;
    const from = this.offset + arrived;
    if (from >= end) return { body: undefined, total: this.version.total, html: false };
    // Once only: a server may choke on what it is asked here.
    this.validator = undefined;
    let opened: OpenBody;
    try {
      opened = await this.get({ Range: `bytes=${from}-${end - 1}`, ...validator.header });
    } catch (error) {
      if (error instanceof FeatureColumnError && error.code === 'network') return undefined;
      if (error instanceof TransientError && !error.answered) this.validator = validator; // it was not reached
      throw error;
    }
    const { headers, status } = opened.response as Response;
    if (status === 200 && options.range === undefined) return this.begin(opened, 0); // it has changed, or it is sent whole
    const range = contentRange(headers);
    const same = status === 206 && range !== undefined && range.start === from && range.end === end - 1 && range.total === this.version.total;
    if (!same || isEncoded(headers) || !validator.holds(headers)) {
      opened.body?.cancel().catch(() => {});
      return undefined;
    }
    this.validator = validator;
    return opened;
  }

  private async fresh(): Promise<OpenBody> {
    const { range } = this.options;
    if (range === undefined) return this.begin(await this.get(), 0);
    const last = range.offset + range.size - 1;
    let opened: OpenBody;
    try {
      opened = await this.get({ Range: `bytes=${range.offset}-${last}` });
    } catch (error) {
      // 416: the file ends before. Reading it whole gives the better message. 5xx may be a server that chokes on Range.
      if (error instanceof FeatureColumnError ? error.code === 'network' : error instanceof TransientError && error.answered) throw new RangeRefused();
      throw error;
    }
    const { headers, status } = opened.response as Response;
    const sent = contentRange(headers);
    if (status === 206 && !isEncoded(headers) && sent?.start === range.offset && sent.end === last) {
      return this.begin({ ...opened, total: sent.total }, range.offset, range.size);
    }
    if (status === 200 && !opened.html) return this.begin(opened, 0);
    opened.body?.cancel().catch(() => {});
    throw new RangeRefused();
  }

  private get(headers?: Record<string, string>): Promise<OpenBody> {
    const { location, request } = this.file;
    return openUrl(this.loader.fetch, location as string, request, this.options.signal, headers);
  }

  /** `size`: of what comes, where it is not all from `offset` on. */
  private begin(opened: OpenBody, offset: number, size?: number): OpenBody {
    const { total, response, html } = opened;
    if (this.options.signal.aborted) return opened; // nobody takes it
    this.offset = offset;
    this.arrived = 0;
    this.end = size === undefined ? total : offset + size;
    this.version = { total, etag: response?.headers.get('etag') ?? null };
    this.validator = response && total !== undefined && !isEncoded(response.headers) ? validatorOf(this.file.url, response.headers) : undefined;
    this.html = html;
    this.digest?.reset();
    this.receiver.begin(offset, total, size !== undefined);
    return opened;
  }

  private async pump({ body, response, total = 0 }: OpenBody): Promise<void> {
    const { options, loader, file: { url } } = this;
    if (body?.locked) throw new FeatureColumnError('invalid_argument', `${url} has been read before: streams and responses can be read once`);
    const reader = body?.getReader();
    let ended = false;
    try {
      const collect = hasFiles() && response && total > GARBAGE ? (await lazy(import('./node_file.js'))).chunkCollector(loader.owns(this.file, response)) : undefined;
      while (reader && !ended) {
        const { done, value } = await abortable(reader.read(), url, options.signal);
        if (done) break;
        if (!(value instanceof Uint8Array)) throw new FeatureColumnError('invalid_argument', `${url} gives no bytes: a stream of Uint8Array is needed`);
        ended = this.take(value);
        collect?.(value);
      }
      if (!ended && this.arrived < HEAD) this.refuseHtml(this.arrived);
    } catch (cause) {
      reader?.cancel().catch(() => {});
      if (cause instanceof FeatureColumnError && this.arrived < HEAD) this.refuseHtml(this.arrived); // which says more than what the receiver has made of it
      throw cutError(url, cause, options.signal);
    }
    if (ended) return void reader?.cancel().catch(() => {});
    if (this.arrived === 0) options.report(0, this.size);
    if (this.size !== undefined && this.arrived < this.size) {
      throw new TransientError(networkError(`${url} was cut off: ${this.arrived} of ${this.size} bytes arrived`));
    }
  }

  private get size(): number | undefined {
    return this.end === undefined ? undefined : this.end - this.offset;
  }

  /** True: no more are needed. */
  private take(chunk: Uint8Array): boolean {
    const before = this.arrived;
    this.arrived += chunk.length;
    if (this.offset === 0 && before < HEAD) {
      this.head.set(chunk.subarray(0, HEAD - before), before);
      if (this.arrived >= HEAD) this.refuseHtml(HEAD);
    }
    this.digest?.update(chunk);
    const enough = this.receiver.write(chunk) === true && this.digest === undefined;
    this.options.report(this.arrived, this.size);
    return enough;
  }

  private refuseHtml(size: number): void {
    if (this.offset > 0 || !looksLikeHtml(this.head.subarray(0, size), this.html)) return;
    throw networkError(`${this.file.url}: the server answered with an HTML page, not with the file. Is the path right? Many servers answer a page for any name`);
  }
}
