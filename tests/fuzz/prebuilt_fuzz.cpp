// Any bytes as a prebuilt vocabulary, also with a right checksum: ids are of the vocabulary.
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/crc32c.hpp"
#include "feature_check.hpp"
#include "vocabulary/vocabulary.hpp"

using namespace fcol;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto file = Buffer<uint8_t>::make(size);
  if (!file) return 0;
  if (size > 0) std::memcpy(file->data(), data, size);
  constexpr size_t kHeader = 64, kChecksumAt = 56;
  if (size >= kHeader) {
    char hex[9];
    std::snprintf(hex, sizeof hex, "%08x", crc32c({data + kHeader, size - kHeader}, crc32c({data, kChecksumAt})));
    std::memcpy(file->data() + kChecksumAt, hex, 8);
  }
  const auto vocabulary = Vocabulary::fromPrebuilt(std::move(*file), DType::String, {}, "fuzz");
  if (!vocabulary) {
    fuzz::require(vocabulary.error().code != ErrorCode::Internal && !vocabulary.error().message.empty());
    return 0;
  }
  // Looks up what the file has: its lines, and pieces of it.
  const uint32_t count = (*vocabulary)->size();
  std::string scratch, bytes;
  std::vector<uint32_t> offsets{0};
  for (uint32_t id = 0; id < count && id < 64; ++id) offsets.push_back(static_cast<uint32_t>((bytes += (*vocabulary)->key(id, scratch)).size()));
  for (size_t at = 0; at + 8 <= size && at < 512; at += 8) offsets.push_back(static_cast<uint32_t>(bytes.append(reinterpret_cast<const char*>(data) + at, 8).size()));
  std::vector<int64_t> ids(offsets.size() - 1);
  (*vocabulary)->find(Utf8Batch{bytes.data(), offsets}, ids.data());
  for (const int64_t id : ids) fuzz::require(id >= -1 && id < count);
  return 0;
}
