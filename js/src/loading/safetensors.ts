/** .safetensors files: u64 length, a JSON header, then the tensors' bytes. Safe for untrusted bytes. */
import { FeatureColumnError } from '../errors.js';
import { brokenFile, countOf, type ArrayPlace } from './array_file.js';
import type { TensorInfo } from './types.js';

/** The limit of the reference implementation. */
const LARGEST_HEADER = 100_000_000;
const SIZES: Readonly<Record<ArrayPlace['dtype'], number>> = { F32: 4, F16: 2, BF16: 2 };

const isFloat = (dtype: unknown): dtype is ArrayPlace['dtype'] => dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';

function readHeader(bytes: Uint8Array, url: string): { readonly header: Map<string, unknown>; readonly start: number } {
  if (bytes.length < 8) throw brokenFile(`${url} is no .safetensors file: it has ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(Math.min(LARGEST_HEADER, bytes.length - 8))) throw brokenFile(`${url} is no .safetensors file, or is cut off: its header would have ${length} bytes`);
  const start = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (cause) {
    throw new FeatureColumnError('invalid_checkpoint', `${url} is no .safetensors file: its header is no JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw brokenFile(`${url} is no .safetensors file: its header is no JSON object`);
  const tensors = new Map(Object.entries(header));
  tensors.delete('__metadata__');
  return { header: tensors, start };
}

/** All tensors of a file, as its header has them. @throws FeatureColumnError `invalid_checkpoint` */
export function safetensorsTensors(bytes: Uint8Array, url: string): Record<string, TensorInfo> {
  const tensors: Record<string, TensorInfo> = {};
  for (const [name, entry] of readHeader(bytes, url).header) {
    const { dtype, shape } = (entry ?? {}) as { dtype?: unknown; shape?: unknown };
    if (typeof dtype !== 'string' || !Array.isArray(shape)) throw brokenFile(`tensor ${name} of ${url}: its entry has no dtype and shape`);
    countOf(shape, `tensor ${name} of ${url}`);
    tensors[name] = { dtype, shape: shape as number[] };
  }
  return tensors;
}

/**
 * Where a tensor is. Without a name, the only one.
 *
 * @throws FeatureColumnError `invalid_checkpoint`; `tensor_not_found`; `dtype_mismatch`
 */
export function safetensorsPlace(bytes: Uint8Array, tensor: string | undefined, url: string): ArrayPlace {
  const { header, start } = readHeader(bytes, url);
  const names = [...header.keys()];
  const listed = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
  if (tensor === undefined && names.length !== 1) {
    throw new FeatureColumnError('tensor_not_found', `${url} has ${names.length} tensors; say which in table.tensor: ${listed}`);
  }
  const name = tensor ?? (names[0] as string);
  const entry = header.get(name) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown } | undefined | null;
  if (!header.has(name)) throw new FeatureColumnError('tensor_not_found', `Tensor ${name} is not found in ${url}; it has ${listed}`, { value: name });
  const what = `tensor ${name} of ${url}`;
  if (typeof entry !== 'object' || entry === null || !Array.isArray(entry.shape) || !Array.isArray(entry.data_offsets)) throw brokenFile(`${what}: its entry has no dtype, shape and data_offsets`);
  const { dtype } = entry;
  if (!isFloat(dtype)) throw new FeatureColumnError('dtype_mismatch', `${what}: expected dtype F32, F16 or BF16, got ${String(dtype).slice(0, 40)}`, { value: String(dtype) });
  const shape = entry.shape as number[];
  const count = countOf(shape, what);
  const [begin, end] = entry.data_offsets as unknown[];
  const isOffset = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (!isOffset(begin) || !isOffset(end) || end - begin !== count * SIZES[dtype]) throw brokenFile(`${what}: data_offsets [${String(begin)}, ${String(end)}] do not fit ${dtype} of shape [${shape.join(', ')}]`);
  if (start + end > bytes.length) throw brokenFile(`${url} is cut off: ${what} ends at byte ${start + end} of ${bytes.length}`);
  return { dtype, shape, offset: start + begin, count };
}
