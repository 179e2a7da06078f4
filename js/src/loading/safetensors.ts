/** .safetensors files: u64 length, a JSON header, then the tensors' bytes. Safe for untrusted bytes. */
import { FeatureColumnError } from '../errors.js';
import { brokenFile, countOf, LARGEST_FILE_COUNT, type ArrayPlace, type BytePlace } from './array_file.js';
import { rowBytes } from './table_format.js';
import type { TensorInfo } from './types.js';

/** The limit of the reference implementation. */
const LARGEST_HEADER = 100_000_000;
/** Of a file whose size nobody has told. */
const UNKNOWN_SIZE = Number.MAX_SAFE_INTEGER;
const SIZES = { F32: 4, F16: 2, BF16: 2, I8: 1, U8: 1 } as const;
type Dtype = keyof typeof SIZES;
const FLOATS = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const;

/** The metadata key that says how a tensor is quantised: its value is JSON, `{"format": "int4", "dimension": 7}`. */
export const QUANTISED_KEY = 'feature_columns.quantised:';

interface Header {
  readonly tensors: ReadonlyMap<string, unknown>;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Of the tensors' bytes. */
  readonly start: number;
  /** Of the file. */
  readonly size: number;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** How many bytes the length at the front and the header are together, by the file's first 8 bytes. @throws FeatureColumnError `invalid_checkpoint` */
export function safetensorsHead(bytes: Uint8Array, url: string, size = bytes.length): number {
  if (bytes.length < 8) throw brokenFile(`${url} is no .safetensors file: it has ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(Math.min(LARGEST_HEADER, size - 8))) throw brokenFile(`${url} is no .safetensors file, or is cut off: its header would have ${length} bytes`);
  return 8 + Number(length);
}

function readHeader(bytes: Uint8Array, url: string, size = bytes.length): Header {
  const start = safetensorsHead(bytes, url, size);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, start)));
  } catch (cause) {
    throw new FeatureColumnError('invalid_checkpoint', `${url} is no .safetensors file: its header is no JSON: ${(cause as Error).message}`, { cause });
  }
  if (!isRecord(header)) throw brokenFile(`${url} is no .safetensors file: its header is no JSON object`);
  const tensors = new Map(Object.entries(header));
  const metadata = tensors.get('__metadata__');
  tensors.delete('__metadata__');
  if (metadata !== undefined && !(isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string'))) throw brokenFile(`${url}: its __metadata__ is no object of strings`);
  checkLayout(tensors, start, size, url);
  return { tensors, metadata: (metadata as Header['metadata'] | undefined) ?? {}, start, size };
}

/**
 * That the tensors make up all of the bytes, one behind the other, as the format has it: of a tensor that is named twice, or whose bytes
 * are another's too, nobody knows which is meant.
 */
function checkLayout(tensors: Header['tensors'], start: number, size: number, url: string): void {
  const isOffset = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  const runs = [...tensors].map(([name, entry]) => {
    const offsets: unknown = isRecord(entry) ? entry['data_offsets'] : undefined;
    const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
    if (!isOffset(begin) || !isOffset(end) || begin > end) {
      throw brokenFile(`tensor ${name} of ${url}: its data_offsets are ${String(JSON.stringify(offsets)).slice(0, 100)}, and not two whole numbers, where it begins and where it ends`);
    }
    return { name, begin, end };
  });
  runs.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of runs) {
    if (begin !== at) throw brokenFile(`${url}: ${begin < at ? `tensor ${name} begins within another` : `nothing lies in the ${begin - at} bytes before tensor ${name}`}, at byte ${start + begin}; is a tensor there twice?`);
    if (start + end > size) throw brokenFile(`${url} is cut off: tensor ${name} ends at byte ${start + end} of ${size}`);
    at = end;
  }
  if (size < UNKNOWN_SIZE && start + at !== size) throw brokenFile(`${url} goes on for ${size - start - at} bytes behind its last tensor`);
}

/** A tensor's bytes, after every word of its entry was checked. */
function entryOf<D extends Dtype>({ tensors, start }: Header, name: string, dtypes: readonly D[], url: string): { readonly dtype: D; readonly shape: readonly number[]; readonly place: BytePlace } {
  const entry = tensors.get(name);
  const what = `tensor ${name} of ${url}`;
  if (!isRecord(entry) || !Array.isArray(entry['shape']) || !Array.isArray(entry['data_offsets'])) throw brokenFile(`${what}: its entry has no dtype, shape and data_offsets`);
  const dtype = dtypes.find((each) => each === entry['dtype']);
  if (dtype === undefined) throw new FeatureColumnError('dtype_mismatch', `${what}: expected dtype ${dtypes.join(', ').replace(/, (\w+)$/, ' or $1')}, got ${String(entry['dtype']).slice(0, 40)}`, { value: String(entry['dtype']) });
  const shape = entry['shape'] as number[];
  const size = countOf(shape, what, LARGEST_FILE_COUNT) * SIZES[dtype];
  const [begin, end] = entry['data_offsets'] as [number, number]; // checkLayout
  if (end - begin !== size) throw brokenFile(`${what}: data_offsets [${begin}, ${end}] do not fit ${dtype} of shape [${shape.join(', ')}]`);
  return { dtype, shape, place: { offset: start + begin, size } };
}

/** The codes `name` with the rows' `name.scale` and `name.bias` (docs/tables.md). */
function quantisedPlace(header: Header, name: string, text: unknown, url: string): ArrayPlace {
  const what = `tensor ${name} of ${url}`;
  let said: unknown;
  try {
    said = JSON.parse(String(text));
  } catch {
    said = undefined;
  }
  const { format, dimension } = isRecord(said) ? said : {};
  if ((format !== 'int8' && format !== 'int4') || typeof dimension !== 'number' || !Number.isSafeInteger(dimension) || dimension < 1) {
    throw brokenFile(`${what}: its metadata ${String(text).slice(0, 100)} is not {"format": "int8" or "int4", "dimension": n}`);
  }
  const codes = entryOf(header, name, [format === 'int8' ? 'I8' : 'U8'], url);
  const [rows, width] = codes.shape;
  if (codes.shape.length !== 2 || rows === undefined || width !== rowBytes(format, dimension)) {
    throw new FeatureColumnError('shape_mismatch', `${what}: rows of ${dimension} ${format} make ${rowBytes(format, dimension)} bytes, but its shape is [${codes.shape.join(', ')}]`);
  }
  const ofRows = (suffix: string): BytePlace => {
    const part = entryOf(header, `${name}.${suffix}`, ['F32'], url);
    if (part.shape.length !== 1 || part.shape[0] !== rows) throw new FeatureColumnError('shape_mismatch', `tensor ${name}.${suffix} of ${url} must have the shape [${rows}], not [${part.shape.join(', ')}]`);
    return part.place;
  };
  return { format, shape: [rows, dimension], parts: [ofRows('scale'), ofRows('bias'), codes.place] };
}

const quantisation = ({ metadata }: Header, name: string): unknown => (Object.hasOwn(metadata, QUANTISED_KEY + name) ? metadata[QUANTISED_KEY + name] : undefined);

/** The names of tables: not those of the scales and biases of quantised ones. */
const tableNames = (header: Header): string[] =>
  [...header.tensors.keys()].filter((name) => !/\.(scale|bias)$/.test(name) || quantisation(header, name.replace(/\.\w+$/, '')) === undefined);

/**
 * All tensors of a file, as its header has them; a quantised one by its format, "int8" or "int4", and with the shape of its numbers.
 *
 * @throws FeatureColumnError `invalid_checkpoint`; `shape_mismatch`
 */
export function safetensorsTensors(bytes: Uint8Array, url: string, size = bytes.length): Record<string, TensorInfo> {
  const header = readHeader(bytes, url, size);
  return Object.fromEntries(tableNames(header).map((name): [string, TensorInfo] => {
    const quantised = quantisation(header, name);
    if (quantised !== undefined) {
      const { format, shape } = quantisedPlace(header, name, quantised, url);
      return [name, { dtype: format, shape }];
    }
    const { dtype, shape } = (header.tensors.get(name) ?? {}) as { dtype?: unknown; shape?: unknown };
    if (typeof dtype !== 'string' || !Array.isArray(shape)) throw brokenFile(`tensor ${name} of ${url}: its entry has no dtype and shape`);
    countOf(shape, `tensor ${name} of ${url}`, LARGEST_FILE_COUNT);
    return [name, { dtype, shape: shape as number[] }];
  }));
}

/** What a file says of itself, but for how its tensors are quantised. @throws FeatureColumnError `invalid_checkpoint` */
export function safetensorsMetadata(bytes: Uint8Array, url: string, size = bytes.length): Readonly<Record<string, string>> {
  const { metadata } = readHeader(bytes, url, size);
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith(QUANTISED_KEY)).map(([key, value]) => [key, String(value)]));
}

/**
 * Where a tensor is. Without a name, the only one; the scales and biases of a quantised one do not count. `size` is that of the
 * file, if `bytes` are its head only.
 *
 * @throws FeatureColumnError `invalid_checkpoint`; `tensor_not_found`; `dtype_mismatch`; `shape_mismatch`
 */
export function safetensorsPlace(bytes: Uint8Array, tensor: string | undefined, url: string, size = bytes.length): ArrayPlace {
  const header = readHeader(bytes, url, size);
  const { tensors } = header;
  const names = tableNames(header);
  const listed = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
  if (tensor === undefined && names.length !== 1) {
    throw new FeatureColumnError('tensor_not_found', `${url} has ${names.length} tensors; say which in table.tensor: ${listed}`);
  }
  const name = tensor ?? (names[0] as string);
  if (!tensors.has(name)) throw new FeatureColumnError('tensor_not_found', `Tensor ${name} is not found in ${url}; it has ${listed}`, { value: name });
  const quantised = quantisation(header, name);
  if (quantised !== undefined) return quantisedPlace(header, name, quantised, url);
  const { dtype, shape, place } = entryOf(header, name, ['F32', 'F16', 'BF16'], url);
  return { format: FLOATS[dtype], shape, parts: [place] };
}
