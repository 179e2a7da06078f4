/** The keys of a vocabulary file as a column's loader reads them: which of the formats its bytes are in, and what a column has to say for that. */
import { open, readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { FeatureColumnError } from 'feature-columns';
import { isGzip } from '../loading/gunzip.js';
import { isPrebuilt } from '../loading/prebuilt_magic.js';
import { isPrebuiltName, readPrebuilt, type PrebuiltFile } from './prebuilt_file.js';

const LINE_FEED = 10;
const RETURN = 13;

export interface VocabularyKey {
  readonly key: Uint8Array;
  readonly hasReturn: boolean;
}

export interface VocabularyKeys {
  readonly format: 'text' | 'prebuilt' | 'tfrecord' | 'tfrecord_gzip';
  /** What the keys are cut from. */
  readonly bytes: Uint8Array;
  readonly storedBytes: number;
  readonly keys: Iterable<VocabularyKey>;
  readonly prebuilt?: PrebuiltFile;
  /** What a column gets of the file that one may not expect. */
  readonly note?: string;
}

/** The keys as TensorFlow reads them: lines without LF and CR LF. */
function* linesOf(bytes: Uint8Array): Generator<VocabularyKey> {
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, from);
    const end = found < 0 ? bytes.length : found;
    const hasReturn = end > from && bytes[end - 1] === RETURN;
    yield { key: bytes.subarray(from, hasReturn ? end - 1 : end), hasReturn };
    from = end + 1;
  }
}

/** @throws FeatureColumnError `invalid_vocabulary` for bytes that are no whole TFRecords */
function recordsOf(bytes: Uint8Array, name: string): VocabularyKey[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const keys: VocabularyKey[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = at + 12 <= bytes.length ? Number(view.getBigUint64(at, true)) : Infinity;
    if (at + 16 + size > bytes.length) throw new FeatureColumnError('invalid_vocabulary', `${name} is cut off in record ${keys.length}`, { row: keys.length });
    keys.push({ key: bytes.subarray(at + 12, at + 12 + size), hasReturn: false });
    at += 16 + size;
  }
  return keys;
}

function inflated(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new FeatureColumnError('invalid_vocabulary', `${name} is no whole gzip file: inflate() failed: ${(cause as Error).message}`, { cause });
  }
}

/** TensorFlow's rule for a column that gives no file_format. */
const isRecordsName = (name: string): boolean => name.endsWith('tfrecord.gz');
const promisesRecords = (name: string): boolean => isRecordsName(name) || /\.tfrecords?(\.gz)?$/i.test(name);

/** Records, in gzip or, as the loader takes them too, without. */
function fromRecords(stored: Uint8Array, name: string): VocabularyKeys {
  const gzip = isGzip(stored);
  const bytes = gzip ? inflated(stored, name) : stored;
  return {
    format: gzip ? 'tfrecord_gzip' : 'tfrecord', bytes, storedBytes: stored.length, keys: recordsOf(bytes, name),
    ...(!isRecordsName(name) && { note: 'the name does not end with tfrecord.gz: a column reads it as text unless it has file_format "tfrecord_gzip"' }),
  };
}

/** Records under another name; undefined for what is none. */
function hiddenRecords(stored: Uint8Array, name: string): VocabularyKeys | undefined {
  try {
    const found = fromRecords(stored, name);
    return found.bytes.length > 0 ? found : undefined;
  } catch (error) {
    if (error instanceof FeatureColumnError) return undefined;
    throw error;
  }
}

export const COMPRESSED_TEXT = 'it is compressed with gzip, through which no text vocabulary is read: its lines would be those of the compressed bytes. Inflate it (gunzip)';

/** Text that is compressed is not what its author means, and never a vocabulary. @throws FeatureColumnError `invalid_vocabulary` */
export async function refuseCompressedText(name: string): Promise<void> {
  if (isRecordsName(name)) return;
  const file = await open(name, 'r').catch(() => undefined); // the loader tells what is wrong with it
  const first = new Uint8Array(2);
  await file?.read(first).catch(() => undefined);
  await file?.close();
  if (isGzip(first)) throw new FeatureColumnError('invalid_vocabulary', `${name}: ${COMPRESSED_TEXT}`, { value: name });
}

/** @throws FeatureColumnError `invalid_vocabulary`, `integrity`; those of reading a prebuilt vocabulary */
export async function vocabularyKeys(name: string): Promise<VocabularyKeys> {
  const stored = await readFile(name);
  if (isPrebuiltName(name) || isPrebuilt(stored)) {
    const prebuilt = await readPrebuilt(name);
    return { format: 'prebuilt', bytes: prebuilt.text, storedBytes: stored.length, keys: linesOf(prebuilt.text), prebuilt };
  }
  if (promisesRecords(name)) return fromRecords(stored, name);
  const records = isGzip(stored) ? hiddenRecords(stored, name) : undefined;
  return records ?? { format: 'text', bytes: stored, storedBytes: stored.length, keys: linesOf(stored), ...(isGzip(stored) && { note: COMPRESSED_TEXT }) };
}
