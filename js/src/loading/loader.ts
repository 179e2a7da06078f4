/** Reads files for one runtime: each that is in flight once, however many ask for it. */
import { FeatureColumnError } from '../errors.js';
import { allocate, type NativeModule } from '../runtime/module.js';
import { onAbort, throwIfAborted } from './abort.js';
import type { BegunRequests } from './begun_requests.js';
import { ArraySink, NativeSink, type ByteSink, type NativeFile } from './byte_sink.js';
import { describeSource } from './describe_source.js';
import type { EarlyLines } from './early_lines.js';
import { TransientError } from './http.js';
import { lazy } from './lazy.js';
import { isFileUrl, isUrl, resolveLocation, type Location } from './location.js';
import { SharedCache, type Making } from './shared_cache.js';
import { sleep } from './sleep.js';
import { IdentityKeys } from './source_identity.js';
import { Transfer, type FileVersion, type Receiver, type TransferOptions } from './transfer.js';
import type { Fetch, LoaderOptions, LoadOptions, LoadPhase, Progress, Source } from './types.js';

const DEFAULT_RETRIES = 2;
const FIRST_PAUSE = 200; // milliseconds; doubled at each retry

/** A source that is known to be readable, with its key among what is loaded. */
export interface Resolved {
  /** For messages and progress. */
  readonly url: string;
  /** The same for the same content: the URL and the digest it must have, or the object's identity. */
  readonly key: string;
  /** Where it is, if it has a name. */
  readonly location: Location | undefined;
  readonly request: Request | undefined;
  readonly source: Source;
  readonly digest: string | undefined;
}

interface Arrived {
  readonly loaded: number;
  readonly total?: number;
}

export class Loader {
  readonly fetch: Fetch;
  private readonly customFetch: boolean;
  private readonly baseUrl: string | URL | undefined;
  private readonly retries: number;
  /** Lets go of a kept answer; whether there was one. */
  readonly forget: (url: string) => Promise<boolean>;
  private readonly identities = new IdentityKeys();
  private readonly nativeFiles: SharedCache<NativeFile, Arrived>;
  private readonly arrays = new SharedCache<Uint8Array<ArrayBuffer>, Arrived>(() => {});

  constructor(
    private readonly native: NativeModule,
    options: LoaderOptions,
    begun: BegunRequests,
  ) {
    this.customFetch = options.fetch !== undefined;
    this.fetch = begun.over(options.fetch ?? ((url, init) => globalThis.fetch(url, init)));
    this.baseUrl = options.baseUrl;
    this.forget = options.forget ?? (async () => false);
    this.retries = options.retries ?? DEFAULT_RETRIES;
    this.nativeFiles = new SharedCache<NativeFile, Arrived>(({ address, early }) => {
      native.free(address);
      if (early) native.earlyEnd(early);
    });
  }

  /** Whether a file's response is of the platform's own `fetch`, called here: nobody else reads it. One that was put together has no URL, or one that was given to it. */
  owns({ location }: Resolved, response: Response): boolean {
    return location !== undefined && !this.customFetch && response.url !== '' && !Object.hasOwn(response, 'url');
  }

  /** Where a source is. @throws FeatureColumnError `invalid_argument` */
  async resolve(source: Source, options: LoadOptions = {}): Promise<Resolved> {
    if (typeof source === 'string' || source instanceof URL) {
      const location = await this.locate(source, options.baseUrl);
      return this.at(location, String(source), options);
    }
    if (typeof Request !== 'undefined' && source instanceof Request) {
      if (source.method !== 'GET') throw new FeatureColumnError('invalid_argument', `${source.url}: files are read by GET, and not by a Request with ${source.method}`, { value: source.method });
      throwIfAborted(source.url, source.signal);
      const pinned = source.integrity === '' ? undefined : (await lazy(import('./integrity.js'))).expectedDigest(source.integrity, source.url);
      const digest = (await this.digestOf(source.url, source.url, options)) ?? pinned;
      return { url: source.url, key: `${source.url}|${digest ?? ''}|${this.identities.of(source)}`, location: source.url, request: source, source, digest };
    }
    if (typeof source !== 'object' || source === null) {
      throw new FeatureColumnError('invalid_argument', `a URL, a path, a Request, a Response, a Blob, a ReadableStream or bytes are needed, not ${String(source)}`);
    }
    const url = describeSource(source);
    const digest = await this.digestOf(url, url, options);
    return { url, key: `${this.identities.of(source)}|${digest ?? ''}`, location: undefined, request: undefined, source, digest };
  }

  /** A name that is known to be resolved. `given` is what the caller wrote, by which integrity may be given too. */
  async at(location: Location, given: string, options: LoadOptions): Promise<Resolved> {
    const digest = await this.digestOf(location, given, options);
    return { url: location, key: `${location}|${digest ?? ''}`, location, request: undefined, source: location, digest };
  }

