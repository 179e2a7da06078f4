/** What is in a vocabulary file, and what in it will surprise: empty lines, keys that stand twice, spaces, broken UTF-8. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { FeatureColumnError } from 'feature-columns';
import type { Report } from './inspect.js';
import { isPrebuiltName, readPrebuilt, type PrebuiltFile } from './prebuilt_file.js';

const LINE_FEED = 10;
const RETURN = 13;
const SHOWN = 5;

/** The keys as TensorFlow reads them: lines without LF and CR LF. */
function* linesOf(bytes: Uint8Array): Generator<{ readonly key: Uint8Array; readonly hasReturn: boolean }> {
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, from);
    const end = found < 0 ? bytes.length : found;
    const hasReturn = end > from && bytes[end - 1] === RETURN;
    yield { key: bytes.subarray(from, hasReturn ? end - 1 : end), hasReturn };
    from = end + 1;
  }
}

function* recordsOf(bytes: Uint8Array, name: string): Generator<{ readonly key: Uint8Array; readonly hasReturn: boolean }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0, record = 0; at < bytes.length; ++record) {
    const size = at + 12 <= bytes.length ? Number(view.getBigUint64(at, true)) : Infinity;
    if (at + 16 + size > bytes.length) throw new FeatureColumnError('invalid_vocabulary', `${name} is cut off in record ${record}`, { row: record });
    yield { key: bytes.subarray(at + 12, at + 12 + size), hasReturn: false };
    at += 16 + size;
  }
}

function inflated(bytes: Buffer, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new FeatureColumnError('invalid_vocabulary', `${name} is no whole gzip file: inflate() failed: ${(cause as Error).message}`, { cause });
  }
}

/** Its index was made anew of the text and compared: it is right, whoever wrote it. */
const indexFacts = ({ bytes, text, keys }: PrebuiltFile) => ({ indexBytes: bytes.length - text.length, indexBytesPerKey: Number(((bytes.length - text.length) / keys).toFixed(2)), index: 'is that of the text' });

export async function inspectVocabulary(name: string): Promise<Report> {
  const prebuilt = isPrebuiltName(name) ? await readPrebuilt(name) : undefined;
  const stored = await readFile(name);
  const bytes = prebuilt?.text ?? inflated(stored, name);
  const isRecords = /\.tfrecords?(\.gz)?$/i.test(name);
  const first = new Map<string, number>();
  const shown: string[] = [];
  const duplicates: { readonly key: string; readonly line: number; readonly firstLine: number }[] = [];
  const counts = { lines: 0, returns: 0, empty: 0, duplicates: 0, padded: 0, notUtf8: 0 };
  let [shortest, longest] = [Infinity, 0];
  let firstEmpty: number | undefined;
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  for (const { key, hasReturn } of isRecords ? recordsOf(bytes, name) : linesOf(bytes)) {
    const line = ++counts.lines;
    if (hasReturn) ++counts.returns;
    if (key.length === 0) {
      ++counts.empty;
      firstEmpty ??= line;
    }
    shortest = Math.min(shortest, key.length);
    longest = Math.max(longest, key.length);
    const text = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1'); // a character for each byte: equal keys are equal texts
    if (/^\s|\s$/.test(text)) ++counts.padded;
    const readable = () => new TextDecoder().decode(key.subarray(0, 200));
    if (/[\x80-\xff]/.test(text)) {
      try {
        utf8.decode(key);
      } catch {
        ++counts.notUtf8;
      }
    }
    const before = first.get(text);
    if (before === undefined) first.set(text, line);
    else if (++counts.duplicates <= SHOWN) duplicates.push({ key: readable(), line, firstLine: before });
    if (shown.length < 3) shown.push(readable());
  }
  return {
    facts: {
      kind: 'vocabulary',
      format: prebuilt ? 'prebuilt' : isRecords ? 'tfrecord' : 'text',
      lines: counts.lines,
      keys: first.size,
      bytes: bytes.length,
      ...(prebuilt && indexFacts(prebuilt)),
      ...(stored.length === bytes.length ? {} : { storedBytes: stored.length }),
      ...(isRecords ? {} : {
        lineEnds: counts.returns === 0 ? 'LF' : counts.returns === counts.lines ? 'CRLF' : 'mixed',
        endsWithLineEnd: bytes.length === 0 || bytes.at(-1) === LINE_FEED,
        byteOrderMark: bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf,
      }),
      shortest: counts.lines === 0 ? 0 : shortest,
      longest,
      empty: counts.empty,
      ...(firstEmpty === undefined ? {} : { firstEmpty }),
      duplicates: counts.duplicates,
      ...(duplicates.length === 0 ? {} : { firstDuplicates: duplicates }),
      padded: counts.padded,
      notUtf8: counts.notUtf8,
      first: shown,
    },
  };
}
