/** How prebuilt vocabularies begin. */

/** What src/vocabulary/prebuilt_vocabulary.cpp writes first. No text in UTF-8 begins so. */
const MAGIC = '\x89fcvocab';

/** Whether a file begins as a prebuilt vocabulary. It still does with one of its first bytes damaged, or cut off among them: it must not be taken for text then. */
export function isPrebuilt(bytes: Uint8Array): boolean {
  const first = bytes.subarray(0, MAGIC.length);
  const wrong = first.filter((byte, i) => byte !== MAGIC.charCodeAt(i)).length;
  return first.length > 0 && wrong <= (first.length < MAGIC.length ? 0 : 1);
}
