// What went wrong, where, and what to do: the one error type of the core. Nothing here throws.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace fcol {

enum class ErrorCode : uint8_t {
#define FCOL_ERROR(name, text, meaning) name,
#include "base/error_codes.inc"
#undef FCOL_ERROR
};

// The public name of a code, as JavaScript sees it: "out_of_range".
std::string_view errorCodeName(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;     // a sentence: what, where, TensorFlow's searchable phrase, the remedy
  std::string column = {}; // name of the column or key of the feature, empty if none is to blame
  int64_t row = -1;        // first bad row of the batch (or line of a file), -1 if none is to blame
  std::string value = {};  // the offending value as text, empty if none

  Error& at(std::string_view column_name, int64_t row_index = -1) {
    column = column_name;
    row = row_index;
    return *this;
  }
};

inline Error error(ErrorCode code, std::string message) { return Error{code, std::move(message)}; }

// Joins text and numbers into a message without <format> or <sstream> (both are large in wasm).
std::string toText(int64_t value);
std::string toText(uint64_t value);
inline std::string toText(uint32_t value) { return toText(static_cast<uint64_t>(value)); }
inline std::string toText(int32_t value) { return toText(static_cast<int64_t>(value)); }
inline std::string_view toText(std::string_view value) { return value; }
std::string toText(double value);  // shortest of %.9g and %.17g that reads back

template <typename... Parts>
std::string join(const Parts&... parts) {
  std::string text;
  (text.append(toText(parts)), ...);
  return text;
}

// A value quoted for a message: at most 64 bytes of it, control characters and broken UTF-8 escaped.
std::string quoted(std::string_view value);

}  // namespace fcol
