/** Writing .safetensors files of one table (docs/tables.md). */
import { QUANTISED_KEY } from '../loading/safetensors.js';
import type { StoredTable } from './quantise.js';

const DTYPES = { float32: 'F32', float16: 'F16', bfloat16: 'BF16', int8: 'I8', int4: 'U8' } as const;

export function safetensorsOf(name: string, { format, rows, dimension, codes, scale, bias }: StoredTable): Uint8Array {
  const entries: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let end = 0;
  const add = (key: string, dtype: string, shape: readonly number[], bytes: Uint8Array) => {
    entries[key] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    parts.push(bytes);
  };
  // Floats first: they stay aligned.
  if (scale && bias) {
    entries['__metadata__'] = { [QUANTISED_KEY + name]: JSON.stringify({ format, dimension }) };
    add(`${name}.scale`, 'F32', [rows], new Uint8Array(scale.buffer));
    add(`${name}.bias`, 'F32', [rows], new Uint8Array(bias.buffer));
  }
  add(name, DTYPES[format], [rows, scale ? codes.length / Math.max(rows, 1) : dimension], codes);
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const header = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(32);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(text, 8);
  const file = new Uint8Array(header.length + end);
  let at = 0;
  for (const part of [header, ...parts]) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
