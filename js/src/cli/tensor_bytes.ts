/** Whether the bytes of tensors are where the head of their file, or the index of their checkpoint, says: told from sizes, without reading them. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { FeatureColumnError, type TensorInfo } from 'feature-columns';
import { brokenFile } from '../loading/array_file.js';

/** A .npy file has just its array behind the header. @throws FeatureColumnError `invalid_checkpoint` */
export function requireNpyBytes(name: string, { shape }: TensorInfo, expected: number, size: number): void {
  if (size !== expected) throw brokenFile(`${name} has ${size} bytes, but its header and an array of shape (${shape.join(', ')}) make ${expected}: ${size < expected ? 'it is cut off' : 'there is more behind it'}`);
}

/** How many bytes of each shard the tensors need, and for which tensor. */
function neededOf(tensors: Readonly<Record<string, TensorInfo>>): ReadonlyMap<number, { readonly tensor: string; readonly end: number }> {
  const needed = new Map<number, { readonly tensor: string; readonly end: number }>();
  for (const [tensor, { pieces = [] }] of Object.entries(tensors)) {
    for (const { shard, offset, size } of pieces) {
      if (size > 0 && offset + size > (needed.get(shard)?.end ?? 0)) needed.set(shard, { tensor, end: offset + size });
    }
  }
  return needed;
}

const numbered = (number: number): string => String(number).padStart(5, '0');

/**
 * The data files of a checkpoint are there, and as long as its index needs. How many there are, only their names tell here: files of
 * another number may lie beside them.
 *
 * @throws FeatureColumnError `not_found`, `invalid_checkpoint`
 */
export async function requireShards(prefix: string, tensors: Readonly<Record<string, TensorInfo>>): Promise<void> {
  const needed = neededOf(tensors);
  if (needed.size === 0) return;
  const begin = `${path.basename(prefix)}.data-`;
  const files = (await readdir(path.dirname(prefix))).filter((file) => file.startsWith(begin));
  const most = Math.max(...needed.keys()) + 1;
  const counts = [...new Set(files.map((file) => Number(/^\d{5}-of-(\d{5})$/.exec(file.slice(begin.length))?.[1] ?? 0)))].filter((count) => count >= most);
  let problem: FeatureColumnError | undefined;
  for (const count of counts.length > 0 ? counts : [most]) {
    const found = await shardProblem(prefix, count, needed);
    if (!found) return;
    problem ??= found;
  }
  if (problem) throw problem;
}

async function shardProblem(prefix: string, count: number, needed: ReturnType<typeof neededOf>): Promise<FeatureColumnError | undefined> {
  for (const [shard, { tensor, end }] of needed) {
    const file = `${prefix}.data-${numbered(shard)}-of-${numbered(count)}`;
    const size = await stat(file).then((found) => found.size, () => undefined);
    if (size === undefined) return new FeatureColumnError('not_found', `there is no file ${file}, in which the checkpoint has ${tensor}: ${end} bytes of it are needed`, { value: file });
    if (size < end) return brokenFile(`${file} is cut off: it has ${size} bytes, but ${tensor} ends at byte ${end}`);
  }
  return undefined;
}
