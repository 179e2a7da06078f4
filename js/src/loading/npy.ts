/** NumPy's .npy files: the header (format 1.0 to 3.0), safe for untrusted bytes. */
import { FeatureColumnError } from '../errors.js';
import { brokenFile, countOf, LARGEST_FILE_COUNT, type ArrayPlace } from './array_file.js';
import type { TensorInfo } from './types.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const LARGEST_HEADER = 64 * 1024;
/** A file's header is within its first so many bytes. */
export const NPY_HEAD = 12 + LARGEST_HEADER;

const FORMATS: Readonly<Record<string, 'float32' | 'float16'>> = { '<f4': 'float32', '<f2': 'float16' };

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

interface Header {
  /** Of a structured dtype the whole list of its fields. */
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly count: number;
  /** Of the array. */
  readonly offset: number;
}

const prefixOf = (bytes: Uint8Array): number => (bytes[6] === 1 ? 10 : 12);

/** How many bytes are before the array, by the file's first 12 bytes. @throws FeatureColumnError `invalid_checkpoint`, `unsupported` */
export function npyHeaderSize(bytes: Uint8Array, url: string): number {
  if (!isNpy(bytes)) throw brokenFile(`${url} is no .npy file: it does not begin with \\x93NUMPY`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  const prefix = prefixOf(bytes);
  if (bytes.length < prefix) throw brokenFile(`${url} is cut off in its header`);
  if (version !== 1 && version !== 2 && version !== 3) throw new FeatureColumnError('unsupported', `${url}: .npy format ${version} is not known`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LARGEST_HEADER) throw brokenFile(`${url}: a header of ${length} bytes is no header of one array`);
  return prefix + length;
}

function readHeader(bytes: Uint8Array, url: string): Header {
  const size = npyHeaderSize(bytes, url);
  if (bytes.length < size) throw brokenFile(`${url} is cut off in its header`);
  const header = new TextDecoder('latin1').decode(bytes.subarray(prefixOf(bytes), size));

  const structured = header.search(/'descr'\s*:\s*\[/);
  const fields = structured < 0 ? '' : header.slice(header.indexOf('[', structured), header.lastIndexOf(']') + 1);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1] ?? (fields || undefined);
  const order = /'fortran_order'\s*:\s*(True|False)\b/.exec(header)?.[1];
  const shapeText = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || shapeText === undefined) throw brokenFile(`${url}: its header names no descr, fortran_order and shape of a plain array`);
  const shape = shapeText.split(',').map((each) => each.trim().replace(/L$/, '')).filter((each) => each !== '').map(Number);
  return { descr, fortran: order === 'True', shape, count: countOf(shape, url, LARGEST_FILE_COUNT), offset: size };
}

/** What the array is, of any dtype: `<f4`, `<i8`, … as NumPy writes them, floats as safetensors calls them. @throws FeatureColumnError as {@link npyPlace} */
export function npyInfo(bytes: Uint8Array, url: string): TensorInfo {
  const { descr, shape } = readHeader(bytes, url);
  return { dtype: { '<f4': 'F32', '<f2': 'F16' }[descr] ?? descr, shape };
}

/**
 * Where the array of a .npy file is. `size` is that of the file, if `bytes` are its first ones only.
 *
 * @throws FeatureColumnError `invalid_checkpoint` for bytes that are no .npy file or are cut off; `dtype_mismatch`; `unsupported` for Fortran order
 */
export function npyPlace(bytes: Uint8Array, url: string, size = bytes.length): ArrayPlace {
  const place = npyArray(bytes, url);
  requireNpySize(place, url, size);
  return place;
}

/** A file has just its array behind the header. @throws FeatureColumnError `invalid_checkpoint` */
export function requireNpySize({ shape, parts }: ArrayPlace, url: string, size: number): void {
  const needed = parts.reduce((end, part) => Math.max(end, part.offset + part.size), 0);
  if (size !== needed) throw brokenFile(`${url} has ${size} bytes, but an array of shape (${shape.join(', ')}) makes ${needed}: ${size < needed ? 'it is cut off' : 'there is more behind it'}`);
}

/** The same as {@link npyPlace} from the header alone, of a file whose size is not known yet. */
export function npyArray(bytes: Uint8Array, url: string): ArrayPlace {
  const { descr, fortran, shape, count, offset } = readHeader(bytes, url);
  const format = Object.hasOwn(FORMATS, descr) ? FORMATS[descr] : undefined;
  if (descr.startsWith('[')) throw new FeatureColumnError('dtype_mismatch', `${url}: expected dtype float32 ('<f4'), got the structured dtype ${descr.slice(0, 200)}, which is no table. Save one field of it with array['name'].astype('<f4')`, { value: descr });
  if (format === undefined) throw new FeatureColumnError('dtype_mismatch', `${url}: expected dtype float32 ('<f4'), got '${descr}'. Save it with array.astype('<f4')`, { value: descr });
  if (fortran && shape.filter((each) => each !== 1).length > 1) {
    throw new FeatureColumnError('unsupported', `${url} is in Fortran order; save it with numpy.ascontiguousarray(array)`);
  }
  return { format, shape, parts: [{ offset, size: count * (format === 'float32' ? 4 : 2) }] };
}
