/** Zip archives: what is in them and where. Safe for untrusted bytes. */
import { FeatureColumnError } from '../errors.js';
import { brokenFile } from './array_file.js';

const END = 0x06054b50;
const END_SIZE = 22;
const END_64 = 0x06064b50;
const END_64_SIZE = 56;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_SIZE = 20;
const CENTRAL = 0x02014b50;
const CENTRAL_SIZE = 46;
const LOCAL = 0x04034b50;
const LOCAL_SIZE = 30;
const ZIP64_EXTRA = 1;
const IN_64 = 0xffffffff;
const LONGEST_COMMENT = 0xffff;
const UTF8_NAME = 0x800;
const ENCRYPTED = 1;

export interface ZipEntry {
  readonly name: string;
  /** Of the bytes in the archive. */
  readonly offset: number;
  readonly storedSize: number;
  /** Of the file itself. */
  readonly size: number;
  readonly crc: number;
  /** Stored as it is, or by DEFLATE. */
  readonly deflated: boolean;
}

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly entries: number;
}

const u64 = (view: DataView, at: number): number => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;

function findDirectory(view: DataView, url: string): Directory {
  const length = view.byteLength;
  let end = -1;
  for (let at = length - END_SIZE; at >= Math.max(0, length - END_SIZE - LONGEST_COMMENT) && end < 0; --at) {
    if (view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) === length) end = at;
  }
  if (end < 0) throw brokenFile(`${url} is no zip archive, or is cut off: it has no end record`);
  const directory = { entries: view.getUint16(end + 10, true), size: view.getUint32(end + 12, true), offset: view.getUint32(end + 16, true) };
  const locator = end - LOCATOR_64_SIZE;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR_64) {
    const at = u64(view, locator + 8);
    if (at + END_64_SIZE > locator || view.getUint32(at, true) !== END_64) throw brokenFile(`${url}: its zip64 end record is not where its locator says`);
    return checkedDirectory({ entries: u64(view, at + 32), size: u64(view, at + 40), offset: u64(view, at + 48) }, at, url);
  }
  return checkedDirectory(directory, end, url);
}

function checkedDirectory(directory: Directory, end: number, url: string): Directory {
  const { offset, size, entries } = directory;
  if (offset + size > end || entries * CENTRAL_SIZE > size) throw brokenFile(`${url}: its directory of ${entries} entries at bytes ${offset} to ${offset + size} does not fit before byte ${end}`);
  return directory;
}

/** The sizes and the offset of an entry, which stand in an extra field where they need 64 bits. */
function sizesOf(view: DataView, at: number, extra: number, extraEnd: number, what: string): { readonly size: number; readonly storedSize: number; readonly local: number } {
  const short = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  if (short.some((value) => value === IN_64)) {
    let field = extra;
    while (field + 4 <= extraEnd && view.getUint16(field, true) !== ZIP64_EXTRA) field += 4 + view.getUint16(field + 2, true);
    const end = field + 4 <= extraEnd ? field + 4 + view.getUint16(field + 2, true) : 0;
    field += 4;
    for (const [i, value] of short.entries()) {
      if (value !== IN_64) continue;
      if (field + 8 > Math.min(end, extraEnd)) throw brokenFile(`${what}: a size of 64 bits is missing`);
      short[i] = u64(view, field);
      field += 8;
    }
  }
  const [size, storedSize, local] = short as [number, number, number];
  return { size, storedSize, local };
}

/**
 * The entries of an archive by its central directory.
 *
 * @throws FeatureColumnError `invalid_checkpoint`; `unsupported` for encrypted entries and other compressions
 */
export function zipEntries(bytes: Uint8Array, url: string): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view, url);
  const entries: ZipEntry[] = [];
  const end = directory.offset + directory.size;
  let at = directory.offset;
  for (let i = 0; i < directory.entries; ++i) {
    if (at + CENTRAL_SIZE > end || view.getUint32(at, true) !== CENTRAL) throw brokenFile(`${url}: entry ${i} of its directory is broken`);
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    const nameAt = at + CENTRAL_SIZE;
    const next = nameAt + nameSize + extraSize + commentSize;
    if (next > end) throw brokenFile(`${url}: entry ${i} of its directory is cut off`);
    const flags = view.getUint16(at + 8, true);
    const name = new TextDecoder(flags & UTF8_NAME ? 'utf-8' : 'latin1').decode(bytes.subarray(nameAt, nameAt + nameSize));
    const what = `entry ${name} of ${url}`;
    const method = view.getUint16(at + 10, true);
    if (flags & ENCRYPTED) throw new FeatureColumnError('unsupported', `${what} is encrypted`);
    if (method !== 0 && method !== 8) throw new FeatureColumnError('unsupported', `${what} is compressed by method ${method}; stored (0) and DEFLATE (8) are read`, { value: String(method) });
    const { size, storedSize, local } = sizesOf(view, at, nameAt + nameSize, nameAt + nameSize + extraSize, what);
    if (local + LOCAL_SIZE > directory.offset || view.getUint32(local, true) !== LOCAL) throw brokenFile(`${what} does not begin at byte ${local}, as the directory says`);
    const offset = local + LOCAL_SIZE + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (offset + storedSize > directory.offset) throw brokenFile(`${what} has ${storedSize} bytes from byte ${offset} on, which reach into the directory at byte ${directory.offset}`);
    if (method === 0 && size !== storedSize) throw brokenFile(`${what} is stored as it is, but in ${storedSize} bytes instead of ${size}`);
    if (entries.some((other) => other.name === name)) throw brokenFile(`${url} has two entries ${name}`);
    entries.push({ name, offset, storedSize, size, crc: view.getUint32(at + 16, true), deflated: method === 8 });
    at = next;
  }
  return entries;
}
