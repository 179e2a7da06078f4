// The `shape` and `dtype` arguments of numeric_column and sequence_numeric_column.
#pragma once

#include <vector>

#include "columns/column_spec.hpp"

namespace fcol {

struct NumericShape {
  std::vector<uint32_t> sizes;  // as TensorFlow's tuple; empty: a scalar
  uint32_t width = 1;           // their product

  // Default [1]. Errors: "shape dimensions must be integer.", "shape dimensions must be greater than 0."
  static Result<NumericShape> fromSpec(const ColumnSpec& spec);
};

// Default float32. Errors: "dtype must be convertible to float."
Result<DType> numericDtype(const ColumnSpec& spec);

}  // namespace fcol
