/** Which format a file is in, by the ending of its name. */
import { oneOf, UsageError } from './usage.js';

export const INPUT_FORMATS = ['ndjson', 'csv', 'tfrecord', 'arrow'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

export type OutputFormat = 'ndjson' | 'npy' | 'arrow';

const ENDINGS: Readonly<Record<string, InputFormat | OutputFormat>> = {
  ndjson: 'ndjson', jsonl: 'ndjson', csv: 'csv', tfrecord: 'tfrecord', tfrecords: 'tfrecord', arrow: 'arrow', arrows: 'arrow', npy: 'npy',
};

const ending = (name: string) => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

export const isGzipName = (name: string): boolean => ending(name) === 'gz';

const formatOfName = (name: string) => {
  const found = ending(name);
  return Object.hasOwn(ENDINGS, found) ? ENDINGS[found] : undefined;
};

/** `given`, or what the input's name says, of `rows.csv.gz` what `rows.csv` says; else NDJSON. */
export function inputFormat(given: string | undefined, input: string): InputFormat {
  if (given !== undefined) return oneOf('input-format', given, INPUT_FORMATS);
  const found = formatOfName(isGzipName(input) ? input.slice(0, -'.gz'.length) : input);
  return INPUT_FORMATS.find((format) => format === found) ?? 'ndjson';
}

/** `given`, or what the output's name says; else NDJSON. A name that promises another format is refused. */
export function outputFormat<Format extends OutputFormat>(given: string | undefined, output: string, formats: readonly Format[]): Format | 'ndjson' {
  if (isGzipName(output)) throw new UsageError(`--output "${output}": the output is not compressed; write to standard output and pipe it through gzip`);
  if (given !== undefined) return oneOf('output-format', given, formats);
  const found = formatOfName(output);
  const format = formats.find((each) => each === found);
  if (found !== undefined && format === undefined) {
    throw new UsageError(`--output "${output}": this command does not write ${found}; it writes ${formats.join(' | ')}. --output-format says which, whatever the name`);
  }
  return format ?? 'ndjson';
}

/** Arrow's file format, which is read from anywhere; else its stream format, which needs no end to be read. */
export const isArrowFile = (output: string): boolean => output !== '-' && ending(output) !== 'arrows';
