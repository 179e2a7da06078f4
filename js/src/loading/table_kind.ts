/** Kinds of files that hold tables, by their names and by their first bytes. */
import { pathOf } from './file_names.js';
import type { Location } from './location.js';

export type TableFileKind = 'npy' | 'safetensors' | 'npz' | 'arrow' | 'parquet';

const ENDINGS: Readonly<Record<string, TableFileKind>> = { npy: 'npy', safetensors: 'safetensors', npz: 'npz', arrow: 'arrow', arrows: 'arrow', feather: 'arrow', parquet: 'parquet' };

/** By the ending of a path; undefined: a checkpoint's prefix, or no table. */
export function kindOfPath(path: string): TableFileKind | undefined {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
}

export const tableFileKind = (location: Location): TableFileKind | undefined => kindOfPath(pathOf(location));

/** Bytes that have no name tell by their first ones: a .safetensors file has `{` after its header's length. */
export function tableFileKindOf(bytes: Uint8Array): TableFileKind {
  const first = String.fromCharCode(...bytes.subarray(0, 9));
  if (first.startsWith('PK')) return 'npz';
  if (first.startsWith('ARROW1') || first.startsWith('\xff\xff\xff\xff')) return 'arrow';
  if (first.startsWith('PAR1')) return 'parquet';
  return first[8] === '{' ? 'safetensors' : 'npy';
}