  async locate(name: string | URL, baseUrl: string | undefined): Promise<Location> {
    return resolveLocation(name, baseUrl ?? this.baseUrl, this.customFetch);
  }

  /** Whether a location is read through Node's files rather than through `fetch`. */
  isFile(location: Location): boolean {
    return !this.customFetch && isFileUrl(location);
  }

  /**
   * A file in the module's memory; the caller frees it or gives it to a call that takes it over. Of those who ask for a file at once, the first
   * one's `lines` are looked at while it arrives, and one of them is told what came of that.
   *
   * @throws FeatureColumnError `not_found`, `network`, `integrity`, `aborted`, `out_of_memory`
   */
  async readNative(resolved: Resolved, phase: LoadPhase, options: LoadOptions = {}, lines?: EarlyLines): Promise<NativeFile> {
    const make = (making: Making<Arrived>) => this.read(resolved, new NativeSink(this.native, resolved.url, lines), making);
    const share = await this.nativeFiles.acquire(resolved.key, resolved.url, make, options.signal, progressOf(resolved.url, phase, options));
    try {
      return share.take() ?? this.copy(share.value, resolved.url);
    } finally {
      share.release();
    }
  }

  /** A file in JavaScript's memory, which others may be reading too: not to be written to. Errors: as {@link readNative}. */
  async readBytes(resolved: Resolved, phase: LoadPhase, options: LoadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const make = (making: Making<Arrived>) => this.read(resolved, new ArraySink(), making);
    const share = await this.arrays.acquire(resolved.key, resolved.url, make, options.signal, progressOf(resolved.url, phase, options));
    share.release();
    return share.value;
  }

  private copy(file: NativeFile, what: string): NativeFile {
    const address = allocate(this.native, file.bytes, what);
    this.native.HEAPU8.copyWithin(address, file.address, file.address + file.bytes);
    return { address, bytes: file.bytes };
  }

  /** What a file's SHA-256 has to be. Names that no file has are not looked for: one list may serve many layers. */
  async digestOf(location: Location, given: string, options: LoadOptions): Promise<string | undefined> {
    const { integrity } = options;
    if (integrity !== undefined && (typeof integrity !== 'object' || integrity === null || Array.isArray(integrity))) {
      throw new FeatureColumnError('invalid_argument', `integrity takes an object, {"videos.txt": "sha256-…"}: which file ${String(integrity)} is of, it must say`, { value: integrity });
    }
    for (const [name, text] of Object.entries(options.integrity ?? {})) {
      if (name === given || name === location || (!isUrl(name) && (await this.locate(name, options.baseUrl)) === location)) return (await lazy(import('./integrity.js'))).expectedDigest(text, location);
    }
    return undefined;
  }

  /** What `attempt` gives; another attempt after a pause where the connection was cut. One that `progressed` all the same does not count. */
  async retrying<T>({ location, url }: Resolved, signal: AbortSignal, attempt: () => Promise<T>, progressed: () => boolean = () => false): Promise<T> {
    // What a caller hands over can be opened once only.
    const retries = location === undefined ? 0 : this.retries;
    for (let tried = 0; ; ++tried) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        if (retries > 0 && progressed()) tried = 0;
        if (tried >= retries) throw error.problem;
        await sleep(FIRST_PAUSE * 2 ** tried, url, signal);
      }
    }
  }

  private async read<T>(resolved: Resolved, sink: ByteSink<T>, { signal, report }: Making<Arrived>): Promise<T> {
    try {
      await this.transfer(resolved, sink, { signal, report: (loaded, total) => report(total === undefined ? { loaded } : { loaded, total }) });
      return sink.finish();
    } catch (error) {
      sink.discard();
      throw error;
    }
  }

  /** Moves a file's bytes to `receiver` as they arrive. @throws FeatureColumnError as {@link readNative}; what the receiver throws; RangeRefused */
  async transfer(resolved: Resolved, receiver: Receiver, options: TransferOptions): Promise<FileVersion> {
    const { signal, end } = either(options.signal, resolved.request?.signal);
    try {
      return await new Transfer(this, resolved, receiver, { ...options, signal }).run();
    } finally {
      end();
    }
  }
}

/** A signal that fires with the first of two. `AbortSignal.any` is younger than the browsers that this is for. */
function either(signal: AbortSignal, other: AbortSignal | undefined): { readonly signal: AbortSignal; end(): void } {
  if (other === undefined || signal.aborted) return { signal, end: () => {} };
  if (other.aborted) return { signal: other, end: () => {} };
  const controller = new AbortController();
  const ends = [signal, other].map((each) => onAbort(each, () => controller.abort(each.reason)));
  return { signal: controller.signal, end: () => ends.forEach((end) => end()) };
}

function progressOf(url: string, phase: LoadPhase, { onProgress }: LoadOptions): ((arrived: Arrived) => void) | undefined {
  if (onProgress === undefined) return undefined;
  return ({ loaded, total }) => onProgress((total === undefined ? { phase, url, loaded } : { phase, url, loaded, total }) satisfies Progress);
}
