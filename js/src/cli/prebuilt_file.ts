/** Prebuilt vocabularies (src/vocabulary/prebuilt_vocabulary.hpp) as the command line makes and reads them: nothing that was not proven. */
import { createRuntime, FeatureColumnError, type PrebuildOptions, type Source } from 'feature-columns';

const HEADER = 64;
/** Where the header has its numbers, in hexadecimal digits of 8. */
const KEYS = 16;
const TEXT = 24;

export const isPrebuiltName = (name: string): boolean => name.endsWith('.vocabulary');

export interface PrebuiltFile {
  readonly bytes: Uint8Array;
  readonly keys: number;
  /** The lines of the text that it was made of. */
  readonly text: Uint8Array;
}

export async function prebuild(source: Source, options: PrebuildOptions = {}): Promise<PrebuiltFile> {
  const runtime = await createRuntime();
  try {
    const bytes = await runtime.prebuildVocabulary(source, options);
    const number = (at: number) => parseInt(Buffer.from(bytes.subarray(at, at + 8)).toString('latin1'), 16);
    return { bytes, keys: number(KEYS), text: bytes.subarray(HEADER, HEADER + number(TEXT)) };
  } finally {
    runtime.dispose();
  }
}

/** A prebuilt file whose index is the one that its text gives. @throws FeatureColumnError `integrity` */
export async function readPrebuilt(name: string): Promise<PrebuiltFile> {
  const file = await prebuild(name);
  const anew = await prebuild(file.text);
  if (Buffer.compare(file.bytes, anew.bytes) !== 0) throw new FeatureColumnError('integrity', `${name}: its index is not the one that its text gives; make it anew`, { value: name });
  return file;
}
