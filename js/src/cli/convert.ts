/** `feature-columns convert`: a table from one format to another, or a vocabulary, read back and compared before it has its name. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createRuntime, FeatureColumnError } from 'feature-columns';
import { isUrl } from '../loading/location.js';
import { isTableFormat, TABLE_FORMATS, type TableFormat } from '../loading/table_format.js';
import { kindOfPath, tableFileKind } from '../loading/table_kind.js';
import { canBeTable } from '../loading/tensor_dtypes.js';
import type { RowScales } from '../loading/widen.js';
import { openFile } from './destination.js';
import { npyHeader } from './npy.js';
import { isPrebuiltName } from './prebuilt_file.js';
import { compareRows, encodeRows, isQuantised, measureRows, RELATIVE_BOUND, type Errors } from './quantise.js';
import { safetensorsFront } from './safetensors_writer.js';
import { fileRows, runtimeRows, type TableRows } from './table_rows.js';
import { helpOf, optionsOf, UsageError } from './usage.js';

/** Numbers at a time. */
const BLOCK = 1 << 18;
/** What files call the numbers of tables; int8 and int4 are those of docs/tables.md. */
const FILE_DTYPES = /^(F32|F16|BF16|int8|int4)$/;
const NPY_DTYPES: Partial<Record<TableFormat, '<f4' | '<f2'>> = { float32: '<f4', float16: '<f2' };

type FileKind = 'npy' | 'safetensors';
function kindOf(name: string): FileKind | undefined {
  const kind = kindOfPath(name);
  return kind === 'npy' || kind === 'safetensors' ? kind : undefined;
}

/** The name of the tensor to read: the given one, or the only one of numbers. */
async function tensorName(input: string, given: string | undefined, cast: boolean): Promise<string | undefined> {
  if (given !== undefined) {
    if ((isUrl(input) ? tableFileKind(input) : kindOfPath(input)) === 'npy') throw new UsageError('--tensor: a .npy file has one array, without a name');
    return given; // what else is in the file is not asked
  }
  const runtime = await createRuntime();
  try {
    const { kind, tensors } = await runtime.tensors(input);
    if (kind === 'npy' || kind === 'arrow' || kind === 'parquet') return undefined; // the reader knows which columns can be a table
    const names = Object.entries(tensors).filter(([, { dtype }]) => (kind === 'checkpoint' ? canBeTable(dtype, cast) : FILE_DTYPES.test(dtype))).map(([name]) => name);
    if (names.length === 1) return names[0];
    throw new UsageError(`"${input}" has ${names.length} tensors of ${cast ? 'numbers' : 'floats'}; say which with --tensor: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`);
  } finally {
    runtime.dispose();
  }
}

async function openInput(input: string, tensor: string | undefined, cast: boolean): Promise<TableRows> {
  const kind = kindOf(input);
  const isPath = kind !== undefined && (await stat(input).then((found) => found.isFile(), () => false));
  return isPath && !cast ? fileRows(input, kind, tensor) : runtimeRows({ url: input, tensor, cast });
}

async function* blocksOf({ rows, dimension }: TableRows): AsyncGenerator<readonly [number, number]> {
  const step = Math.max(1, Math.floor(BLOCK / Math.max(1, dimension)));
  for (let from = 0; from < rows; from += step) yield [from, Math.min(rows, from + step)];
}

