// Writes serialized tf.Examples, right ones and wrong ones.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "text/utf8_batch.hpp"

namespace fcol::test {

inline std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
inline std::string field(uint32_t number, const std::string& content) { return varint(number << 3 | 2) + varint(content.size()) + content; }
inline std::string floatBits(float value) {
  char bytes[4];
  std::memcpy(bytes, &value, 4);
  return {bytes, 4};
}

inline std::string bytesFeature(const std::vector<std::string>& values) {
  std::string list;
  for (const auto& each : values) list += field(1, each);
  return field(1, list);
}
inline std::string floatFeature(const std::vector<float>& values, bool packed = true) {
  std::string list;
  for (const float each : values) list += (packed ? "" : "\x0d") + floatBits(each);
  return field(2, packed ? field(1, list) : list);
}
inline std::string integerFeature(const std::vector<int64_t>& values, bool packed = true) {
  std::string list;
  for (const int64_t each : values) list += (packed ? "" : "\x08") + varint(static_cast<uint64_t>(each));
  return field(3, packed ? field(1, list) : list);
}
// A map entry: of Features, or of FeatureLists.
inline std::string entry(const std::string& key, const std::string& value) { return field(1, field(1, key) + field(2, value)); }
inline std::string featureList(const std::vector<std::string>& features) {
  std::string out;
  for (const auto& each : features) out += field(1, each);
  return out;
}

// Strings one behind the other, as examples come.
class Texts {
 public:
  Texts(std::vector<std::string> texts) {
    for (const auto& each : texts) {
      bytes_ += each;
      offsets_.push_back(static_cast<uint32_t>(bytes_.size()));
    }
  }
  operator Utf8Batch() const { return {bytes_.data(), offsets_}; }

 private:
  std::string bytes_;
  std::vector<uint32_t> offsets_{0};
};

}  // namespace fcol::test
