/** What is in a vocabulary file, and what in it will surprise: empty lines, keys that stand twice, spaces, broken UTF-8. */
import type { Report } from './inspect.js';
import type { PrebuiltFile } from './prebuilt_file.js';
import { vocabularyKeys } from './vocabulary_keys.js';

const LINE_FEED = 10;
const SHOWN = 5;

/** Its index was made anew of the text and compared: it is right, whoever wrote it. */
const indexFacts = ({ bytes, text, keys }: PrebuiltFile) => ({ indexBytes: bytes.length - text.length, indexBytesPerKey: Number(((bytes.length - text.length) / keys).toFixed(2)), index: 'is that of the text' });

export async function inspectVocabulary(name: string): Promise<Report> {
  const { format, bytes, storedBytes, keys, prebuilt, note } = await vocabularyKeys(name);
  const isRecords = format === 'tfrecord' || format === 'tfrecord_gzip';
  const first = new Map<string, number>();
  const shown: string[] = [];
  const duplicates: { readonly key: string; readonly line: number; readonly firstLine: number }[] = [];
  const counts = { lines: 0, returns: 0, empty: 0, duplicates: 0, padded: 0, notUtf8: 0 };
  let [shortest, longest] = [Infinity, 0];
  let firstEmpty: number | undefined;
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  for (const { key, hasReturn } of keys) {
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
      format,
      ...(note === undefined ? {} : { note }),
      lines: counts.lines,
      keys: first.size,
      bytes: bytes.length,
      ...(prebuilt && indexFacts(prebuilt)),
      ...(storedBytes === bytes.length ? {} : { storedBytes }),
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
