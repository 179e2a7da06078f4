// Rows of row 13, parsed to columns and no further: what parse_bench does natively and parse_wasm in wasm.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "example/example_batch.hpp"

namespace fcol {

enum class ParseFormat : uint32_t { Examples, Ndjson };

class ParseCase {
 public:
  // `bytes`: lines of JSON, or examples packed as u32 count, u32 offsets[count + 1], the bytes. False if they are refused.
  bool run(ParseFormat format, const uint8_t* bytes, size_t size) {
    batch_.reset();
    auto parsed = format == ParseFormat::Ndjson ? parseJsonRows({reinterpret_cast<const char*>(bytes), size}, keys_, dtypes_) : parseExamples(packed(bytes), features_);
    if (parsed) batch_ = std::move(*parsed);
    return batch_ != nullptr;
  }

  // One number for all values, by which contenders are compared before they are timed: FNV-1a, numbers by their bits as float32.
  // Requires that run() has succeeded.
  uint32_t digest() const {
    uint32_t digest = 2166136261u;
    const auto mix = [&](uint32_t word) { digest = (digest ^ word) * 16777619u; };
    for (const auto& feature : batch_->batch().features) {
      for (uint32_t i = 0; i < feature.count; ++i) {
        if (feature.dtype == DType::String)
          for (const char c : feature.text(i)) mix(static_cast<uint8_t>(c));
        else mix(bitsOf(feature, i));
      }
    }
    return digest;
  }

 private:
  static Utf8Batch packed(const uint8_t* bytes) {
    const auto* words = reinterpret_cast<const uint32_t*>(bytes);
    return {reinterpret_cast<const char*>(words + words[0] + 2), {words + 1, size_t{words[0]} + 1}};
  }
  static uint32_t bitsOf(const Feature& feature, uint32_t i) {
    const float value = feature.dtype == DType::Float32 ? feature.as<float>()[i] : feature.dtype == DType::Int64 ? static_cast<float>(feature.as<int64_t>()[i]) : static_cast<float>(feature.as<double>()[i]);
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }

  const std::vector<ParsedFeature> features_{{"id", DType::Int64, false, {}, {}}, {"word", DType::String, false, {}, {}}, {"x", DType::Float32, true, {8}, {}}};
  const std::vector<std::string> keys_{"id", "word", "x"};
  const std::vector<DType> dtypes_{DType::Int64, DType::String, DType::Float32};
  std::unique_ptr<OwnedBatch> batch_;
};

}  // namespace fcol
