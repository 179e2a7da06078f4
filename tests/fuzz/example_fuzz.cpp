// Any bytes as tf.Examples, SequenceExamples and TFRecords.
#include <cstring>

#include "base/crc32c.hpp"
#include "example/example_batch.hpp"
#include "feature_check.hpp"

using namespace fcol;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<ParsedFeature> features{
      {"s", DType::String, false, {}, {}},        {"i", DType::Int64, false, {}, {}},     {"f", DType::Float32, false, {}, {}},
      {"x", DType::Float32, true, {1}, {0.5}},    {"y", DType::Int64, true, {2, 1}, {1, 2}}, {"z", DType::Float32, true, {}, {1}},
  };
  // One example of all bytes, and two that share them.
  const uint32_t whole = static_cast<uint32_t>(size), half = whole / 2;
  for (const std::vector<uint32_t>& offsets : {std::vector<uint32_t>{0, whole}, std::vector<uint32_t>{0, half, whole}}) {
    const Utf8Batch examples{reinterpret_cast<const char*>(data), offsets};
    for (const bool sequence : {false, true}) {
      const auto batch = sequence ? parseSequenceExamples(examples, features) : parseExamples(examples, features);
      if (!batch) continue;
      for (const auto& feature : (*batch)->batch().features) fuzz::checkFeature(feature, (*batch)->batch().rows);
    }
  }
  (void)readTfRecords({data, size}).ok();
  if (size >= 12) {  // with the right checksum of its length
    std::vector<uint8_t> record(data, data + size);
    const uint32_t crc = maskedCrc32c(Bytes(record).first(8));
    std::memcpy(record.data() + 8, &crc, sizeof crc);
    (void)readTfRecords(record).ok();
  }
  return 0;
}
