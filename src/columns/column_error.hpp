// What is wrong with a column or its data, in one form: column "age": … .
#pragma once

#include "base/dtype.hpp"
#include "base/error.hpp"

namespace fcol {

inline Error columnError(ErrorCode code, std::string_view column, std::string_view message, int64_t row = -1, std::string value = {}) {
  Error problem = error(code, join("column ", quoted(column), row >= 0 ? join(", row ", row) : std::string(), ": ", message));
  problem.at(column, row).value = std::move(value);
  return problem;
}

// As TensorFlow prints a dtype: <dtype: 'int64'>.
inline std::string dtypeText(DType dtype) { return join("<dtype: '", dtypeName(dtype), "'>"); }

}  // namespace fcol
