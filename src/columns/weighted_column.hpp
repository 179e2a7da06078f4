// weighted_categorical_column: a categorical column with a weight for each of its ids (spec 2.7).
// TensorFlow: WeightedCategoricalColumn.
#pragma once

#include "columns/column.hpp"
#include "columns/transformation.hpp"

namespace fcol {

class WeightedColumn final : public Column, public CategoricalColumn {
 public:
  // Requires `wrapped` to be categorical and neither weighted nor sequence.
  WeightedColumn(ColumnPointer wrapped, const std::string& weight_key, DType dtype, uint32_t slot, uint32_t input)
      : Column(wrapped->name() + "_weighted_by_" + weight_key), CategoricalColumn(slot), wrapped_(std::move(wrapped)), dtype_(dtype), input_(input),
        weight_key_(weight_key) {}

  std::string_view type() const override { return "weighted_categorical_column"; }
  const CategoricalColumn* categorical() const override { return this; }
  void parseSpec(ParseSpec& features) const override;
  Result<void> explain(Transformation& features, JsonWriter& json) const override;
  Result<void> cover(Coverage& coverage) const override { return wrapped_->cover(coverage); }
  const ColumnPointer& wrapped() const { return wrapped_; }

  int64_t numBuckets() const override { return wrapped_->categorical()->numBuckets(); }
  bool isWeighted() const override { return true; }
  // Weights pair with ids by position among what is not missing, row by row. Errors: those of the wrapped column;
  // DtypeMismatch "Bad dtype, expected …"; ShapeMismatch "Dimensions … are not compatible", with the row.
  Result<void> transform(Transformation& features, IdBatch& out) const override;

 private:
  Result<void> transformIds(Transformation& features, IdBatch& out) const;
  Result<void> checkDtype(const Feature& feature, bool autocast) const;
  Result<void> pair(const Feature& feature, Scratch& scratch, IdBatch& out) const;

  ColumnPointer wrapped_;
  DType dtype_;
  uint32_t input_;
  std::string weight_key_;
};

}  // namespace fcol