/** Writes `source` under a name that is not the file's yet, reads it back, compares, and renames. */
async function convertRows(source: TableRows, name: string, output: string, kind: FileKind, format: TableFormat): Promise<Errors> {
  const { rows, dimension, shape } = source;
  if (isQuantised(format) && shape.length !== 2) throw new FeatureColumnError('shape_mismatch', `--format ${format} is for tables of two dimensions; this has the shape [${shape.join(', ')}]`);
  const scales: RowScales = { scales: new Float32Array(isQuantised(format) ? rows : 0), biases: new Float32Array(isQuantised(format) ? rows : 0) };
  if (isQuantised(format)) for await (const [from, to] of blocksOf(source)) measureRows({ values: await source.read(from, to), dimension, first: from }, format, scales);
  const errors: Errors = { maxError: 0, maxBound: 0, maxRelativeError: 0 };
  const destination = await openFile(output);
  try {
    await destination.write(kind === 'npy' ? npyHeader(shape, NPY_DTYPES[format]) : safetensorsFront(name, format, shape));
    for (const part of [scales.scales, scales.biases]) await destination.write(new Uint8Array(part.buffer));
    for await (const [from, to] of blocksOf(source)) await destination.write(encodeRows({ values: await source.read(from, to), dimension, first: from }, format, scales));
    await destination.sync();
    const written = await fileRows(destination.temporary, kind, kind === 'npy' ? undefined : name, output);
    try {
      if (written.shape.join() !== shape.join()) throw new FeatureColumnError('integrity', `"${output}" was written with the shape [${written.shape.join(', ')}] instead of [${shape.join(', ')}]`);
      for await (const [from, to] of blocksOf(source)) compareRows({ values: await source.read(from, to), dimension, first: from }, await written.read(from, to), format, scales, errors);
    } finally {
      await written.close();
    }
    await destination.finish();
  } catch (error) {
    await destination.discard();
    throw error;
  }
  return errors;
}

export async function convert(args: readonly string[]): Promise<void> {
  const { values, positionals } = optionsOf('convert', args);
  if (values.help) return void process.stdout.write(helpOf('convert'));
  if (positionals.length > 0) throw new UsageError(`convert takes no argument "${positionals[0]}"; the table is --input`);
  const { input, output, format, cast } = values;
  if (input === undefined || output === undefined) throw new UsageError('convert needs --input and --output');
  const vocabularySize = values['vocabulary-size'];
  if (isPrebuiltName(input) || isPrebuiltName(output)) {
    if (values.tensor !== undefined || format !== 'float32' || cast) throw new UsageError('--tensor, --cast and --format are for tables, not for a .vocabulary');
    return (await import('./convert_vocabulary.js')).convertVocabulary({ input, output, vocabularySize, json: values.json });
  }
  if (vocabularySize !== undefined) throw new UsageError('--vocabulary-size is for an --output that ends with .vocabulary');
  if (!isTableFormat(format)) throw new UsageError(`--format takes ${Object.keys(TABLE_FORMATS).join(' | ')}, not "${format}"`);
  const kind = kindOf(output);
  if (kind === undefined) throw new UsageError(`--output "${output}": a file that ends with .safetensors or .npy is needed, or for a vocabulary with .vocabulary`);
  if (kind === 'npy' && NPY_DTYPES[format] === undefined) throw new UsageError(`--format ${format}: .npy has no such dtype; write .safetensors`);
  const tensor = await tensorName(input, values.tensor, cast);
  const source = await openInput(input, tensor, cast);
  let errors: Errors;
  try {
    errors = await convertRows(source, tensor ?? 'table', output, kind, format);
  } finally {
    await source.close();
  }
  const { shape } = source;
  const relativeTo = isQuantised(format) ? 'row range' : 'value';
  const report = { input, tensor: tensor ?? null, output, format, shape, bytes: (await stat(output)).size, ...errors, bound: RELATIVE_BOUND[format], relativeTo };
  if (values.json) return void process.stdout.write(`${JSON.stringify(report)}\n`);
  const limits = format === 'float32' ? '' : `, at most ${errors.maxBound}; in parts of the ${relativeTo} ${errors.maxRelativeError}, at most ${report.bound}${errors.worstRow ? `; nearest to its own bound is row ${errors.worstRow.row} with ${errors.worstRow.error} of ${errors.worstRow.bound}` : ''}`;
  process.stdout.write(`${path.basename(output)}: [${shape.join(', ')}] ${format}, ${report.bytes} bytes; largest error ${errors.maxError}${limits}; read back and compared\n`);
}
