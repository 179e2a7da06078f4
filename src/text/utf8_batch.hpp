// Utf8Batch: many strings as one run of bytes and offsets, the layout of Arrow's Utf8 vectors.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fcol {

struct Utf8Batch {
  const char* bytes = nullptr;
  std::span<const uint32_t> offsets;  // size() + 1 entries, non-decreasing, the last within the bytes
  size_t slack = 0;                   // bytes behind the last string that may be read too

  size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::string_view operator[](size_t i) const { return {bytes + offsets[i], offsets[i + 1] - offsets[i]}; }
};

}  // namespace fcol
