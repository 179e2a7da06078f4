// sequence_numeric_column: numbers as steps of a sequence, `shape` of them a step (spec 6.3). TensorFlow: SequenceNumericColumn.
//
// Beyond TensorFlow, plain arrays are taken too: nothing in them is missing. normalizer_fn works on the values that are there,
// not on the fill.
#include <algorithm>
#include <cmath>

#include "columns/column_maker.hpp"
#include "columns/coverage.hpp"
#include "columns/raw_value.hpp"
#include "columns/numeric_shape.hpp"
#include "columns/numeric_values.hpp"
#include "columns/transformation.hpp"

namespace fcol {
namespace {

class SequenceNumericColumn final : public Column, public SequenceDenseColumn {
 public:
  SequenceNumericColumn(std::string key, DType dtype, NumericShape shape, NumericValues values, float fill, bool takes_integers, uint32_t input)
      : Column(std::move(key)), dtype_(dtype), shape_(std::move(shape)), values_(std::move(values)), fill_(fill), takes_integers_(takes_integers),
        input_(input) {}

  std::string_view type() const override { return "sequence_numeric_column"; }
  const SequenceDenseColumn* sequenceDense() const override { return this; }
  void parseSpec(ParseSpec& features) const override { features.varLen(name(), dtype_); }

  Result<void> explain(Transformation& features, JsonWriter& json) const override {
    FCOL_ASSIGN(feature, features.feature(input_));
    json.key("key").text(name()).key("values");
    writeRawValues(*feature, json);
    values_.explain(json);
    json.key("defaultValue").float32(fill_);  // of the places that have no value
    return {};
  }

  Result<void> cover(Coverage& coverage) const override {
    coverNumbers(coverage, type(), name(), input_);
    return {};
  }

  uint32_t width() const override { return shape_.width; }

  Result<uint32_t> steps(Transformation& features) const override {
    FCOL_ASSIGN(feature, features.feature(input_));
    FCOL_TRY(check(*feature));
    const uint64_t numbers = uint64_t{feature->width} * innerWidth(*feature);
    if (numbers % shape_.width != 0) return notDivisible(numbers, -1);
    FCOL_TRY(checkRowLengths(*feature));
    if (numbers / shape_.width > INT32_MAX) return columnError(ErrorCode::OutOfMemory, name(), "sequences of more than 2^31 steps do not fit");
    return static_cast<uint32_t>(numbers / shape_.width);
  }

  // Requires steps >= steps(features), which has checked the feature.
  Result<void> writeSequence(Transformation& features, uint32_t steps, DenseOutput out, int32_t* lengths) const override {
    FCOL_ASSIGN(feature, features.feature(input_));
    const uint32_t width = shape_.width, inner = innerWidth(*feature);
    for (uint32_t row = 0; row < feature->rows; ++row) {
      DenseOutput at{out.data + size_t{row} * steps * out.stride, out.stride};
      for (uint32_t step = 0; step < steps; ++step) std::fill_n(at.data + step * at.stride, width, fill_);
      uint64_t end = 0;  // behind the last value, in numbers (rank 2) or steps (rank 3)
      if (feature->rank < 3) {
        const uint32_t begin = feature->firstOf(row), stop = feature->firstOf(row + 1);
        if (begin < stop) end = position(*feature, begin, stop - 1) + uint64_t{1};
        lengths[row] = static_cast<int32_t>((end + width - 1) / width);
        place(features, *feature, begin, stop, 0, at);
      } else {
        const uint32_t first = feature->row_splits[row];
        for (uint32_t step = first; step < feature->row_splits[row + 1]; ++step) {
          const uint32_t begin = feature->step_splits[step], stop = feature->step_splits[step + 1];
          if (begin < stop) end = uint64_t{step - first} + 1;
          place(features, *feature, begin, stop, size_t{step - first} * inner, at);
        }
        lengths[row] = static_cast<int32_t>(end);
      }
    }
    return {};
  }

 private:
  // Where value i stands in its row (rank 2) or step, of which `first` is the first value.
  static uint32_t position(const Feature& feature, uint32_t first, uint32_t i) {
    return feature.positions.empty() ? i - first : feature.positions[i];
  }

  // Numbers from one step to the next: 1 in rank 2. A sparse tensor says how many; TensorFlow pads others to the longest step (spec 6.3).
  static uint32_t innerWidth(const Feature& feature) {
    if (feature.rank < 3) return 1;
    if (feature.sparse && feature.inner > 0) return feature.inner;
    uint32_t longest = 0;
    for (size_t step = 0; step + 1 < feature.step_splits.size(); ++step)
      longest = std::max(longest, feature.step_splits[step + 1] - feature.step_splits[step]);
    return longest;
  }

