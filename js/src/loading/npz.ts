/** NumPy's .npz files: a zip archive of .npy files, stored or deflated (`numpy.savez`, `numpy.savez_compressed`). */
import { FeatureColumnError } from '../errors.js';
import { abortable } from './abort.js';
import { brokenFile, type StoredArray, type TableFile } from './array_file.js';
import { crc32 } from './crc32.js';
import { npyInfo, NPY_HEAD, npyPlace } from './npy.js';
import type { TensorInfo } from './types.js';
import { zipEntries, type ZipEntry } from './zip.js';

const ENDING = '.npy';

/** The arrays by NumPy's names for them. */
const arraysOf = (bytes: Uint8Array, url: string): ReadonlyMap<string, ZipEntry> =>
  new Map(zipEntries(bytes, url).filter(({ name }) => name.endsWith(ENDING)).map((entry) => [entry.name.slice(0, -ENDING.length), entry]));

/** The first `limit` bytes of a deflated entry, or all; `onHead` sees the first ones before memory is taken for the others. */
async function inflate(bytes: Uint8Array<ArrayBuffer>, { offset, storedSize, size }: ZipEntry, limit: number, onHead: (head: Uint8Array) => void, what: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const reader = new Blob([bytes.subarray(offset, offset + storedSize)]).stream().pipeThrough(new DecompressionStream('deflate-raw') as ReadableWritablePair<Uint8Array, Uint8Array>).getReader();
  const wanted = Math.min(limit, size);
  let out = new Uint8Array(Math.min(wanted, NPY_HEAD));
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), what, signal).catch((cause: unknown) => {
        throw cause instanceof FeatureColumnError ? cause : new FeatureColumnError('invalid_checkpoint', `${what} is no whole DEFLATE stream: ${(cause as Error).message}`, { cause });
      });
      if (done) break;
      for (let at = 0; at < value.length; ) {
        if (length === wanted) {
          if (wanted < size) return out;
          throw brokenFile(`${what} inflates to more than the ${size} bytes that the archive tells`);
        }
        const piece = value.subarray(at, at + out.length - length);
        out.set(piece, length);
        length += piece.length;
        at += piece.length;
        if (length === out.length && length < wanted) {
          onHead(out);
          const larger = new Uint8Array(wanted);
          larger.set(out);
          out = larger;
        }
      }
    }
    if (length < wanted) throw brokenFile(`${what} inflates to ${length} bytes instead of ${size}`);
    return out;
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function headOf(bytes: Uint8Array<ArrayBuffer>, entry: ZipEntry, what: string): Promise<Uint8Array> {
  const limit = Math.min(entry.size, NPY_HEAD);
  return entry.deflated ? inflate(bytes, entry, limit, () => {}, what, undefined) : bytes.subarray(entry.offset, entry.offset + limit);
}

export const npz: TableFile = {
  /** @throws FeatureColumnError `invalid_checkpoint`, `unsupported`, `shape_mismatch` */
  async tensors(bytes, url) {
    const tensors: [string, TensorInfo][] = [];
    for (const [name, entry] of arraysOf(bytes, url)) {
      const what = `array ${name} of ${url}`;
      tensors.push([name, npyInfo(await headOf(bytes, entry, what), what)]);
    }
    return Object.fromEntries(tensors);
  },

  /** @throws FeatureColumnError `tensor_not_found`, `checksum_mismatch`, `invalid_checkpoint`, `unsupported`, `dtype_mismatch`, `aborted`, those of `check` */
  async table(bytes, tensor, url, check, signal): Promise<StoredArray> {
    const arrays = arraysOf(bytes, url);
    const names = [...arrays.keys()];
    const listed = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
    if (tensor === undefined && names.length !== 1) throw new FeatureColumnError('tensor_not_found', `${url} has ${names.length} arrays; say which in table.tensor: ${listed}`);
    const name = tensor ?? (names[0] as string);
    const entry = arrays.get(name);
    if (entry === undefined) throw new FeatureColumnError('tensor_not_found', `Tensor ${name} is not found in ${url}; it has ${listed}`, { value: name });
    const what = `array ${name} of ${url}`;
    // A header that promises more than the column wants ends it before memory is taken.
    const checkHead = (head: Uint8Array) => check(npyPlace(head, what, entry.size).shape, name);
    const array = entry.deflated ? await inflate(bytes, entry, entry.size, checkHead, what, signal) : bytes.subarray(entry.offset, entry.offset + entry.size);
    checkHead(array);
    if (crc32(array) !== entry.crc) throw new FeatureColumnError('checksum_mismatch', `${what} does not match its checksum; fetch the file again`);
    return { bytes: array, place: npyPlace(array, what) };
  },
};
