// tf.Examples for the benchmarks: written with protobufjs, and framed one after the other as a row's length (u32) and its bytes.
import protobuf from 'protobufjs';

const PROTO = `syntax = "proto3";
message BytesList { repeated bytes value = 1; }
message FloatList { repeated float value = 1 [packed = true]; }
message Int64List { repeated int64 value = 1 [packed = true]; }
message Feature { oneof kind { BytesList bytes_list = 1; FloatList float_list = 2; Int64List int64_list = 3; } }
message Features { map<string, Feature> feature = 1; }
message Example { Features features = 1; }`;

export const Example = protobuf.parse(PROTO, { keepCase: true }).root.lookupType('Example');

/** {key: {bytes_list | float_list | int64_list: {value}}} → the serialized tf.Example. */
export const encodeExample = (feature) => Uint8Array.from(Example.encode(Example.fromObject({ features: { feature } })).finish());

export const bytesList = (strings) => ({ bytes_list: { value: strings.map((text) => Buffer.from(text)) } });

/** In shared memory, so that workers read the same bytes. */
export function frame(examples) {
  const framed = new Uint8Array(new SharedArrayBuffer(examples.reduce((sum, each) => sum + 4 + each.length, 0)));
  const view = new DataView(framed.buffer);
  let at = 0;
  for (const each of examples) {
    view.setUint32(at, each.length, true);
    framed.set(each, at + 4);
    at += 4 + each.length;
  }
  return framed;
}

/** Batches of `size` views of framed examples. */
export function* batches(framed, size) {
  const view = new DataView(framed.buffer, framed.byteOffset, framed.byteLength);
  let batch = [];
  for (let at = 0; at < framed.length; ) {
    const length = view.getUint32(at, true);
    batch.push(framed.subarray(at + 4, at + 4 + length));
    at += 4 + length;
    if (batch.length === size || at === framed.length) {
      yield batch;
      batch = [];
    }
  }
}
