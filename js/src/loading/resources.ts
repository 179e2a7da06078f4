/** All that a runtime has loaded, each thing once: the way in to this folder. What reads files is a part, which comes with the first file. */
import { FeatureColumnError } from '../errors.js';
import type { NativeModule } from '../runtime/module.js';
import type { CacheOption } from '../runtime/cache.js';
import { BegunRequests } from './begun_requests.js';
import { DataTables } from './data_tables.js';
import type { FileResources } from './file_resources.js';
import { lazy } from './lazy.js';
import { shapeCheck, type TensorUse } from './tensor_use.js';
import type { LoaderOptions, LoadOptions, TableLease, TableRequest, VocabularyLease, VocabularyRequest } from './types.js';

export interface ResourceOptions extends LoaderOptions {
  readonly cache?: CacheOption | undefined;
}

/** One for each runtime. */
export class Resources {
  private readonly dataTables: DataTables;
  private readonly begun: BegunRequests;
  private reading: Promise<FileResources> | undefined;
  private loaded: FileResources | undefined;

  constructor(
    private readonly native: NativeModule,
    private readonly options: ResourceOptions,
  ) {
    this.dataTables = new DataTables(native);
    this.begun = new BegunRequests(options);
  }

  /** What reads files. One promise for all who ask: tables of one file must tell of themselves in one turn. @throws FeatureColumnError `network`, `aborted` */
  files({ signal }: LoadOptions): Promise<FileResources> {
    this.reading ??= import('./file_resources.js').then(
      ({ openFiles }) => (this.loaded = openFiles(this.native, this.options, this.begun)),
      (error: unknown) => {
        this.reading = undefined;
        throw error;
      },
    );
    return lazy(this.reading, signal);
  }

  /** The vocabulary of a file. @throws FeatureColumnError `not_found`, `network`, `integrity`, `invalid_vocabulary`, `aborted`, `out_of_memory` */
  vocabulary(request: VocabularyRequest, options: LoadOptions = {}): Promise<VocabularyLease> {
    const { column, vocabularyFile } = request;
    return inColumn(column, async () => {
      const files = this.files(options);
      files.catch(() => {}); // it is awaited below
      // A cache is asked before a server is: who has one has asked for the part already, when the runtime started.
      const isBegun = !this.loaded && !this.options.cache && (typeof vocabularyFile === 'string' || vocabularyFile instanceof URL);
      const end = isBegun ? await this.begun.begin(vocabularyFile, options) : undefined;
      try {
        return await (await files).vocabulary(request, options);
      } finally {
        end?.();
      }
    });
  }

  /**
   * The table of an embedding by what its column says.
   *
   * @throws FeatureColumnError `invalid_definition` if the column says nothing; `tensor_not_found`, `shape_mismatch`, `dtype_mismatch`,
   * `invalid_checkpoint`, `checksum_mismatch`, `not_found`, `network`, `integrity`, `aborted`, `out_of_memory`
   */
  table(request: TableRequest, options: LoadOptions = {}): Promise<TableLease> {
    const { column, dimension, ckptToLoadFrom, table, sharedEmbeddingCollectionName } = request;
    // It is awaited late, or not at all if the table fails first.
    Promise.resolve(request.numBuckets).catch(() => {});
    return inColumn(column, async () => {
      const use = async (): Promise<TensorUse> => ({
        column,
        variable: sharedEmbeddingCollectionName ?? `${column}/embedding_weights`,
        shape: [await request.numBuckets, dimension],
      });
      if (!ckptToLoadFrom && !table) {
        throw new FeatureColumnError('invalid_definition', `column "${column}" has no weights: give ckptToLoadFrom and tensorNameInCkpt, or table. Without them TensorFlow would draw random ones`, { column });
      }
      if (!ckptToLoadFrom && table && 'data' in table) {
        const variable = await use();
        await this.native.parts.told(options.signal);
        return this.dataTables.lease(table.data, variable.shape, column, shapeCheck(variable));
      }
      return (await this.files(options)).table(request, use, options);
    });
  }

  /** Rows that are held of tables that are fetched by rows, and their bytes. */
  get heldRows(): { readonly count: number; readonly bytes: number } {
    return this.loaded?.heldRows ?? { count: 0, bytes: 0 };
  }
}

/** Errors of loading name the column that needed it. */
async function inColumn<T>(column: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof FeatureColumnError) || error.column !== undefined || error.code === 'aborted') throw error;
    const { code, message, row, value, cause } = error;
    throw new FeatureColumnError(code, `column "${column}": ${message}`, { column, row, value, cause });
  }
}
