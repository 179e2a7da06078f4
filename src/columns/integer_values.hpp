// The values of an integer feature as int64, whichever of Int64, Int32 and Number it comes in.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "batch/feature.hpp"

namespace fcol {

// True for dtypes that an integer column takes; whether each Number is an integer, integerValues tells.
constexpr bool canBeInteger(DType dtype) { return isInteger(dtype) || dtype == DType::Number; }

// An integer that a double holds exactly: integral, within ±(2^53 - 1).
bool isExactInteger(double value);

// Points at the feature's own memory for Int64, else at `scratch`. Requires canBeInteger(feature.dtype).
// Errors: DtypeMismatch with `phrase`, the row and the value, for a Number that is no exact integer; OutOfMemory.
Result<std::span<const int64_t>> integerValues(const Feature& feature, std::string_view column, std::string_view phrase,
                                               std::vector<int64_t>& scratch);

}  // namespace fcol
