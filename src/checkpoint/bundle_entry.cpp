#include "checkpoint/bundle_entry.hpp"

#include "base/wire_reader.hpp"

namespace fcol {
namespace {

constexpr uint64_t kVersion = 1;        // of the bundle format that this reads, and TensorFlow writes
constexpr uint64_t kMaxShards = 99999;  // their file names have five digits
constexpr size_t kMaxRank = 254;        // TensorShape's own

constexpr uint32_t varintTag(uint32_t field) { return WireReader::tag(field, WireReader::kVarint); }
constexpr uint32_t messageTag(uint32_t field) { return WireReader::tag(field, WireReader::kDelimited); }

WireReader reader(std::string_view text) { return WireReader(Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size())); }

// VersionDef: true if a reader of kVersion may read it.
bool readVersion(Bytes bytes, bool& readable) {
  WireReader in(bytes);
  uint64_t value;
  Bytes packed;
  while (!in.done()) {
    uint32_t tag;
    if (!in.varint32(tag)) return false;
    switch (tag) {
      case varintTag(2):  // min_consumer
        if (!in.varint(value)) return false;
        if (static_cast<int32_t>(value) > static_cast<int32_t>(kVersion)) readable = false;
        break;
      case varintTag(3):  // bad_consumers, one or packed
        if (!in.varint(value)) return false;
        if (value == kVersion) readable = false;
        break;
      case messageTag(3): {
        if (!in.delimited(packed)) return false;
        for (WireReader each(packed); !each.done();) {
          if (!each.varint(value)) return false;
          if (value == kVersion) readable = false;
        }
        break;
      }
      default:
        if (!in.skip(tag)) return false;
    }
  }
  return true;
}

// TensorShapeProto: false if it is broken, unknown, or has a negative size.
bool readShape(Bytes bytes, std::vector<uint64_t>& shape) {
  WireReader in(bytes);
  while (!in.done()) {
    uint32_t tag;
    Bytes content;
    uint64_t size = 0;
    if (!in.varint32(tag)) return false;
    if (tag != messageTag(2)) {
      if (tag == varintTag(3)) {  // unknown_rank
        if (!in.varint(size) || size) return false;
      } else if (!in.skip(tag)) {
        return false;
      }
      continue;
    }
    if (!in.delimited(content) || shape.size() == kMaxRank) return false;
    for (WireReader dim(content); !dim.done();) {
      if (!dim.varint32(tag)) return false;
      if (tag == varintTag(1) ? !dim.varint(size) : !dim.skip(tag)) return false;
    }
    if (size >> 63) return false;
    shape.push_back(size);
  }
  return true;
}

bool readSlice(Bytes bytes, TensorSlice& slice) {
  WireReader in(bytes);
  while (!in.done()) {
    uint32_t tag;
    Bytes content;
    if (!in.varint32(tag)) return false;
    if (tag != messageTag(1)) {
      if (!in.skip(tag)) return false;
      continue;
    }
    if (!in.delimited(content) || slice.start.size() == kMaxRank) return false;
    uint64_t start = 0, length = UINT64_MAX;  // without a length it is the full extent
    for (WireReader extent(content); !extent.done();) {
      if (!extent.varint32(tag)) return false;
      if (tag == varintTag(1) ? !extent.varint(start) : tag == varintTag(2) ? !extent.varint(length) : !extent.skip(tag)) return false;
    }
    slice.start.push_back(static_cast<int64_t>(start));
    slice.length.push_back(static_cast<int64_t>(length));
  }
  return true;
}

Failure broken(std::string_view key) {
  return error(ErrorCode::InvalidCheckpoint, "the entry of tensor {} in the checkpoint index is broken; fetch the file again", quoted(key));
}

}  // namespace

Result<BundleHeader> readBundleHeader(std::string_view value) {
  const auto invalid = [] { return error(ErrorCode::InvalidCheckpoint, "the header of the checkpoint index is broken; fetch the file again"); };
  BundleHeader header;
  uint64_t shards = 0, endianness = 0;
  bool readable = true;
  for (WireReader in = reader(value); !in.done();) {
    uint32_t tag;
    Bytes content;
    if (!in.varint32(tag)) return invalid();
    if (tag == varintTag(1) ? !in.varint(shards)
        : tag == varintTag(2) ? !in.varint(endianness)
        : tag == messageTag(3) ? !in.delimited(content) || !readVersion(content, readable)
                               : !in.skip(tag))
      return invalid();
  }
  if (!readable)
    return error(ErrorCode::Unsupported, "the checkpoint needs a newer reader: its bundle version has a min_consumer over 1; save it with TensorFlow 2.x");
  if (shards < 1 || shards > kMaxShards || endianness > 1) return invalid();
  header.shards = static_cast<uint32_t>(shards);
  header.big_endian = endianness == 1;
  return header;
}

Result<BundleEntry> readBundleEntry(std::string_view key, std::string_view value) {
  BundleEntry entry;
  uint64_t dtype = 0, shard = 0;
  for (WireReader in = reader(value); !in.done();) {
    uint32_t tag;
    Bytes content;
    if (!in.varint32(tag)) return broken(key);
    bool ok;
    switch (tag) {
      case varintTag(1): ok = in.varint(dtype); break;
      case messageTag(2): ok = in.delimited(content) && readShape(content, entry.shape); break;
      case varintTag(3): ok = in.varint(shard); break;
      case varintTag(4): ok = in.varint(entry.offset); break;
      case varintTag(5): ok = in.varint(entry.size); break;
      case WireReader::tag(6, WireReader::kFixed32): ok = in.fixed32(entry.masked_crc); break;
      case messageTag(7): ok = in.delimited(content) && readSlice(content, entry.slices.emplace_back()); break;
      default: ok = in.skip(tag);
    }
    if (!ok) return broken(key);
  }
  if (dtype > INT32_MAX || shard > kMaxShards || entry.offset >> 63 || entry.size >> 63) return broken(key);
  entry.dtype = static_cast<int>(dtype);
  entry.shard = static_cast<uint32_t>(shard);
  return entry;
}

}  // namespace fcol
