/** All that a runtime has loaded of files, each thing once: vocabularies, tables, checkpoints. */
import { FeatureColumnError } from '../errors.js';
import type { RowTables } from '../rows/row_tables.js';
import type { Handle, NativeModule } from '../runtime/module.js';
import { withCache } from '../runtime/cached_fetch.js';
import { parseSpec } from '../spec/parse_spec.js';
import { castRefused } from './array_file.js';
import type { BegunRequests } from './begun_requests.js';
import type { Checkpoint } from './checkpoint.js';
import { lazy } from './lazy.js';
import { Loader, type Resolved } from './loader.js';
import { tableLease } from './memory_table.js';
import type { ResourceOptions } from './resources.js';
import { SharedCache, type Share } from './shared_cache.js';
import { tableFileKind, type TableFileKind } from './table_kind.js';
import type { TableStreams } from './table_stream.js';
import { canBeTable, onlyTable } from './tensor_dtypes.js';
import type { Tensor, TensorFile } from './tensor_file.js';
import { shapeCheck, type TensorUse } from './tensor_use.js';
import type { FetchedTableSource, Lease, LoadOptions, Progress, Source, TableLease, TableRequest, TableSource, TensorInfo, TensorSource, VocabularyLease, VocabularyRequest } from './types.js';
import { loadVocabulary, vocabularyDtype, vocabularyFormat } from './vocabulary.js';

/** A share of an open checkpoint. */
export interface CheckpointLease extends Lease {
  /** Its prefix: a resolved URL. */
  readonly url: string;
  /** Tensors by key. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Keys by the Saver's names of variables; empty unless tf.train.Checkpoint, Keras or a SavedModel wrote it. */
  names(options?: LoadOptions): Promise<ReadonlyMap<string, string>>;
  /** Tells that a tensor will be asked for when the promise is settled: a file that has to be read whole is read once then. */
  expect(promise: PromiseLike<unknown>): void;
  /** A tensor, by key or by name, as a table. Its shape must be the variable's. `cast`: {@link TableSource}. */
  tensor(name: string, use: TensorUse, options?: LoadOptions, cast?: boolean): Promise<TableLease>;
}

export function openFiles(native: NativeModule, options: ResourceOptions, begun: BegunRequests): FileResources {
  return new FileResources(native, new Loader(native, withCache(options), begun));
}

export class FileResources {
  private readonly vocabularies: SharedCache<Handle, Progress>;
  private readonly tables: SharedCache<Handle, Progress>;
  private readonly checkpoints: SharedCache<Checkpoint, Progress>;
  private rowTables: RowTables | undefined;
  private streams: Promise<TableStreams> | undefined;

  constructor(
    private readonly native: NativeModule,
    private readonly loader: Loader,
  ) {
    const release = (handle: Handle) => native.release(handle);
    this.vocabularies = new SharedCache<Handle, Progress>(release);
    this.tables = new SharedCache<Handle, Progress>(release);
    this.checkpoints = new SharedCache<Checkpoint, Progress>(({ handle }) => native.release(handle));
  }

  /** As {@link Resources.vocabulary}. */
  async vocabulary(request: VocabularyRequest, options: LoadOptions): Promise<VocabularyLease> {
    const share = await this.sharedVocabulary(request, options);
    return { handle: share.value, size: this.native.vocabularySize(share.value), release: () => share.release() };
  }

  private async sharedVocabulary(request: VocabularyRequest, options: LoadOptions, inOneGo = false): Promise<Share<Handle>> {
    const dtype = vocabularyDtype(request.dtype);
    const size = request.vocabularySize ?? -1;
    const file = await this.loader.resolve(request.vocabularyFile, options);
    const format = vocabularyFormat(request, file.url);
    return this.vocabularies.acquire(
      `${file.key}|${format}|${dtype}|${size}|${inOneGo}`,
      file.url,
      ({ signal, report }) => loadVocabulary(this.native, this.loader, file, format, dtype, size, inOneGo, { ...options, signal, onProgress: report }),
      options.signal,
      options.onProgress,
    );
  }

