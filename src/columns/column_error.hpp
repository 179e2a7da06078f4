// What is wrong with a column or its data, in one form: column "age": … .
#pragma once

#include "base/dtype.hpp"
#include "base/result.hpp"

namespace fcol {

Failure columnErrorOf(ErrorCode code, std::string_view column, int64_t row, const char* text, const TextPart* values);

template <typename... Values>
FCOL_INLINE Failure columnErrorAt(int64_t row, ErrorCode code, std::string_view column, const char* text, const Values&... values) {
  return columnErrorOf(code, column, row, text, partsOf(values...));
}

template <typename... Values>
FCOL_INLINE Failure columnError(ErrorCode code, std::string_view column, const char* text, const Values&... values) {
  return columnErrorAt(-1, code, column, text, values...);
}

template <typename... Values>
FCOL_INLINE Failure invalidDefinition(std::string_view column, const char* text, const Values&... values) {
  return columnError(ErrorCode::InvalidDefinition, column, text, values...);
}

// With the value that is to blame.
Failure about(const TextPart& value, Failure problem);

}  // namespace fcol
