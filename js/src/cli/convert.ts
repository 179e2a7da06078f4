/** `feature-columns convert`: a table from one file format to another, read back and compared before it gets its name. */
import { readFile } from 'node:fs/promises';
import { categoricalColumnWithIdentity, createRuntime, embeddingColumn, FeatureColumnError } from 'feature-columns';
import { npyPlace } from '../loading/npy.js';
import { safetensorsPlace } from '../loading/safetensors.js';
import { isTableFormat, TABLE_FORMATS, type TableFormat } from '../loading/table_format.js';
import { openDestination } from './destination.js';
import { npyHeader } from './npy.js';
import { storeTable } from './quantise.js';
import { safetensorsOf } from './safetensors_writer.js';
import { helpOf, optionsOf, UsageError } from './usage.js';

const CHUNK = 4096; // rows

/** The float32 rows of a file, read as a layer reads them: a bag of one id is a copy of its row. */
async function valuesOf(file: Uint8Array<ArrayBuffer>, tensor: string | undefined, rows: number, dimension: number): Promise<Float32Array> {
  const values = new Float32Array(rows * dimension);
  const runtime = await createRuntime();
  try {
    const layer = await runtime.denseFeatures([embeddingColumn(categoricalColumnWithIdentity('id', { numBuckets: rows }), { dimension, table: { url: file, tensor } })]);
    for (let from = 0; from < rows; from += CHUNK) {
      const ids = Int32Array.from({ length: Math.min(CHUNK, rows - from) }, (_, i) => from + i);
      values.set(layer.transform({ id: ids }).data, from * dimension);
    }
    return values;
  } finally {
    runtime.dispose();
  }
}

interface Errors {
  readonly maxAbsError: number;
  readonly meanAbsError: number;
}

/** @throws FeatureColumnError `integrity` where the file does not hold what was to be written */
function compare(source: Float32Array, written: Float32Array, bound: number, name: string): Errors {
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < source.length; ++i) {
    const [a, b] = [source[i] as number, written[i] as number];
    const error = Object.is(a, b) ? 0 : Math.abs(a - b);
    if (!(error <= bound)) throw new FeatureColumnError('integrity', `${name}: value ${i} is ${b} where the input has ${a}: more than ${bound} apart. Nothing was written`);
    largest = Math.max(largest, error);
    sum += error;
  }
  return { maxAbsError: largest, meanAbsError: source.length === 0 ? 0 : sum / source.length };
}

function outputKind(output: string, format: TableFormat): 'safetensors' | 'npy' {
  if (output.endsWith('.safetensors')) return 'safetensors';
  if (!output.endsWith('.npy')) throw new UsageError(`--output "${output}" must end with .safetensors or .npy`);
  if (format !== 'float32') throw new UsageError(`--format ${format} is written as .safetensors; .npy takes float32`);
  return 'npy';
}

export async function convert(args: readonly string[]): Promise<void> {
  const { values: options, positionals } = optionsOf('convert', args);
  if (options.help) return void process.stdout.write(helpOf('convert'));
  const { input, output, tensor } = options;
  if (positionals.length > 0 || input === undefined || output === undefined) throw new UsageError('convert takes --input and --output');
  const format = options.format;
  if (!isTableFormat(format)) throw new UsageError(`--format takes ${Object.keys(TABLE_FORMATS).join(' | ')}, not "${format}"`);
  const kind = outputKind(output, format);
  if (!/\.(npy|safetensors)$/.test(input)) throw new UsageError(`--input "${input}" must end with .safetensors or .npy`);
  const file = new Uint8Array(await readFile(input).catch((cause: Error) => {
    throw new FeatureColumnError('not_found', `${input} cannot be read: ${cause.message}`, { cause });
  }));
  const place = input.endsWith('.npy') ? npyPlace(file, input) : safetensorsPlace(file, tensor, input);
  const [rows, dimension] = place.shape;
  if (place.shape.length !== 2 || !rows || !dimension) throw new FeatureColumnError('shape_mismatch', `${input}: a table has the shape [rows, dimension], not [${place.shape.join(', ')}]`);
  const source = await valuesOf(file, tensor, rows, dimension);
  const stored = storeTable(source, rows, dimension, format);
  const name = tensor ?? 'table';
  const bytes = kind === 'npy' ? Buffer.concat([npyHeader([rows, dimension]), stored.codes]) : safetensorsOf(name, stored);
  const errors = compare(source, await valuesOf(new Uint8Array(bytes), kind === 'npy' ? undefined : name, rows, dimension), stored.bound, output);
  const destination = await openDestination(output, false);
  try {
    await destination.write(bytes);
    await destination.finish();
  } catch (error) {
    await destination.discard();
    throw error;
  }
  const report = { input, output, tensor: name, format, shape: [rows, dimension], inputBytes: file.length, outputBytes: bytes.length, ...errors, errorBound: stored.bound };
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(`${output}: ${rows} x ${dimension} ${format}, ${bytes.length} bytes (input: ${file.length}); largest error ${errors.maxAbsError}, bound ${stored.bound}\n`);
}