  /** The file of a vocabulary with its index. @throws FeatureColumnError as {@link vocabulary}, `unsupported` */
  async prebuilt(vocabularyFile: Source, vocabularySize: number | undefined, options: LoadOptions = {}): Promise<Uint8Array> {
    const { prebuild } = await lazy(import('./prebuild.js'));
    return prebuild(this.native, vocabularySize, () => this.sharedVocabulary({ column: '', vocabularyFile, vocabularySize, dtype: 'string' }, options, true), options.signal);
  }

  /** As {@link Resources.table}, of what is in files; `use` says what it is for. */
  async table({ ckptToLoadFrom, tensorNameInCkpt, table, numBuckets }: TableRequest, use: () => Promise<TensorUse>, options: LoadOptions): Promise<TableLease> {
    if (ckptToLoadFrom !== undefined && ckptToLoadFrom !== null) return this.fromCheckpoint(ckptToLoadFrom, tensorNameInCkpt ?? undefined, numBuckets, use, options);
    if (table?.fetch === 'rows') return this.fromRows(table, await use(), options);
    const { url, tensor, cast } = table as Extract<TableSource, { readonly url: unknown }>;
    const file = await this.loader.resolve(url, options);
    const kind = file.location === undefined ? 'bytes' : tableFileKind(file.location);
    if (kind === undefined) return this.fromCheckpoint(url, tensor, numBuckets, use, options, cast);
    if (cast) throw castRefused(file.url);
    (await this.tableStreams()).expect(file, Promise.resolve(numBuckets));
    return this.fromFile(file, kind, tensor, await use(), options);
  }

  /** A checkpoint, by prefix or directory. @throws FeatureColumnError as {@link table} */
  async checkpoint(source: Source, options: LoadOptions = {}): Promise<CheckpointLease> {
    const { opened, release } = await this.openShared(source, options);
    return {
      handle: opened.handle,
      url: opened.location,
      tensors: opened.tensors,
      names: (own = options) => opened.graphNames(own),
      expect: (promise) => opened.expect(promise),
      tensor: (name, use, own = options, cast = false) => this.tableOf(opened, name, use, own, cast),
      release,
    };
  }

  private async openShared(source: Source, options: LoadOptions): Promise<{ readonly opened: Checkpoint; release(): void }> {
    if (typeof source !== 'string' && !(source instanceof URL)) {
      throw new FeatureColumnError('invalid_argument', 'a checkpoint is several files: give its prefix or directory as a URL or path; a `fetch` of yours may answer for them');
    }
    const location = await this.loader.locate(source, options.baseUrl);
    if (await this.loader.digestOf(location, String(source), options)) {
      throw new FeatureColumnError('invalid_argument', `integrity of ${location}: a checkpoint is several files, each of which has its own: ${String(source)}.index and others`);
    }
    const share = await this.checkpoints.acquire(
      `${location}|${integrityKey(options)}`,
      location,
      async ({ signal, report }) => (await lazy(import('./checkpoint.js'))).openCheckpoint(this.native, this.loader, location, { ...options, signal, onProgress: report }),
      options.signal,
      options.onProgress,
    );
    return { opened: share.value, release: () => share.release() };
  }

  /** What is in a checkpoint, a .safetensors or .npy file. @throws FeatureColumnError as {@link table} */
  async tensors(source: Source, options: LoadOptions = {}): Promise<TensorFile> {
    const { tensorsOf } = await lazy(import('./tensor_file.js'));
    return this.withCheckpoint(options, (open) => tensorsOf(this.loader, open, source, options));
  }

  /** One tensor of these, in JavaScript's memory. @throws FeatureColumnError as {@link table} */
  async tensor(source: TensorSource, options: LoadOptions = {}): Promise<Tensor> {
    const { tensorOf } = await lazy(import('./tensor_file.js'));
    return this.withCheckpoint(options, (open) => tensorOf(this.native, this.loader, open, source, options));
  }

  /** Lets go of the checkpoint that `use` may open. */
  private async withCheckpoint<T>(options: LoadOptions, use: (open: (source: Source) => Promise<Checkpoint>) => Promise<T>): Promise<T> {
    let lease: { readonly opened: Checkpoint; release(): void } | undefined;
    try {
      return await use(async (source) => (lease = await this.openShared(source, options)).opened);
    } finally {
      lease?.release();
    }
  }

