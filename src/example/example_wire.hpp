// The outer messages of tf.Example: Features and their map entries, as TensorFlow's fast parser walks them (spec 7.1, 7.2).
#pragma once

#include <algorithm>

#include "base/wire_reader.hpp"

namespace fcol {

constexpr uint32_t kField1 = WireReader::tag(1, WireReader::kDelimited);
constexpr uint32_t kField2 = WireReader::tag(2, WireReader::kDelimited);

// The message that begins with its length here, cut at the end of the outer one: protobuf's limits never grow.
FCOL_INLINE bool readLimited(WireReader& in, WireReader& content) {
  uint32_t size;
  if (!in.varint32(size)) return false;
  const size_t limit = std::min<size_t>(size, in.left());
  content = WireReader(in.at(), in.at() + limit);
  return in.skipBytes(limit);
}

struct MapEntry {
  std::string_view key;
  Bytes value;
};

// A map entry behind its tag: exactly two fields; `key_first`: the key and then the value, else in either order.
FCOL_INLINE bool readMapEntry(WireReader& in, bool key_first, MapEntry& entry) {
  WireReader content;
  if (!readLimited(in, content)) return false;
  entry = {};
  for (int field = 0; field < 2; ++field) {
    uint32_t tag;
    Bytes bytes;
    if (!content.varint32(tag) || (tag != kField1 && tag != kField2) || !content.delimited(bytes)) return false;
    if (key_first && tag != (field == 0 ? kField1 : kField2)) return false;
    if (tag == kField1) entry.key = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    else entry.value = bytes;
  }
  return content.done();
}

// Calls `take(entry)` for each entry of a map message (Features, FeatureLists) that begins with its length here. False if it
// is broken or `take` says so.
template <typename Take>
bool forEachEntry(WireReader& in, bool key_first, Take take) {
  WireReader map;
  if (!readLimited(in, map)) return false;
  while (!map.done()) {
    MapEntry entry;
    if (!map.expect(kField1) || !readMapEntry(map, key_first, entry) || !take(entry)) return false;
  }
  return true;
}

// Steps over a field that is none of the message's own; one that reaches beyond the end is cut there, as everything is.
inline bool skipForeignField(WireReader& in) {
  uint32_t tag;
  if (!in.varint32(tag)) return false;
  WireReader content;
  return (tag & 7) == WireReader::kDelimited ? readLimited(in, content) : in.skip(tag);
}

}  // namespace fcol
