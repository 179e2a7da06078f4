#include "columns/column_error.hpp"

namespace fcol {

Error columnError(ErrorCode code, std::string_view column, std::string_view message, int64_t row, std::string_view value) {
  Error problem = error(code, join("column ", quoted(column), row >= 0 ? join(", row ", row) : std::string(), ": ", message));
  problem.at(column, row).value = value;
  return problem;
}

std::string dtypeText(DType dtype) { return join("<dtype: '", dtypeName(dtype), "'>"); }

}  // namespace fcol
