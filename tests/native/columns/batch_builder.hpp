// Packed batches for tests: features as nested lists become the block that JavaScript writes (docs/architecture.md).
#pragma once

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "batch/feature_batch.hpp"

namespace fcol::testing {

// The arrays of one feature, as a descriptor names them. Empty vectors are absent.
struct RawFeature {
  DType dtype = DType::None;
  uint32_t flags = 0, rank = 1, count = 0, width = 1, inner = 0;
  std::vector<uint8_t> values;
  std::vector<uint32_t> offsets, row_splits, step_splits, positions;
  std::vector<uint8_t> nulls;

  RawFeature sparse() && { return flags |= 1, std::move(*this); }
  RawFeature unordered() && { return flags |= 3, std::move(*this); }
  RawFeature moved() && { return flags |= 11, std::move(*this); }
  RawFeature at(std::vector<uint32_t> columns, uint32_t new_width) && {
    return positions = std::move(columns), width = new_width, flags |= 1, std::move(*this);
  }
  RawFeature cells(std::vector<uint32_t> of_steps, uint32_t each) && {
    return positions = std::move(of_steps), inner = each, flags |= 1, std::move(*this);
  }
  RawFeature withNulls(std::vector<uint8_t> flags_of_values) && { return nulls = std::move(flags_of_values), std::move(*this); }

  template <typename T>
  void push(const T& value) {
    if constexpr (std::is_convertible_v<T, std::string>) {
      const std::string text = value;
      if (offsets.empty()) offsets.push_back(0);
      values.insert(values.end(), text.begin(), text.end());
      offsets.push_back(static_cast<uint32_t>(values.size()));
    } else {
      const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
      values.insert(values.end(), bytes, bytes + sizeof value);
    }
    ++count;
  }
};

// [rows]
template <typename T>
RawFeature scalars(DType dtype, std::vector<T> rows) {
  RawFeature feature;
  feature.dtype = dtype;
  if (dtype == DType::String) feature.offsets = {0};
  for (const T& value : rows) feature.push(value);
  return feature;
}

// [rows, *]
template <typename T>
RawFeature lists(DType dtype, std::vector<std::vector<T>> rows) {
  RawFeature feature;
  feature.dtype = dtype;
  feature.rank = 2;
  feature.width = 0;
  feature.row_splits = {0};
  if (dtype == DType::String) feature.offsets = {0};
  for (const auto& row : rows) {
    for (const T& value : row) feature.push(value);
    feature.row_splits.push_back(feature.count);
    feature.width = std::max(feature.width, static_cast<uint32_t>(row.size()));
  }
  return feature;
}

// [rows, steps, *]
template <typename T>
RawFeature nested(DType dtype, std::vector<std::vector<std::vector<T>>> rows) {
  RawFeature feature;
  feature.dtype = dtype;
  feature.rank = 3;
  feature.width = 0;
  feature.row_splits = {0};
  feature.step_splits = {0};
  if (dtype == DType::String) feature.offsets = {0};
  for (const auto& row : rows) {
    for (const auto& step : row) {
      for (const T& value : step) feature.push(value);
      feature.step_splits.push_back(feature.count);
    }
    feature.row_splits.push_back(static_cast<uint32_t>(feature.step_splits.size() - 1));
    feature.width = std::max(feature.width, static_cast<uint32_t>(row.size()));
  }
  return feature;
}

inline RawFeature strings(std::vector<std::vector<std::string>> rows) { return lists<std::string>(DType::String, std::move(rows)); }
inline RawFeature int64s(std::vector<std::vector<int64_t>> rows) { return lists<int64_t>(DType::Int64, std::move(rows)); }
inline RawFeature floats(std::vector<std::vector<float>> rows) { return lists<float>(DType::Float32, std::move(rows)); }
inline RawFeature numbers(std::vector<std::vector<double>> rows) { return lists<double>(DType::Number, std::move(rows)); }

// A block of memory as JavaScript packs it. u64 words keep it aligned.
class PackedBatch {
 public:
  PackedBatch(uint32_t rows, std::span<const std::string> keys, const std::map<std::string, RawFeature>& features) {
    const size_t header = 2 + 16 * keys.size();
    block_.resize((header + 1) / 2);
    word(0) = rows;
    word(1) = static_cast<uint32_t>(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto at = features.find(keys[i]);
      if (at == features.end()) continue;
      const RawFeature& f = at->second;
      const bool text = f.dtype == DType::String;
      const uint32_t words[12] = {static_cast<uint32_t>(f.dtype), f.flags, f.rank, f.count, f.width, append(f.values), text ? append(f.offsets) : 0,
                                  append(f.row_splits), append(f.step_splits), append(f.positions), append(f.nulls),
                                  text ? static_cast<uint32_t>(f.values.size()) : 0};
      for (size_t k = 0; k < 12; ++k) word(2 + 16 * i + k) = words[k];
      word(2 + 16 * i + 14) = f.inner;
    }
  }

  uint32_t& word(size_t i) { return reinterpret_cast<uint32_t*>(block_.data())[i]; }
  Bytes bytes() const { return {reinterpret_cast<const uint8_t*>(block_.data()), block_.size() * 8}; }

 private:
  template <typename T>
  uint32_t append(const std::vector<T>& array) {
    if (array.empty()) return 0;
    const size_t at = block_.size();
    block_.resize(at + (array.size() * sizeof(T) + 7) / 8);
    std::memcpy(block_.data() + at, array.data(), array.size() * sizeof(T));
    return static_cast<uint32_t>(at * 8);
  }

  std::vector<uint64_t> block_;
};

}  // namespace fcol::testing
