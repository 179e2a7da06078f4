// The protocol buffers of a tensor bundle's index: its header and an entry a tensor or slice. Spec 8.3.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "checkpoint/ordered_code.hpp"

namespace fcol {

// BundleHeaderProto, the value of the empty key.
struct BundleHeader {
  uint32_t shards = 0;
  bool big_endian = false;
};

// BundleEntryProto.
struct BundleEntry {
  int dtype = 0;
  std::vector<uint64_t> shape;
  uint32_t shard = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  uint32_t masked_crc = 0;
  std::vector<TensorSlice> slices;  // of a partitioned variable: then the entry has no bytes of its own
};

// Errors: InvalidCheckpoint; Unsupported if TensorFlow would refuse the version (min_consumer over 1, or 1 among bad_consumers).
Result<BundleHeader> readBundleHeader(std::string_view value);
// `key` is for messages. Errors: InvalidCheckpoint.
Result<BundleEntry> readBundleEntry(std::string_view key, std::string_view value);

}  // namespace fcol
