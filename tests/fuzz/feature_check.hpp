// What every Feature promises (src/batch/feature.hpp), and reading all of it.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "batch/feature_batch.hpp"

namespace fcol::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline void checkSplits(std::span<const uint32_t> splits, size_t groups, size_t total) {
  require(splits.size() == groups + 1 && splits.front() == 0 && splits.back() == total);
  for (size_t i = 0; i < groups; ++i) require(splits[i] <= splits[i + 1]);
}

inline void checkFeature(const Feature& feature, uint32_t rows) {
  if (feature.dtype == DType::None) return;
  require(feature.rows == rows);
  if (feature.rank == 1) require(feature.count == rows && feature.width == 1 && feature.row_splits.empty());
  if (feature.rank == 2) checkSplits(feature.row_splits, rows, feature.count);
  if (feature.rank >= 3) {
    require(!feature.step_splits.empty());
    checkSplits(feature.row_splits, rows, feature.step_splits.size() - 1);
    checkSplits(feature.step_splits, feature.step_splits.size() - 1, feature.count);
  }
  uint32_t longest = feature.rank == 1 ? 1 : 0;
  for (size_t i = 1; i < feature.row_splits.size(); ++i) longest = std::max(longest, feature.row_splits[i] - feature.row_splits[i - 1]);
  if (rows > 0) require(feature.width == longest);
  require(feature.nulls.empty() || feature.nulls.size() == feature.count);
  volatile uint64_t sum = 0;
  for (uint32_t i = 0; i < feature.count; ++i) {
    if (feature.dtype == DType::String) {
      for (const char c : feature.strings[i]) sum = sum + static_cast<unsigned char>(c);
    } else if (feature.dtype == DType::Float32) {
      sum = sum + (feature.as<float>()[i] > 0);
    } else {
      sum = sum + static_cast<uint64_t>(feature.as<int64_t>()[i]);
    }
  }
}

}  // namespace fcol::fuzz
