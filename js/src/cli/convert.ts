/** `feature-columns convert`: a table from one format to another, read back and compared before it is there. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { createRuntime, FeatureColumnError, type Runtime, type Tensor } from 'feature-columns';
import { openDestination } from './destination.js';
import { toBfloat16, toHalf } from './float16.js';
import { npyHeader } from './npy.js';
import { helpOf, oneOf, optionsOf, UsageError } from './usage.js';

const FORMATS = ['float32', 'float16', 'bfloat16'] as const;
type Format = (typeof FORMATS)[number];

/** Names in files, and how far a value may be from its float32: in parts of it, and at least as far as the last subnormal. */
const DTYPES = {
  float32: { safetensors: 'F32', npy: '<f4', relative: 0, absolute: 0 },
  float16: { safetensors: 'F16', npy: '<f2', relative: 2 ** -11, absolute: 2 ** -25 },
  bfloat16: { safetensors: 'BF16', npy: undefined, relative: 2 ** -8, absolute: 2 ** -134 },
} as const;

function encoded(data: Float32Array, format: Format): Uint8Array {
  if (format === 'float32') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const narrow = format === 'float16' ? toHalf : toBfloat16;
  return new Uint8Array(Uint16Array.from(data, narrow).buffer);
}

function safetensors(name: string, { shape }: Tensor, format: Format, body: Uint8Array): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify({ [name]: { dtype: DTYPES[format].safetensors, shape, data_offsets: [0, body.length] } }));
  const padded = Math.ceil(header.length / 8) * 8; // so that the tensor is aligned
  const bytes = new Uint8Array(8 + padded + body.length).fill(32, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, 8);
  bytes.set(body, 8 + padded);
  return bytes;
}

function npy({ shape }: Tensor, format: Format, body: Uint8Array): Uint8Array {
  const header = npyHeader(shape);
  if (format === 'float16') header.set(new TextEncoder().encode("'<f2'"), "\x93NUMPY\x01\0\0\0{'descr': ".length);
  const bytes = new Uint8Array(header.length + body.length);
  bytes.set(header);
  bytes.set(body, header.length);
  return bytes;
}

/** The largest distance of what will be read from what was read, checked against the format's bound. */
function largestError(from: Float32Array, to: Float32Array, format: Format): number {
  const { relative, absolute } = DTYPES[format];
  let largest = 0;
  from.forEach((value, i) => {
    const read = to[i] as number;
    if (Object.is(value, read) || (Number.isNaN(value) && Number.isNaN(read))) return;
    const error = Math.abs(read - value);
    if (error > Math.max(Math.abs(value) * relative, absolute)) {
      if (!Number.isFinite(read)) throw new FeatureColumnError('out_of_range', `value ${i} of the table is ${value}, which is too large for ${format}; use bfloat16 or float32`, { value: String(value) });
      throw new FeatureColumnError('internal', `value ${i} was written as ${read} where it is ${value}; please report it`);
    }
    largest = Math.max(largest, error);
  });
  return largest;
}

async function tensorName(runtime: Runtime, input: string, given: string | undefined): Promise<string | undefined> {
  const { kind, tensors } = await runtime.tensors(input);
  if (kind === 'npy') {
    if (given !== undefined) throw new UsageError('--tensor: a .npy file has one array, without a name');
    return undefined;
  }
  const names = Object.keys(tensors);
  if (given !== undefined) return given;
  const floats = names.filter((name) => ['float', 'half', 'bfloat16', 'F32', 'F16', 'BF16'].includes(tensors[name]?.dtype ?? ''));
  if (floats.length === 1) return floats[0];
  throw new UsageError(`"${input}" has ${floats.length} tensors of floats; say which with --tensor: ${floats.slice(0, 20).join(', ')}${floats.length > 20 ? ', …' : ''}`);
}

export async function convert(args: readonly string[]): Promise<void> {
  const { values, positionals } = optionsOf('convert', args);
  if (values.help) return void process.stdout.write(helpOf('convert'));
  if (positionals.length > 0) throw new UsageError(`convert takes no argument "${positionals[0]}"; the table is --input`);
  const { input, output } = values;
  if (input === undefined || output === undefined) throw new UsageError('convert needs --input and --output');
  const format = oneOf('format', values.format, FORMATS);
  const kind = /\.(npy|safetensors)$/i.exec(output)?.[1]?.toLowerCase();
  if (kind === undefined) throw new UsageError(`--output "${output}": a file that ends with .safetensors or .npy is needed`);
  if (kind === 'npy' && DTYPES[format].npy === undefined) throw new UsageError(`--format ${format}: .npy has no such dtype; write .safetensors`);
  const runtime = await createRuntime();
  try {
    const name = await tensorName(runtime, input, values.tensor);
    const tensor = await runtime.readTensor({ url: input, tensor: name });
    const body = encoded(tensor.data, format);
    const stored = name ?? 'table';
    const bytes = kind === 'npy' ? npy(tensor, format, body) : safetensors(stored, tensor, format, body);
    const back = await runtime.readTensor({ url: bytes, ...(kind === 'safetensors' && { tensor: stored }) });
    const maxError = largestError(tensor.data, back.data, format);
    const destination = await openDestination(output, false);
    try {
      await destination.write(bytes);
      await destination.finish();
    } catch (error) {
      await destination.discard();
      throw error;
    }
    if (Buffer.compare(await readFile(output), bytes) !== 0) throw new FeatureColumnError('integrity', `"${output}" does not hold what was written; is the disk whole?`);
    const report = {
      input, tensor: name ?? null, output, format, shape: tensor.shape, bytes: (await stat(output)).size, maxError, bound: DTYPES[format].relative,
    };
    if (values.json) return void process.stdout.write(`${JSON.stringify(report)}\n`);
    process.stdout.write(`${path.basename(output)}: [${tensor.shape.join(', ')}] ${format}, ${report.bytes} bytes; largest error ${maxError}` +
      `${format === 'float32' ? '' : `, at most ${report.bound} of a value`}; read back and compared\n`);
  } finally {
    runtime.dispose();
  }
}
