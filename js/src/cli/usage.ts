/** The command line's help, options and wrong usage. One place for what each command takes. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Wrong usage: exit code 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

interface Command {
  readonly summary: string;
  readonly usage: string;
  readonly options: Options;
  readonly help: readonly string[];
}

const STREAM_OPTIONS = {
  spec: { type: 'string' },
  input: { type: 'string', short: 'i', default: '-' },
  output: { type: 'string', short: 'o', default: '-' },
  'input-format': { type: 'string' },
  'csv-delimiter': { type: 'string' },
  'csv-list-separator': { type: 'string' },
  'output-format': { type: 'string' },
  'batch-size': { type: 'string', default: '1024' },
  threads: { type: 'string', default: '1' },
  'on-error': { type: 'string', default: 'fail' },
  'max-errors': { type: 'string' },
  quiet: { type: 'boolean', short: 'q', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies Options;

const STREAM_HELP = [
  '  --spec FILE            the JSON spec of the layer or model; files in it are relative to it',
  '  -i, --input FILE       rows; - is standard input (default)',
  '  -o, --output FILE      - is standard output (default); a file is written aside and renamed when it is whole, a pipe is written to',
  '  --input-format F       ndjson | csv | tfrecord | arrow; default: by the file ending (.csv, .csv.gz, …), else ndjson;',
  '                         what ends with .gz is inflated; arrow needs the package apache-arrow beside this one',
  '  --csv-delimiter C      between the cells of CSV: one character, or tab (default ,); the header row names the features',
  '  --csv-list-separator C between the values of a cell, of features that may have several (default: a cell is one value)',
  '  --batch-size N         rows at a time (default 1024); memory grows with it, results do not change',
  '  --threads N            worker threads (default 1); the order of rows is kept',
  '  --on-error MODE        fail (default) | skip: leave bad rows out | null: write null in their place',
  '  --max-errors N         with skip or null: stop with exit code 1 after more than N bad rows',
  '  -q, --quiet            no progress and no summary on standard error',
];

const REPORT_OPTIONS = {
  spec: { type: 'string' },
  input: { type: 'string', short: 'i', default: '-' },
  'input-format': { type: 'string' },
  'csv-delimiter': { type: 'string' },
  'csv-list-separator': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies Options;

const REPORT_HELP = [
  '  --spec FILE            the JSON spec of the layer or model; files in it are relative to it',
  '  -i, --input FILE       rows; - is standard input (default)',
  '  --input-format F       ndjson | csv; default: by the file ending, else ndjson. coverage reads arrow too',
  '  --csv-delimiter C, --csv-list-separator C   as of transform',
  '  --json                 machine-readable',
];

export const COMMANDS = {
  transform: {
    summary: 'rows to vectors',
    usage: 'feature-columns transform --spec spec.json [--input rows.ndjson] [--output vectors.npy]',
    options: { ...STREAM_OPTIONS, steps: { type: 'string' } },
    help: [
      ...STREAM_HELP,
      '  --output-format F      ndjson: {"features": […]} a row | npy: <f4 (rows, width) | arrow: a column "features" of lists of',
      '                         float32, as a file, to standard output as a stream; default: by the file ending, else ndjson',
      '  --steps N              sequences as .npy: pad or cut each row to N steps',
    ],
  },
  score: {
    summary: 'rows to predictions of an estimator or linear model',
    usage: 'feature-columns score --spec model.json [--input rows.ndjson] [--output scored.ndjson]',
    options: STREAM_OPTIONS,
    help: [...STREAM_HELP, '  --output-format F      ndjson: each row of ndjson or csv with the outputs added, of others the outputs | arrow: the outputs as columns'],
  },
  inspect: {
    summary: 'what is in a spec, vocabulary, checkpoint or table',
    usage: 'feature-columns inspect FILE [--json]',
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    help: [
      '  FILE                   a spec (.json), a vocabulary, a checkpoint\'s prefix, index or directory, a table (.safetensors, .npy, .npz,',
      '                         Arrow, Parquet)',
      '  --json                 machine-readable',
    ],
  },
  convert: {
    summary: 'a table between formats: checkpoint, safetensors, npy and others, and in fewer bits; a vocabulary with its index',
    usage: [
      'feature-columns convert --input TABLE [--tensor NAME] [--cast] --output FILE.safetensors|FILE.npy [--format F] [--json]',
      'feature-columns convert --input vocabulary.txt --output FILE.vocabulary [--vocabulary-size N] [--json], or back',
    ].join('\n'),
    options: {
      input: { type: 'string', short: 'i' },
      tensor: { type: 'string' },
      cast: { type: 'boolean', default: false },
      output: { type: 'string', short: 'o' },
      format: { type: 'string', default: 'float32' },
      'vocabulary-size': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
    help: [
      '  -i, --input TABLE      a checkpoint\'s prefix or directory, a .safetensors (quantised too), .npy or .npz file; Arrow and',
      '                         Parquet with the packages apache-arrow and hyparquet',
      '  --tensor NAME          which of its tensors or columns; needed where there are several',
      '  --cast                 a checkpoint\'s tensor of double, integers or bool too: each value is rounded to the nearest float32 first',
      '  -o, --output FILE      .safetensors or .npy; written aside, read back, compared, and renamed',
      '  --format F             float32 (default) | float16 | bfloat16, to the nearest, ties to even | int8 | int4: with a scale and',
      '                         a bias for each row; npy has float32 and float16 only',
      '  --vocabulary-size N    of a text vocabulary only the first N lines',
      '  --json                 the report for programs: shape, bytes, the largest error and the bounds',
    ],
  },
  explain: {
    summary: 'one row, step by step: bytes, hash, id, weight, table row, norm, combination',
    usage: 'feature-columns explain --spec spec.json [--input rows.ndjson] [--row N] [--json]',
    options: { ...REPORT_OPTIONS, row: { type: 'string', default: '0' } },
    help: [...REPORT_HELP, '  --row N                which row, from 0 (default 0)'],
  },
  coverage: {
    summary: 'missing, out-of-vocabulary and out-of-range values of each column',
    usage: 'feature-columns coverage --spec spec.json [--input rows.ndjson] [--top N] [--json]',
    options: { ...REPORT_OPTIONS, top: { type: 'string', default: '10' }, 'batch-size': { type: 'string', default: '1024' } },
    help: [...REPORT_HELP, '  --top N                how many of the most frequent unknown values to list (default 10); the first 100000 different', '                         ones of a column are counted', '  --batch-size N         rows at a time (default 1024)'],
  },
  verify: {
    summary: 'cases against TensorFlow\'s answers, bit for bit',
    usage: 'feature-columns verify CASES.jsonl[.gz] [...] [--tolerance R] [--except CASE]... [--json]',
    options: {
      tolerance: { type: 'string' },
      except: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
    help: [
      'A case is a line: {id, spec, files: {name: base64}, dtypes: {feature: dtype}, rows | examples: [base64, …],',
      '  expected: {shape, data: base64 of float32, columns?: [[name, offset, width], …], sequence_length?, close?: [name, …]} | error: {code?}}.',
      'Each is run as rows, as columns and as NDJSON, or as tf.Examples.',
      'Exit code 0: all equal, and what TensorFlow refuses is refused; 1: there are differences; 2: wrong usage.',
      '',
      '  --tolerance R          how far a float may be off, in parts of the largest magnitude of its column in the case',
      '                         (default 0: bit for bit, but for the columns that a case itself calls close: 1e-6)',
      '  --except CASE          leave out the case of this id or name; may be given again',
      '  --json                 machine-readable',
    ],
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;

export const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name);

/** Of a command, or of all where there is none of this name. */
export function helpOf(name?: string): string {
  if (name !== undefined && isCommand(name)) return [COMMANDS[name].usage, '', ...COMMANDS[name].help, ''].join('\n');
  return [
    'feature-columns <command>: TensorFlow feature columns, bit for bit',
    '',
    ...Object.entries(COMMANDS).map(([command, { summary }]) => `  ${command.padEnd(12)} ${summary}`),
    '',
    'feature-columns <command> --help tells the options of a command; --version the version.',
    'Data goes to standard output only. Exit code 0: done; 1: the data failed; 2: wrong usage.',
    '',
  ].join('\n');
}

