/** The front of a .safetensors file of one table (docs/tables.md): what stands before the codes of its rows. */
import { QUANTISED_KEY } from '../loading/safetensors.js';
import { rowBytes, type TableFormat } from '../loading/table_format.js';

const DTYPES: Readonly<Record<TableFormat, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16', int8: 'I8', int4: 'U8' };

/** The header. Of int8 and int4 all scales and all biases follow it, as float32, and then the codes; of others the codes. */
export function safetensorsFront(name: string, format: TableFormat, shape: readonly number[]): Uint8Array {
  const entries: Record<string, unknown> = {};
  let end = 0;
  const add = (key: string, dtype: string, size: readonly number[], bytes: number) => {
    entries[key] = { dtype, shape: size, data_offsets: [end, end + bytes] };
    end += bytes;
  };
  const dimension = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const width = rowBytes(format, dimension);
  if (format === 'int8' || format === 'int4') {
    entries['__metadata__'] = { [QUANTISED_KEY + name]: JSON.stringify({ format, dimension }) };
    // Floats first: they stay aligned.
    add(`${name}.scale`, 'F32', [rows], rows * 4);
    add(`${name}.bias`, 'F32', [rows], rows * 4);
    add(name, DTYPES[format], [rows, width], rows * width);
  } else {
    add(name, DTYPES[format], shape, rows * width);
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  const front = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(32);
  new DataView(front.buffer).setBigUint64(0, BigInt(front.length - 8), true);
  front.set(text, 8);
  return front;
}
