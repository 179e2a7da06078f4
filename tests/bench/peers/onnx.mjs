// Small ONNX models, written as protocol buffers by hand: what the benchmark gives to ONNX Runtime.

const encoder = new TextEncoder();

const varint = (value) => {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return bytes;
};
const concat = (parts) => {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
const field = (number, content) => {
  if (typeof content === 'number' || typeof content === 'bigint') return Uint8Array.from([...varint(number * 8), ...varint(content)]);
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return concat([Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
};
const message = (...fields) => concat(fields);

const FLOAT = 1, INT64 = 7, STRING = 8;
const attributeInt = (name, value) => field(5, message(field(1, name), field(3, value), field(20, 2)));
const attributeInts = (name, values) => field(5, message(field(1, name), ...values.map((value) => field(8, value)), field(20, 7)));
const attributeStrings = (name, values) => field(5, message(field(1, name), ...values.map((value) => field(9, value)), field(20, 8)));
const node = (type, inputs, output, attributes = [], domain = '') =>
  field(1, message(...inputs.map((input) => field(1, input)), field(2, output), field(4, type), ...attributes, ...(domain ? [field(7, domain)] : [])));
const valueInfo = (number, name, type, dims) =>
  field(number, message(field(1, name), field(2, message(field(1, message(field(1, type), field(2, message(...dims.map((dim) => field(1, typeof dim === 'string' ? field(2, dim) : field(1, dim)))))))))));
const floatTensor = (name, dims, values) =>
  field(5, message(...dims.map((dim) => field(1, dim)), field(2, FLOAT), field(8, name), field(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))));

/** ids int64 [bags, each] → mean of table rows [bags, dimension]. */
export function gatherMean(table, rows, dimension, each) {
  const graph = message(
    node('Gather', ['table', 'ids'], 'gathered'),
    node('ReduceMean', ['gathered'], 'pooled', [attributeInts('axes', [1]), attributeInt('keepdims', 0)]),
    field(2, 'bag'),
    floatTensor('table', [rows, dimension], table),
    valueInfo(11, 'ids', INT64, ['bags', each]),
    valueInfo(12, 'pooled', FLOAT, ['bags', dimension]),
  );
  return message(field(1, 8), field(7, graph), field(8, message(field(2, 13))));
}

/** keys string [bags, each] → mean of the table rows of their vocabulary indices. Unknown keys take row 0. */
export function lookupGatherMean(keys, table, rows, dimension, each) {
  const graph = message(
    node('LabelEncoder', ['keys'], 'ids', [attributeStrings('keys_strings', keys), attributeInts('values_int64s', keys.map((_, i) => i)), attributeInt('default_int64', 0)], 'ai.onnx.ml'),
    node('Gather', ['table', 'ids'], 'gathered'),
    node('ReduceMean', ['gathered'], 'pooled', [attributeInts('axes', [1]), attributeInt('keepdims', 0)]),
    field(2, 'lookup'),
    floatTensor('table', [rows, dimension], table),
    valueInfo(11, 'keys', STRING, ['bags', each]),
    valueInfo(12, 'pooled', FLOAT, ['bags', dimension]),
  );
  return message(field(1, 8), field(7, graph), field(8, message(field(2, 13))), field(8, message(field(1, 'ai.onnx.ml'), field(2, 2))));
}
