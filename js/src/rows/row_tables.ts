/** The tables of a runtime that are fetched by rows: the way in to this folder, which only those download who use it. */
import { FeatureColumnError } from '../errors.js';
import type { CheckShape } from '../loading/array_file.js';
import { lazy } from '../loading/lazy.js';
import type { Loader, Resolved } from '../loading/loader.js';
import { SharedCache } from '../loading/shared_cache.js';
import type { TableFileKind } from '../loading/table_kind.js';
import type { LoadOptions, Progress, TableLease } from '../loading/types.js';
import type { NativeModule } from '../runtime/module.js';
import { openRows } from './row_file.js';
import { findRows, FIRST_READ } from './row_place.js';
import { RowRuns } from './row_runs.js';
import { DEFAULT_ROW_OPTIONS, RowTable, type RowOptions } from './row_table.js';
import { Turns } from './turns.js';

/** What of a table is asked for. */
export interface RowTableRequest {
  readonly file: Resolved;
  /** 'bytes': to be told by its first ones. undefined: a checkpoint. */
  readonly kind: TableFileKind | 'bytes' | undefined;
  readonly tensor: string | undefined;
  /** What else the table must be, in a word: tables of one key are shared. */
  readonly key: string;
  readonly check: CheckShape;
  /** What is not given has its default. */
  readonly options: { readonly [Name in keyof RowOptions]?: RowOptions[Name] | undefined };
}

export class RowTables {
  private readonly open = new Set<RowTable>();
  private readonly turns = new Turns();
  private readonly cache = new SharedCache<RowTable, Progress>((table) => {
    this.open.delete(table);
    table.close();
  });

  constructor(
    private readonly native: NativeModule,
    private readonly loader: Loader,
  ) {}

  /** Reads the file's header and makes room. @throws FeatureColumnError those of `openRows`, `findRows` and {@link RowTable} */
  async table({ file, kind, tensor, key, check, options }: RowTableRequest, { signal, onProgress }: LoadOptions): Promise<TableLease> {
    if (kind === undefined) {
      throw new FeatureColumnError('unsupported', `${file.url}: rows can be fetched of .npy and .safetensors files, not of checkpoints; write one with feature-columns convert --input … --output table.safetensors`, { value: file.url });
    }
    const chosen = { ...DEFAULT_ROW_OPTIONS, ...(Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<RowOptions>) };
    const share = await this.cache.acquire(
      `${file.key}|${tensor ?? ''}|${key}|${Object.values(chosen).join()}`,
      file.url,
      async (making) => {
        const opened = await openRows(this.loader, file, FIRST_READ, making.signal);
        const place = await findRows(opened, kind, tensor, file.url, check, chosen.budget, making.signal);
        making.report({ phase: 'table', url: file.url, loaded: opened.head.length, total: opened.head.length });
        const kept = chosen.keep === '' ? undefined : await lazy(import('./kept_rows.js'));
        const source = kept ? await kept.keepRows(opened, file.url, chosen.keep, making.signal) : opened;
        await this.native.parts.need(['columns'], making.signal);
        const table = new RowTable(this.native, source, place, file.url, chosen, kept?.COST);
        this.open.add(table);
        return table;
      },
      signal,
      onProgress,
    );
    const { handle, rows, dimension } = share.value;
    return { handle, rows, dimension, rowTable: { table: share.value, tables: this }, release: () => share.release() };
  }

  /** The runs of a layer that has these tables. */
  runs(tables: readonly RowTable[]): RowRuns {
    return new RowRuns([...new Set(tables)], this.turns);
  }

  /** The rows that are held at this moment, and their bytes. */
  get held(): { readonly count: number; readonly bytes: number } {
    let count = 0;
    let bytes = 0;
    for (const { held } of this.open) {
      count += held.count;
      bytes += held.bytes;
    }
    return { count, bytes };
  }
}