  /** Where a name leads. @throws FeatureColumnError `invalid_argument` */
  locate(name: string | URL, options: LoadOptions = {}): Promise<string> {
    return this.loader.locate(name, options.baseUrl);
  }

  /** A JSON file, with the URL it came from, which is the base of the names in it. @throws FeatureColumnError `invalid_spec` if it is no JSON */
  async json(source: Source, options: LoadOptions = {}): Promise<{ readonly value: unknown; readonly url: string | undefined }> {
    const file = await this.loader.resolve(source, options);
    const bytes = await this.loader.readBytes(file, 'spec', options);
    try {
      return { value: parseSpec(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), url: file.location };
    } catch (cause) {
      throw new FeatureColumnError('invalid_spec', `${file.url} is no JSON: ${(cause as Error).message}`, { cause });
    }
  }

  private async fromCheckpoint(source: Source, tensor: string | undefined, numBuckets: number | PromiseLike<number>, use: () => Promise<TensorUse>, options: LoadOptions, cast = false): Promise<TableLease> {
    const checkpoint = await this.checkpoint(source, options);
    try {
      checkpoint.expect(Promise.resolve(numBuckets));
      return await checkpoint.tensor(tensor ?? onlyTable(checkpoint.tensors, checkpoint.url, cast), await use(), options, cast);
    } finally {
      checkpoint.release(); // the table is on its own
    }
  }

  private async tableOf(opened: Checkpoint, name: string, use: TensorUse, options: LoadOptions, cast: boolean): Promise<TableLease> {
    const key = await opened.keyOf(name, options);
    const found = opened.tensors.get(key);
    if (found) shapeCheck(use)(found.shape, name); // before the bytes are fetched; the core says what is wrong with a name
    if (found && canBeTable(found.dtype, false)) cast = false; // of which one table is enough
    const share = await this.tables.acquire(
      `${opened.location}|${integrityKey(options)}|${cast}|${key}`,
      opened.location,
      ({ signal, report }) => opened.loadTensor(key, cast, { ...options, signal, onProgress: report }),
      options.signal,
      options.onProgress,
    );
    return tableLease(this.native, share.value, () => share.release());
  }

  private async fromFile(file: Resolved, kind: TableFileKind | 'bytes', tensor: string | undefined, use: TensorUse, options: LoadOptions): Promise<TableLease> {
    const share = await this.tables.acquire(
      `${file.key}|${tensor ?? ''}|${use.shape.join()}`,
      file.url,
      async ({ signal, report }) => {
        const own = { ...options, signal, onProgress: report };
        return (await this.tableStreams()).load(file, kind, tensor, shapeCheck(use), own);
      },
      options.signal,
      options.onProgress,
    );
    return tableLease(this.native, share.value, () => share.release());
  }

  /** One promise for all who ask: tables of one file must tell of themselves in one turn. An `import()` of each would come in turns of their own. */
  private tableStreams(): Promise<TableStreams> {
    return (this.streams ??= lazy(import('./table_stream.js')).then(
      ({ TableStreams }) => new TableStreams(this.native, this.loader),
      (error: unknown) => {
        this.streams = undefined;
        throw error;
      },
    ));
  }

  /** Rows that are held of tables that are fetched by rows, and their bytes. */
  get heldRows(): { readonly count: number; readonly bytes: number } {
    return this.rowTables?.held ?? { count: 0, bytes: 0 };
  }

  private async fromRows({ url, tensor, fetch: _, ...chosen }: FetchedTableSource, use: TensorUse, options: LoadOptions): Promise<TableLease> {
    const { RowTables } = await lazy(import('../rows/row_tables.js'));
    this.rowTables ??= new RowTables(this.native, this.loader);
    const file = await this.loader.resolve(url, options);
    const kind = file.location === undefined ? 'bytes' : tableFileKind(file.location);
    return this.rowTables.table({ file, kind, tensor, key: use.shape.join(), check: shapeCheck(use), options: chosen }, options);
  }
}

/** Pinned and unpinned contents are not shared: the one has not been checked. */
const integrityKey = ({ integrity }: LoadOptions): string => (integrity === undefined ? '' : JSON.stringify(Object.entries(integrity).sort()));
