#include "columns/numeric_column.hpp"

#include <algorithm>
#include <cstring>

#include "columns/column_maker.hpp"
#include "columns/coverage.hpp"
#include "columns/raw_value.hpp"
#include "columns/transformation.hpp"

namespace fcol {
namespace {

Failure badDefault(const ColumnSpec& spec, DType dtype) {
  return spec.invalid("default_value must be compatible with dtype. default_value: {}, dtype: {}, key: {}", shown(spec["default_value"]),
                      dtypeText(dtype), spec.label());
}

// True if `value` is nested as `sizes`; appends its numbers.
bool flatten(const Json& value, std::span<const uint32_t> sizes, std::vector<const Json*>& out) {
  if (value.isArray() != !sizes.empty()) return false;
  if (sizes.empty()) {
    out.push_back(&value);
    return true;
  }
  if (value.items().size() != sizes[0]) return false;
  for (const Json& item : value.items())
    if (!flatten(item, sizes.subspan(1), out)) return false;
  return true;
}

// prod(shape) numbers, or none (spec 2.1): an integer suits every dtype, a fraction floating ones.
Result<std::vector<double>> readDefault(const ColumnSpec& spec, const NumericShape& shape, DType dtype) {
  const Json& json = spec["default_value"];
  if (json.isNull()) return std::vector<double>();
  std::vector<const Json*> values;
  if (json.isNumber()) {
    values.push_back(&json);
  } else if (!json.isArray()) {
    return badDefault(spec, dtype);
  } else if (!flatten(json, shape.sizes, values)) {
    return spec.invalid("The shape of default_value must be equal to given shape. default_value: {}, shape: {}, key: {}", shown(json),
                        shown(spec["shape"]), spec.label());
  }
  std::vector<double> numbers;
  for (const Json* value : values) {
    if (!value->isNumber() || (!value->integer() && !isFloating(dtype))) return badDefault(spec, dtype);
    numbers.push_back(value->number());
  }
  if (json.isNumber()) numbers.assign(shape.width, json.number());
  return numbers;
}

// Whether each row has as many values as the shape, told in a loop that looks at nothing else. False where more has to be looked at.
bool allFit(const Feature& feature, uint32_t width) {
  if (feature.rank == 1) return width == 1;
  if (feature.rank > 2) return false;
  uint32_t different = 0;
  for (uint32_t row = 0; row < feature.rows; ++row) different |= (feature.row_splits[row + 1] - feature.row_splits[row]) ^ width;
  return different == 0;
}

}  // namespace

bool NumericColumn::rowFits(const Feature& feature, uint32_t row) const {
  if (feature.firstOf(row + 1) - feature.firstOf(row) != shape_.width) return false;
  if (feature.rank < 3) return true;
  const uint32_t begin = feature.row_splits[row], end = feature.row_splits[row + 1];
  for (uint32_t step = begin; step < end; ++step) {  // a ragged matrix has no such shape, even if the count is right
    const uint32_t size = feature.step_splits[step + 1] - feature.step_splits[step];
    if (size != shape_.width / (end - begin)) return false;
  }
  return true;
}

Result<void> NumericColumn::checkRows(const Feature& feature) const {
  if (feature.sparse)
    return columnError(ErrorCode::ShapeMismatch, name(),
                       "The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not "
                       "supported. key: {}; give plain arrays", name());
  if (feature.absent && feature.rows > 0) return about("null", columnErrorAt(0, ErrorCode::MissingFeature, name(), "{}", NumericValues::kNull));
  if (allFit(feature, shape_.width)) return {};
  for (uint32_t row = 0; row < feature.rows; ++row) {
    if (rowFits(feature, row)) continue;
    const uint32_t size = feature.firstOf(row + 1) - feature.firstOf(row);
    return about(size, columnErrorAt(row, ErrorCode::ShapeMismatch, name(),
                                     "has {} values, its shape needs {}: Cannot reshape a tensor with {} elements to shape [1,{}] "
                                     "({} elements)", size, shape_.width, size, shape_.width, shape_.width));
  }
  return {};
}

Result<void> NumericColumn::write(Transformation& features, DenseOutput out) const {
  FCOL_ASSIGN(feature, features.feature(input_));
  FCOL_TRY(checkRows(*feature));
  FCOL_TRY(values_.check(*feature, name()));
  const uint32_t width = shape_.width;
  if (out.stride == width) {
    values_.read(*feature, features.autocast(), 0, feature->count, out.data);
  } else if (values_.areKept(*feature)) {
    const float* values = feature->as<float>().data();
    if (width == 1)
      for (uint32_t row = 0; row < feature->rows; ++row) out.data[row * out.stride] = values[row];
    else
      for (uint32_t row = 0; row < feature->rows; ++row) std::memcpy(out.data + row * out.stride, values + row * width, width * sizeof(float));
  } else if (width > 1) {
    for (uint32_t row = 0; row < feature->rows; ++row)
      values_.read(*feature, features.autocast(), row * width, width, out.data + row * out.stride);
  } else {
    constexpr uint32_t kRows = 256;
    float values[kRows];
    for (uint32_t row = 0; row < feature->rows; row += kRows) {
      const uint32_t rows = std::min(feature->rows - row, kRows);
      values_.read(*feature, features.autocast(), row, rows, values);
      for (uint32_t i = 0; i < rows; ++i) out.data[(row + i) * out.stride] = values[i];
    }
  }
  return {};
}

Result<void> NumericColumn::explain(Transformation& features, JsonWriter& json) const {
  FCOL_ASSIGN(feature, features.feature(input_));
  json.key("key").text(parsed_.key).key("values");
  writeRawValues(*feature, json);
  values_.explain(json);
  return {};
}

Result<void> NumericColumn::cover(Coverage& coverage) const {
  coverNumbers(coverage, type(), name(), input_);
  return {};
}

Result<ColumnPointer> makeNumericColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"key", "shape", "default_value", "dtype", "normalizer_fn", "input"}));
  FCOL_ASSIGN(shape, NumericShape::fromSpec(spec));
  FCOL_ASSIGN(dtype, numericDtype(spec));
  FCOL_ASSIGN(default_value, readDefault(spec, shape, dtype));
  FCOL_ASSIGN(values, NumericValues::fromSpec(spec, dtype));
  FCOL_ASSIGN(key, spec.key());
  FCOL_ASSIGN(input, spec["input"].isNull() ? Result<std::string>(key) : spec.key("input"));
  ParsedFeature parsed{input, dtype, true, shape.sizes, std::move(default_value)};
  const uint32_t slot = maker.inputs().slotOf(input);
  return ColumnPointer(std::make_shared<NumericColumn>(std::move(key), std::move(parsed), std::move(shape), std::move(values), slot));
}

}  // namespace fcol
