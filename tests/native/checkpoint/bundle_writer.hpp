// Writes small tensor bundles, right ones and wrong ones, for the tests of their reader.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/crc32c.hpp"

namespace fcol::test {

inline Bytes bytesOf(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

inline void putVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}
inline void putFixed32(std::string& out, uint32_t value) { out.append(reinterpret_cast<const char*>(&value), 4); }
inline std::string varintField(uint32_t field, uint64_t value) {
  std::string out;
  putVarint(out, field << 3);
  putVarint(out, value);
  return out;
}
inline std::string messageField(uint32_t field, const std::string& content) {
  std::string out;
  putVarint(out, field << 3 | 2);
  putVarint(out, content.size());
  return out + content;
}
inline std::string shapeMessage(const std::vector<uint64_t>& shape) {
  std::string out;
  for (const uint64_t size : shape) out += messageField(2, varintField(1, size));
  return out;
}
inline std::string sliceMessage(const std::vector<std::pair<int64_t, int64_t>>& extents) {
  std::string out;
  for (const auto& [start, length] : extents) {
    std::string extent;
    if (start) extent += varintField(1, static_cast<uint64_t>(start));
    if (length >= 0) extent += varintField(2, static_cast<uint64_t>(length));
    out += messageField(1, extent);
  }
  return out;
}

// BundleEntryProto of `data` at `offset`.
inline std::string entryMessage(int dtype, const std::vector<uint64_t>& shape, uint32_t shard, uint64_t offset, const std::string& data) {
  std::string out = varintField(1, static_cast<uint64_t>(dtype)) + messageField(2, shapeMessage(shape)) + varintField(3, shard) +
                    varintField(4, offset) + varintField(5, data.size());
  out += '\x35';
  putFixed32(out, maskedCrc32c(bytesOf(data)));
  return out;
}

inline std::string headerMessage(uint64_t shards = 1, uint64_t endianness = 0, const std::string& version = varintField(1, 1)) {
  return varintField(1, shards) + (endianness ? varintField(2, endianness) : "") + messageField(3, version);
}

// OrderedCode of a slice with starts below 64 and lengths below 64 (-1: full).
inline std::string sliceKey(const std::string& name, const std::vector<std::pair<int64_t, int64_t>>& extents) {
  std::string key(1, '\0');
  key += name + std::string("\0\1", 2) + '\1' + static_cast<char>(extents.size());
  for (const auto& [start, length] : extents) {
    key += static_cast<char>(0x80 ^ start);
    key += static_cast<char>(0x80 ^ length);
  }
  return key;
}

using Records = std::vector<std::pair<std::string, std::string>>;

// A literal-only Snappy stream: what a writer makes of data that does not repeat.
inline std::string packSnappyLiterally(const std::string& content) {
  std::string out;
  putVarint(out, content.size());
  for (size_t at = 0; at < content.size(); at += 60) {
    const size_t n = std::min<size_t>(60, content.size() - at);
    out += static_cast<char>((n - 1) << 2);
    out.append(content, at, n);
  }
  return out;
}

struct TableOptions {
  size_t records_per_block = 16;
  size_t restart_interval = 16;
  bool snappy = false;
  uint8_t type = 0;  // written as it is if not 0
};

// A table file of sorted records.
inline std::string tableFile(const Records& records, const TableOptions& options = {}) {
  std::string file;
  const auto block = [&](const Records& part, size_t restart_interval) {
    std::string content, last;
    std::vector<uint32_t> restarts;
    for (size_t i = 0; i < part.size(); ++i) {
      const auto& [key, value] = part[i];
      size_t shared = 0;
      if (i % restart_interval == 0) restarts.push_back(static_cast<uint32_t>(content.size()));
      else while (shared < std::min(last.size(), key.size()) && last[shared] == key[shared]) ++shared;
      putVarint(content, shared);
      putVarint(content, key.size() - shared);
      putVarint(content, value.size());
      content += key.substr(shared) + value;
      last = key;
    }
    if (restarts.empty()) restarts.push_back(0);
    for (const uint32_t each : restarts) putFixed32(content, each);
    putFixed32(content, static_cast<uint32_t>(restarts.size()));
    if (options.snappy) content = packSnappyLiterally(content);
    std::string handle;
    putVarint(handle, file.size());
    putVarint(handle, content.size());
    content += static_cast<char>(options.type ? options.type : options.snappy ? 1 : 0);
    file += content;
    putFixed32(file, maskedCrc32c(bytesOf(content)));
    return handle;
  };
  Records handles;
  for (size_t at = 0; at < records.size(); at += options.records_per_block) {
    const Records part(records.begin() + static_cast<std::ptrdiff_t>(at),
                       records.begin() + static_cast<std::ptrdiff_t>(std::min(records.size(), at + options.records_per_block)));
    handles.push_back({part.back().first, block(part, options.restart_interval)});
  }
  std::string footer = block({}, 1);
  footer += block(handles, 1);
  footer.resize(40);
  return file + footer + std::string("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8);
}

inline std::string floatBytes(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * 4};
}

}  // namespace fcol::test
