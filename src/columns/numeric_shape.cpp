#include "columns/numeric_shape.hpp"

namespace fcol {

Result<NumericShape> NumericShape::fromSpec(const ColumnSpec& spec) {
  const Json& json = spec["shape"];
  NumericShape shape;
  const auto add = [&](const Json& size) -> Result<void> {
    const auto number = size.integer();
    if (!number) return spec.invalid("shape dimensions must be integer. shape: {}, key: {}", shown(json), spec.label());
    if (*number < 1) return spec.invalid("shape dimensions must be greater than 0. shape: {}, key: {}", shown(json), spec.label());
    if (*number > INT32_MAX / shape.width) return spec.invalid("shape is too large. shape: {}, key: {}", shown(json), spec.label());
    shape.sizes.push_back(static_cast<uint32_t>(*number));
    shape.width *= static_cast<uint32_t>(*number);
    return {};
  };
  if (json.isNull()) {
    shape.sizes.push_back(1);
  } else if (json.isArray()) {
    for (const Json& size : json.items()) FCOL_TRY(add(size));
  } else {
    FCOL_TRY(add(json));
  }
  return shape;
}

Result<DType> numericDtype(const ColumnSpec& spec) {
  const DType dtype = spec.dtype().value_or(DType::Float32);
  if (isInteger(dtype) || isFloating(dtype)) return dtype;
  return spec.invalid("dtype must be convertible to float. dtype: {}, key: {}; int32, int64, float32 and float64 are",
                      shownDtype(spec["dtype"], dtype), spec.label());
}

}  // namespace fcol
