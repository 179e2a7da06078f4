#include "columns/integer_values.hpp"

#include "base/room.hpp"
#include "columns/column_error.hpp"

namespace fcol {

bool isExactInteger(double value) {
  constexpr double kLimit = 9007199254740991.0;  // JavaScript's Number.MAX_SAFE_INTEGER
  return value >= -kLimit && value <= kLimit && static_cast<double>(static_cast<int64_t>(value)) == value;
}

Result<std::span<const int64_t>> integerValues(const Feature& feature, std::string_view column, std::string_view phrase,
                                               std::vector<int64_t>& scratch) {
  FCOL_ASSERT(canBeInteger(feature.dtype));
  if (feature.dtype == DType::Int64) return feature.as<int64_t>();
  FCOL_TRY(makeRoom(scratch, feature.count));
  if (feature.dtype == DType::Int32) {
    const auto values = feature.as<int32_t>();
    for (size_t i = 0; i < values.size(); ++i) scratch[i] = values[i];
    return std::span<const int64_t>(scratch);
  }
  const auto values = feature.as<double>();
  for (uint32_t i = 0; i < values.size(); ++i) {
    if (!isExactInteger(values[i]))
      return about(values[i], columnErrorAt(feature.rowOf(i), ErrorCode::DtypeMismatch, column,
                                            "{}: {} is no integer that a number holds exactly; round it, or give a bigint", phrase, values[i]));
    scratch[i] = static_cast<int64_t>(values[i]);
  }
  return std::span<const int64_t>(scratch);
}

}  // namespace fcol
