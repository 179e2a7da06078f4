// What the tests of vocabularies share: vocabularies of texts, ids of single keys, and TFRecords.
#pragma once

#include <cstring>
#include <vector>

#include "base/crc32c.hpp"
#include "text_bytes.hpp"
#include "vocabulary/vocabulary.hpp"

namespace fcol::test {

inline Result<std::shared_ptr<const Vocabulary>> fromText(std::string_view text, DType dtype = DType::String, std::optional<uint64_t> size = {}) {
  return Vocabulary::fromText(bytesOf(text), dtype, size, "videos.txt");
}

inline int64_t idOf(const Vocabulary& vocabulary, std::string_view key) {
  // A copy of just the key's size, so that a sanitizer sees any byte read beyond it.
  const std::vector<char> exact(key.begin(), key.end());
  const uint32_t offsets[] = {0, static_cast<uint32_t>(key.size())};
  int64_t id = -7;
  vocabulary.find(Utf8Batch{exact.data(), offsets}, &id);
  return id;
}

inline int64_t idOf(const Vocabulary& vocabulary, int64_t key) {
  int64_t id = -7;
  vocabulary.find(std::span(&key, 1), &id);
  return id;
}

inline std::string record(std::string_view data) {
  std::string text(12 + data.size() + 4, '\0');
  const uint64_t length = data.size();
  std::memcpy(text.data(), &length, 8);
  const uint32_t length_crc = maskedCrc32c({reinterpret_cast<const uint8_t*>(text.data()), 8});
  std::memcpy(text.data() + 8, &length_crc, 4);
  std::memcpy(text.data() + 12, data.data(), data.size());
  const uint32_t crc = maskedCrc32c({reinterpret_cast<const uint8_t*>(data.data()), data.size()});
  std::memcpy(text.data() + 12 + data.size(), &crc, 4);
  return text;
}

}  // namespace fcol::test
