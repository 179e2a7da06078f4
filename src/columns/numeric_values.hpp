// NumericValues: raw numbers to float32 as numeric_column makes them: normalizer_fn in the raw dtype, then the cast (spec 2.1).
//
// normalizer_fn, where it is data, is a list of steps: [["sub", 3.0], ["div", 2.0], ["log1p"]]; of add sub mul div minimum
// maximum with an operand, log log1p sqrt abs without. They are TensorFlow's operations on a tensor of the raw dtype with a
// constant of that dtype: integers wrap around, and `div` makes float64 of them. For log and log1p TensorFlow's own last bit
// depends on how many values it has (vector or scalar code); here each value is computed as it is alone.
#pragma once

#include <vector>

#include "base/json_writer.hpp"
#include "batch/feature.hpp"
#include "columns/column_spec.hpp"

namespace fcol {

class NumericValues {
 public:
  enum class Operation : uint8_t { Add, Sub, Mul, Div, Minimum, Maximum, Log, Log1p, Sqrt, Abs };
  struct Step {
    Operation operation;
    double operand;
    std::optional<int64_t> integer;  // the operand, if it is one
  };

  // `dtype`: the column's, the raw dtype of a Number. Errors: "normalizer_fn must be a callable."
  static Result<NumericValues> fromSpec(const ColumnSpec& spec, DType dtype);

  static constexpr std::string_view kNull = "the value is null, and a column of numbers needs one";

  // Whether read() can read the feature. Errors: DtypeMismatch for strings, for fractions in an integer column, and for
  // steps that integers do not have; MissingFeature for null. With row and value.
  Result<void> check(const Feature& feature, std::string_view column) const;
  // "normalizerFn": its steps, if there are any.
  void explain(JsonWriter& json) const;
  // Whether read() gives the numbers of the feature as they lie there, in float32.
  bool areKept(const Feature& feature) const { return steps_.empty() && feature.dtype == DType::Float32; }
  // Values [begin, begin + count) as float32. Requires check(). Without `autocast` float64 is normalised as float64.
  void read(const Feature& feature, bool autocast, uint32_t begin, uint32_t count, float* out) const;

 private:
  NumericValues() = default;
  Result<void> checkSteps(const Feature& feature, std::string_view column, DType raw) const;
  DType rawDtype(const Feature& feature, bool autocast) const;

  DType dtype_ = DType::Float32;
  std::vector<Step> steps_;
};

}  // namespace fcol
