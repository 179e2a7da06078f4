// What is wrong with a column or its data, in one form: column "age": … .
#pragma once

#include "base/dtype.hpp"
#include "base/error.hpp"

namespace fcol {

Error columnError(ErrorCode code, std::string_view column, std::string_view message, int64_t row = -1, std::string_view value = {});

// As TensorFlow prints a dtype: <dtype: 'int64'>.
std::string dtypeText(DType dtype);

}  // namespace fcol
