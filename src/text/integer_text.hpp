// Integers as text, by TensorFlow's rules: as_string for hashing, absl::SimpleAtoi for vocabulary files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fcol {

// An int64 in decimal as AsString writes it (printf "%lld"): at most 20 characters and no terminator.
struct Int64Text {
  char text[20];
  uint8_t length;

  explicit Int64Text(int64_t value);
  std::string_view view() const { return {text, length}; }
};

// Digits with an optional '-' and nothing else: a JSON integer.
std::optional<int64_t> parseInt64(std::string_view text);

// As absl::SimpleAtoi: ASCII white space around, one sign, decimal digits, no overflow.
std::optional<int64_t> parseInt64Loosely(std::string_view text);

}  // namespace fcol