/** The options of a command; throws {@link UsageError} for what it does not take. */
export function optionsOf<Name extends CommandName>(name: Name, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: COMMANDS[name].options as (typeof COMMANDS)[Name]['options'], allowPositionals: true, strict: true });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A whole number of at least `least`, from the text of an option. */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`--${option} takes a whole number of at least ${least}, not "${text}"`);
  }
  return value;
}

/** One ASCII character as a byte, from the text of an option. */
export function separator(option: string, text: string): number {
  const character = text === 'tab' || text === '\\t' ? '\t' : text;
  const code = character.charCodeAt(0);
  // Digits, signs and points are parts of numbers.
  if (character.length !== 1 || code > 126 || (code < 32 && code !== 9) || /["\w+.-]/.test(character)) {
    throw new UsageError(`--${option} takes one ASCII character or tab, no quote and nothing that words and numbers are made of, not "${text}"`);
  }
  return code;
}

/** One of a list, from the text of an option. */
export function oneOf<Choice extends string>(option: string, text: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new UsageError(`--${option} takes ${choices.join(' | ')}, not "${text}"`);
  return found;
}

/** The separators of CSV; for other formats there are none to give. */
export function csvFormat(format: string, delimiter: string | undefined, list: string | undefined) {
  if (format !== 'csv' && (delimiter ?? list) !== undefined) throw new UsageError('--csv-delimiter and --csv-list-separator are for --input-format csv');
  const csv = { delimiter: separator('csv-delimiter', delimiter ?? ','), listSeparator: list === undefined ? undefined : separator('csv-list-separator', list) };
  if (csv.delimiter === csv.listSeparator) throw new UsageError('--csv-delimiter and --csv-list-separator are the same character');
  return csv;
}
