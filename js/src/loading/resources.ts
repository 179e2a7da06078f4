/** All that a runtime has loaded, each thing once: the way in to this folder. */
import type { NativeModule } from '../runtime/module.js';
import type { LoaderOptions, LoadOptions, Source, TableLease, TableRequest, VocabularyLease, VocabularyRequest } from './types.js';

export interface Resources {
  /** The vocabulary of a file. Errors: `not_found`, `network`, `integrity`, `invalid_vocabulary`, `aborted`, `out_of_memory`. */
  vocabulary(request: VocabularyRequest, options?: LoadOptions): Promise<VocabularyLease>;
  /** The table of an embedding by what its column says. Errors: those, `tensor_not_found`, `shape_mismatch`, `dtype_mismatch`, `invalid_checkpoint`, `checksum_mismatch`. */
  table(request: TableRequest, options?: LoadOptions): Promise<TableLease>;
  /** A JSON file, with the URL it came from: the base of the names in it. */
  json(source: Source, options?: LoadOptions): Promise<{ readonly value: unknown; readonly url: string }>;
}

/** `createResources(native, {fetch, baseUrl})`, one for each runtime. */
export type CreateResources = (native: NativeModule, options?: LoaderOptions) => Resources;
