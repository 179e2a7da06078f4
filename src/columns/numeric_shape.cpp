#include "columns/numeric_shape.hpp"

namespace fcol {

Result<NumericShape> NumericShape::fromSpec(const ColumnSpec& spec) {
  const Json& json = spec["shape"];
  NumericShape shape;
  const auto add = [&](const Json& size) -> Result<void> {
    const auto number = size.integer();
    if (!number) return spec.invalid(join("shape dimensions must be integer. shape: ", shown(json), ", key: ", spec.label()));
    if (*number < 1) return spec.invalid(join("shape dimensions must be greater than 0. shape: ", shown(json), ", key: ", spec.label()));
    if (*number > INT32_MAX / shape.width) return spec.invalid(join("shape is too large. shape: ", shown(json), ", key: ", spec.label()));
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
  return spec.invalid(join("dtype must be convertible to float. dtype: ", shownDtype(spec["dtype"], dtype), ", key: ", spec.label(),
                           "; int32, int64, float32 and float64 are"));
}

}  // namespace fcol
