// numeric_column: a fixed number of numbers a row (spec 2.1). TensorFlow: NumericColumn.
#pragma once

#include "columns/column.hpp"
#include "columns/numeric_shape.hpp"
#include "columns/numeric_values.hpp"

namespace fcol {

class NumericColumn final : public Column, public DenseColumn {
 public:
  NumericColumn(std::string key, ParsedFeature parsed, NumericShape shape, NumericValues values, uint32_t input)
      : Column(std::move(key)), parsed_(std::move(parsed)), shape_(std::move(shape)), values_(std::move(values)), input_(input) {}

  std::string_view type() const override { return "numeric_column"; }
  const DenseColumn* dense() const override { return this; }
  void parseSpec(ParseSpec& features) const override { features.fixedLen(parsed_); }
  Result<void> explain(Transformation& features, JsonWriter& json) const override;
  Result<void> cover(Coverage& coverage) const override;
  const NumericShape& shape() const { return shape_; }

  uint32_t width() const override { return shape_.width; }
  // Errors: ShapeMismatch "Cannot reshape a tensor with …", DtypeMismatch, MissingFeature, with the row.
  Result<void> write(Transformation& features, DenseOutput out) const override;

 private:
  Result<void> checkRows(const Feature& feature) const;
  bool rowFits(const Feature& feature, uint32_t row) const;

  ParsedFeature parsed_;
  NumericShape shape_;
  NumericValues values_;
  uint32_t input_;
};

}  // namespace fcol
