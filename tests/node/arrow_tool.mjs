// Writes and reads Arrow files for arrow_cli_test.mjs: `write FOLDER ROWS`, `read FILE`.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as arrow from 'apache-arrow';

const list = (type) => new arrow.List(new arrow.Field('item', type, true));
const vector = (values, type) => arrow.vectorFromArray(values, type);

/** The same rows as columns of Arrow and as lines of JSON, with nulls, dictionaries, large integers and columns that nobody reads. */
function rowsOf(count) {
  const rows = Array.from({ length: count }, (_, i) => ({
    age: i / 3 - 100, pair: [i, i * 0.1], ids: i % 5 === 0 ? null : i % 7 === 0 ? [] : i % 2 ? [BigInt(i % 5)] : [BigInt(i % 5), BigInt((i * 3) % 5)],
    big: [9007199254740993n + BigInt(i)], word: ['omar', 'é', 'nobody', null][i % 4], text: [`t${i % 13}`, null, '東京'][i % 3], flag: i % 2 === 0, id: i,
  }));
  const of = (key, type) => vector(rows.map((row) => row[key]), type);
  const table = new arrow.Table({
    id: of('id', new arrow.Int32()), flag: of('flag', new arrow.Bool()), age: of('age', new arrow.Float64()),
    pair: of('pair', new arrow.FixedSizeList(2, new arrow.Field('item', new arrow.Float32(), true))), ids: of('ids', list(new arrow.Int64())),
    big: of('big', list(new arrow.Int64())), word: of('word', new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())), text: of('text', new arrow.Utf8()),
  });
  const json = rows.map(({ flag, id, ...row }) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `#${value}` : value)).replace(/"#(\d+)"/g, '$1'));
  return { table, json };
}

/** Two batches, the second a slice. */
const inBatches = (table, first) => new arrow.Table([...table.slice(0, first).batches, ...table.slice(first).batches]);

const [, , command, where, count] = process.argv;
if (command === 'write') {
  const save = (name, content) => writeFileSync(path.join(where, name), content);
  const { table, json } = rowsOf(Number(count));
  const two = inBatches(table, Math.floor(count * 0.4));
  save('rows.arrow', arrow.tableToIPC(two, 'file'));
  save('rows.arrows', arrow.tableToIPC(two, 'stream'));
  save('rows.ndjson', json.join('\n'));
  const { table: ten } = rowsOf(10);
  const ages = vector(Array.from({ length: 10 }, (_, i) => (i % 4 === 1 ? null : i)), new arrow.Float64());
  save('bad.arrow', arrow.tableToIPC(ten.setChild('age', ages), 'file'));
  const age = new arrow.Field('age', new arrow.Float32(), false);
  const data = arrow.makeData({ type: new arrow.Float32(), data: Float32Array.of(1, 2), nullCount: 0 });
  const schema = new arrow.Schema([age, age]);
  const double = new arrow.RecordBatch(schema, arrow.makeData({ type: new arrow.Struct(schema.fields), length: 2, nullCount: 0, children: [data, data] }));
  save('double.arrow', arrow.RecordBatchFileWriter.writeAll([double]).toUint8Array(true));
  // Strings whose offsets lead out of their bytes.
  const strings = arrow.makeData({ type: new arrow.Utf8(), length: 2, nullCount: 0, valueOffsets: Int32Array.of(0, 900, 2), data: Uint8Array.of(97, 98) });
  const text = new arrow.Schema([new arrow.Field('text', new arrow.Utf8(), false)]);
  const outside = new arrow.RecordBatch(text, arrow.makeData({ type: new arrow.Struct(text.fields), length: 2, nullCount: 0, children: [strings] }));
  save('outside.arrow', arrow.RecordBatchFileWriter.writeAll([outside]).toUint8Array(true));
  // It need not be LZ4 to be refused for it; the registry looks at the first bytes only.
  const START = [4, 34, 77, 24, 0x40, 0, 0]; // magic, version, and what it does not look at
  arrow.compressionRegistry.set(arrow.CompressionType.LZ4_FRAME, { encode: (bytes) => Uint8Array.of(...START, ...bytes), decode: (bytes) => bytes.subarray(START.length) });
  const writer = new arrow.RecordBatchFileWriter({ compressionType: arrow.CompressionType.LZ4_FRAME });
  save('lz4.arrow', writer.writeAll(ten).toUint8Array(true));
} else {
  const table = arrow.tableFromIPC(readFileSync(where));
  const plain = (value) => (value === null || typeof value === 'number' ? value : Array.from(value, plain));
  const rows = [...table].map((row) => Object.fromEntries(table.schema.names.map((name) => [name, plain(row[name])])));
  process.stdout.write(JSON.stringify({ schema: String(table.schema), rows }));
}
