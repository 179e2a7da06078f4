/** What loading takes and gives: the types that layers, estimators and the runtime share with this folder. */
import type { RowTable } from '../rows/row_table.js';
import type { RowTables } from '../rows/row_tables.js';
import type { Handle } from '../runtime/module.js';

/** `fetch`, or what a caller gives in its place. It is called with the resolved URL (see {@link LoaderOptions.baseUrl}). */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/**
 * Where bytes come from: a URL or a file path (Node), or the bytes themselves. Streams and responses are read once;
 * everything else may be read again.
 */
export type Source = string | URL | Request | Response | Blob | ReadableStream<Uint8Array> | ArrayBuffer | ArrayBufferView;

/** What is being loaded. */
export type LoadPhase = 'spec' | 'vocabulary' | 'checkpoint' | 'table';

export interface Progress {
  readonly phase: LoadPhase;
  /** The resolved URL, or a word for bytes that have none ("Blob"). */
  readonly url: string;
  /** Bytes so far. */
  readonly loaded: number;
  /** Bytes in all, where the server says so. */
  readonly total?: number;
}

/** Options of everything that loads. */
export interface LoadOptions {
  /** Ends the loading with a FeatureColumnError `aborted` whose cause is the signal's reason. What others wait for goes on. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** SHA-256 by URL (as given, or resolved): `sha256-<base64>` as in Subresource Integrity, or 64 hex digits. */
  readonly integrity?: Readonly<Record<string, string>> | undefined;
  /** What relative names are relative to, in place of {@link LoaderOptions.baseUrl}: a spec's own URL. */
  readonly baseUrl?: string | undefined;
}

/** Options of a runtime's loading. */
export interface LoaderOptions {
  /** In place of the global `fetch`; used for every name, relative ones and file paths too. */
  readonly fetch?: Fetch | undefined;
  /**
   * What relative names are relative to. Default: the page's URL in browsers, the working directory in Node. With `fetch`
   * and without a base or a page, names go to `fetch` as they are.
   */
  readonly baseUrl?: string | URL | undefined;
  /** Lets go of what `fetch` keeps for a URL; whether it kept anything. @internal */
  readonly forget?: ((url: string) => Promise<boolean>) | undefined;
  /** Attempts after the first when a connection is cut or a server answers 5xx. Default 2. */
  readonly retries?: number | undefined;
}

/** A share of a thing in the module's memory. It is freed with its last share. */
export interface Lease {
  readonly handle: Handle;
  /** Of a table whose rows are fetched when a batch needs them. */
  readonly rowTable?: { readonly table: RowTable; readonly tables: RowTables };
  /** Gives the share back; later calls do nothing. */
  release(): void;
}

export interface VocabularyLease extends Lease {
  /** Number of keys. */
  readonly size: number;
}

export interface TableLease extends Lease {
  readonly rows: number;
  readonly dimension: number;
}

/** A vocabulary file column's arguments. Columns that say the same share one vocabulary. */
export interface VocabularyRequest {
  /** The column's name, for messages. */
  readonly column: string;
  readonly vocabularyFile: Source;
  /** Only so many first lines; fewer are an error. Default: all. */
  readonly vocabularySize?: number | null | undefined;
  /** A dtype's name: "string", or an integer's. */
  readonly dtype: string;
  /** "text" or "tfrecord_gzip". Default: by the ending `tfrecord.gz`, else text. */
  readonly fileFormat?: string | null | undefined;
}

/** Weights that are in no TensorFlow checkpoint (or whose kind is told from the file's ending). */
export type TableSource =
  | {
      readonly url: string | URL | Request | Response | Blob | ArrayBuffer | ArrayBufferView;
      readonly tensor?: string | undefined;
      /**
       * Of a checkpoint: a tensor of double, integers or bool is taken too, each value rounded to the nearest float32. TensorFlow refuses it for a
       * variable of float32. Default: false.
       */
      readonly cast?: boolean | undefined;
      readonly fetch?: undefined;
    }
  | { readonly data: Float32Array; readonly tensor?: undefined; readonly cast?: undefined; readonly fetch?: undefined };

/** A tensor of a file: a table without a column. `cast` as of {@link TableSource}. */
export interface TensorSource {
  readonly url: Source;
  readonly tensor?: string | undefined;
  readonly cast?: boolean | undefined;
}

/** A table that is too large to download: only the rows that a batch needs are fetched, of a .npy or .safetensors file. See docs/tables.md. */
export interface FetchedTableSource {
  readonly url: string | URL | Request | Blob | ArrayBuffer | ArrayBufferView;
  readonly tensor?: string | undefined;
  readonly fetch: 'rows';
  /** Bytes that the table may take, kept rows and answers on their way together. Default 32 MiB. */
  readonly budget?: number | undefined;
  /** Rows that lie no more than so many bytes apart are fetched in one request. Default 16384. */
  readonly gap?: number | undefined;
  /** Requests at a time. Default 6. */
  readonly concurrency?: number | undefined;
  /** The name of a Cache of the Cache API in which rows are kept for later visits. Default: none. */
  readonly keep?: string | undefined;
}

/** The table of one embedding column, or of one group of shared embeddings. */
export interface TableRequest {
  /** The column's name, `genres_embedding`; of a shared group: the first one's. */
  readonly column: string;
  /** Of a shared group: its collection's name, which is its variable's name. */
  readonly sharedEmbeddingCollectionName?: string | undefined;
  /** Rows the table must have. May be a promise, so that a vocabulary and its table load side by side. */
  readonly numBuckets: number | PromiseLike<number>;
  readonly dimension: number;
  readonly ckptToLoadFrom?: Source | null | undefined;
  readonly tensorNameInCkpt?: string | null | undefined;
  readonly table?: TableSource | FetchedTableSource | null | undefined;
}

/** Gives the table of an embedding: by what the column says (`Resources.table`), or from an estimator's checkpoint. */
export type TableFor = (request: TableRequest) => Promise<TableLease>;

/** A run of bytes in a data file of a checkpoint. */
export interface TensorPiece {
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
}

/** A tensor as a checkpoint's index, or the header of a file of tensors, describes it. */
export interface TensorInfo {
  /** The file's name for it. TensorFlow's: "float", "int64", "string", … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of checkpoints: where its bytes are, one run for each partition of a partitioned variable. */
  readonly pieces?: readonly TensorPiece[] | undefined;
}
