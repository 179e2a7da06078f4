/** `feature-columns convert` of vocabularies: text to text with its index, and back. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FeatureColumnError } from 'feature-columns';
import { openFile } from './destination.js';
import { isPrebuiltName, prebuild, readPrebuilt } from './prebuilt_file.js';
import { UsageError, wholeNumber } from './usage.js';
import { refuseCompressedText } from './vocabulary_keys.js';

export interface VocabularyConversion {
  readonly input: string;
  readonly output: string;
  readonly vocabularySize: string | undefined;
  readonly json: boolean;
}

/** Writes under a name that is not the file's yet, reads that back, and renames. */
async function writeChecked(output: string, bytes: Uint8Array, isPrebuilt: boolean): Promise<void> {
  const destination = await openFile(output);
  try {
    await destination.write(bytes);
    await destination.sync();
    const written = isPrebuilt ? (await prebuild(destination.temporary)).bytes : await readFile(destination.temporary);
    if (Buffer.compare(written, bytes) !== 0) throw new FeatureColumnError('integrity', `"${output}" was not written as it should be`);
    await destination.finish();
  } catch (error) {
    await destination.discard();
    throw error;
  }
}

export async function convertVocabulary({ input, output, vocabularySize, json }: VocabularyConversion): Promise<void> {
  const isPrebuilt = isPrebuiltName(output);
  if (isPrebuilt === isPrebuiltName(input)) throw new UsageError('one of --input and --output is a text vocabulary, the other ends with .vocabulary');
  if (!isPrebuilt && vocabularySize !== undefined) throw new UsageError('--vocabulary-size is of a text that gets an index');
  if (isPrebuilt) await refuseCompressedText(input);
  const file = isPrebuilt ? await prebuild(input, { vocabularySize: vocabularySize === undefined ? undefined : wholeNumber('vocabulary-size', vocabularySize, 1) }) : await readPrebuilt(input);
  await writeChecked(output, isPrebuilt ? file.bytes : file.text, isPrebuilt);
  const { bytes, keys, text } = file;
  const report = { input, output, keys, textBytes: text.length, prebuiltBytes: bytes.length, indexBytesPerKey: Number(((bytes.length - text.length) / keys).toFixed(2)) };
  if (json) return void process.stdout.write(`${JSON.stringify(report)}\n`);
  process.stdout.write(`${path.basename(output)}: ${keys} keys, text of ${text.length} bytes, with its index ${bytes.length}; read back and compared\n`);
}
