/** What is in a checkpoint or a file of tables: every tensor with its dtype, shape, size and place. */
import { open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createRuntime, FeatureColumnError, type TensorInfo } from 'feature-columns';
import { npyHeaderSize, npyInfo } from '../loading/npy.js';
import { safetensorsMetadata, safetensorsTensors } from '../loading/safetensors.js';
import { rowBytes } from '../loading/table_format.js';
import { kindOfPath, type TableFileKind } from '../loading/table_kind.js';
import type { Report } from './inspect.js';
import { readHead } from './table_rows.js';
import { requireNpyBytes, requireShards } from './tensor_bytes.js';

const BYTES: Readonly<Record<string, number>> = {
  float: 4, double: 8, half: 2, bfloat16: 2, int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, uint64: 8, bool: 1, complex64: 8, complex128: 16,
  F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1, I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1,
};

const INDEX = '.index';

export const isTableName = (name: string): boolean => kindOfPath(name) !== undefined;

const product = (shape: readonly number[]): number => shape.reduce((sizes, size) => sizes * size, 1);

/** Undefined where neither the dtype nor the file tells. */
function bytesOf({ dtype, shape, pieces }: TensorInfo, kind: string): number | undefined {
  if (pieces) return pieces.reduce((sum, { size }) => sum + size, 0);
  const [rows, dimension] = shape;
  // Of a checkpoint int8 is a plain integer; elsewhere it is ours, with a scale and a bias of four bytes a row.
  if (kind === 'safetensors' && (dtype === 'int8' || dtype === 'int4') && rows !== undefined && dimension !== undefined) return rows * (rowBytes(dtype, dimension) + 8);
  const [, letter, digits] = /^[<>|=]([a-zA-Z])(\d+)(?:\[.*\])?$/.exec(dtype) ?? [];
  const size = BYTES[dtype] ?? Number(digits ?? NaN) * (letter === 'U' ? 4 : 1); // NumPy counts characters of U, and bytes of all others
  return Number.isNaN(size) ? undefined : size * product(shape);
}

interface FileOfTensors {
  readonly kind: string;
  readonly tensors: Readonly<Record<string, TensorInfo>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Of .npy and .safetensors only the head is read. */
async function fromHead(name: string, kind: 'npy' | 'safetensors'): Promise<FileOfTensors> {
  const file = await open(name, 'r').catch((cause: Error) => {
    throw new FeatureColumnError('not_found', `${name} cannot be read: ${cause.message}`, { cause });
  });
  try {
    const { head, size } = await readHead(file, kind, name);
    if (kind === 'npy') {
      const info = npyInfo(head, name);
      const bytes = bytesOf(info, kind);
      if (bytes !== undefined) requireNpyBytes(name, info, npyHeaderSize(head, name) + bytes, size);
      return { kind, tensors: { '': info } };
    }
    return { kind, tensors: safetensorsTensors(head, name, size), metadata: safetensorsMetadata(head, name, size) };
  } finally {
    await file.close();
  }
}

async function fromRuntime(name: string): Promise<FileOfTensors> {
  const runtime = await createRuntime();
  try {
    let index = '';
    const file = await runtime.tensors(name, { onProgress: ({ url }) => (index = url.endsWith(INDEX) ? url : index) });
    // Which index a name has led to: the one that was read last.
    if (file.kind === 'checkpoint' && index !== '') await requireShards(fileURLToPath(index).slice(0, -INDEX.length), file.tensors);
    return file;
  } finally {
    runtime.dispose();
  }
}

export async function inspectTensors(name: string): Promise<Report> {
  const named: TableFileKind | undefined = (await stat(name).then((found) => found.isFile(), () => false)) ? kindOfPath(name) : undefined;
  const { kind, tensors, metadata = {} } = named === 'npy' || named === 'safetensors' ? await fromHead(name, named) : await fromRuntime(name);
  const described = Object.entries(tensors).map(([tensor, info]) => {
    const { dtype, shape, pieces } = info;
    const bytes = bytesOf(info, kind);
    return {
      ...(kind === 'npy' ? {} : { name: tensor }), dtype, shape,
      ...(bytes === undefined ? {} : { bytes }),
      ...(pieces ? { partitions: pieces.length, shards: [...new Set(pieces.map(({ shard }) => shard))].sort((a, b) => a - b) } : {}),
    };
  });
  const total = described.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const shards = new Set(described.flatMap((tensor) => tensor.shards ?? [])).size;
  const summary = { kind, count: described.length, bytes: total, ...(kind === 'checkpoint' ? { shards } : {}), ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
  const lines = described.map(({ name: tensor, dtype, shape, bytes, partitions = 1, shards: of = [] }) => {
    const where = partitions > 1 ? `, ${partitions} partitions` : '';
    const inShards = shards > 1 ? `, shard ${of.join(', ')}` : '';
    return `${tensor ?? 'array'}: ${dtype} [${shape.join(', ')}]${bytes === undefined ? '' : ` ${bytes} bytes`}${where}${inShards}`;
  });
  return {
    facts: { ...summary, tensors: described },
    lines: [...lines, ...Object.entries(summary).map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)],
  };
}
