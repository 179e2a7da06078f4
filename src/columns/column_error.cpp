#include "columns/column_error.hpp"

namespace fcol {

Failure columnErrorOf(ErrorCode code, std::string_view column, int64_t row, const char* text, const TextPart* values) {
  const std::string message = formatParts(text, values);
  Failure problem = row >= 0 ? error(code, "column {}, row {}: {}", quoted(column), row, message) : error(code, "column {}: {}", quoted(column), message);
  problem->at(column, row);
  return problem;
}

Failure about(const TextPart& value, Failure problem) {
  problem->value = formatParts("{}", &value);
  return problem;
}

}  // namespace fcol