  // Values [begin, end), of a row or a step, to the row's numbers from `offset` on.
  void place(Transformation& features, const Feature& feature, uint32_t begin, uint32_t end, size_t offset, DenseOutput at) const {
    constexpr uint32_t kChunk = 256;
    float values[kChunk];
    for (uint32_t i = begin; i < end; i += kChunk) {
      const uint32_t n = std::min(end - i, kChunk);
      values_.read(feature, features.autocast(), i, n, values);
      for (uint32_t k = 0; k < n; ++k) {
        const size_t number = offset + position(feature, begin, i + k);
        at.data[number / shape_.width * at.stride + number % shape_.width] = values[k];
      }
    }
  }

  Failure notDivisible(uint64_t numbers, int64_t row) const {
    return about(numbers, columnErrorAt(row, ErrorCode::ShapeMismatch, name(),
                                        "Dimension size must be evenly divisible by {} but is {}: its shape needs {} numbers a step",
                                        shape_.width, numbers, shape_.width));
  }

  Result<void> check(const Feature& feature) const {
    FCOL_TRY(values_.check(feature, name()));
    if (isInteger(feature.dtype) && !takes_integers_)
      return columnError(ErrorCode::DtypeMismatch, name(), "Cannot convert {} to EagerTensor of dtype {}: give floats, or an integer default_value",
                         static_cast<double>(fill_), dtypeName(feature.dtype));
    if (feature.dtype == DType::Number && isInteger(dtype_) && fill_ != std::trunc(fill_))
      return columnError(ErrorCode::DtypeMismatch, name(), "Cannot convert {} to EagerTensor of dtype {}: give an integer default_value",
                         static_cast<double>(fill_), dtypeName(dtype_));
    if (!feature.ordered)
      return columnError(ErrorCode::InvalidBatch, name(), "indices are out of order: a sequence needs a sparse tensor in row-major order");
    return {};
  }

  Result<void> checkRowLengths(const Feature& feature) const {
    if (feature.rank == 2) {
      // A row alone would have its own width, and be refused if that is no whole number of steps. A sparse tensor with
      // positions, or wider than its longest row, says its width itself.
      uint32_t longest = 0;
      for (uint32_t row = 0; row < feature.rows; ++row) longest = std::max(longest, feature.row_splits[row + 1] - feature.row_splits[row]);
      if (feature.sparse && (!feature.positions.empty() || feature.width > longest)) return {};
      for (uint32_t row = 0; row < feature.rows; ++row) {
        const uint32_t size = feature.row_splits[row + 1] - feature.row_splits[row];
        if (size % shape_.width != 0) return notDivisible(size, row);
      }
    }
    if (feature.rank > 3) {  // dimensions behind the third are folded into values, which is only right if none is ragged
      const uint32_t inner = innerWidth(feature);
      for (size_t step = 0; step + 1 < feature.step_splits.size(); ++step) {
        if (feature.step_splits[step + 1] - feature.step_splits[step] != inner)
          return columnError(ErrorCode::ShapeMismatch, name(), "steps of rank {} must all have the same number of values", feature.rank);
      }
    }
    return {};
  }

  DType dtype_;
  NumericShape shape_;
  NumericValues values_;
  float fill_;
  bool takes_integers_;
  uint32_t input_;
};

}  // namespace

Result<ColumnPointer> makeSequenceNumericColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"key", "shape", "default_value", "dtype", "normalizer_fn", "input"}));
  FCOL_ASSIGN(shape, NumericShape::fromSpec(spec));
  FCOL_ASSIGN(dtype, numericDtype(spec));
  FCOL_ASSIGN(values, NumericValues::fromSpec(spec, dtype));
  FCOL_ASSIGN(key, spec.key());
  FCOL_ASSIGN(input, spec["input"].isNull() ? Result<std::string>(key) : spec.key("input"));
  const Json& fill = spec["default_value"];
  if (!fill.isNull() && !fill.isNumber()) return spec.invalid("default_value must be a number. Given: {}", shown(fill));
  const uint32_t slot = maker.inputs().slotOf(input);
  return ColumnPointer(std::make_shared<SequenceNumericColumn>(std::move(key), dtype, std::move(shape), std::move(values),
                                                               static_cast<float>(fill.number()), fill.integer().has_value(), slot));
}

}  // namespace fcol
