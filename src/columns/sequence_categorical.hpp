// sequence_categorical_column_with_*: a categorical column whose values are steps of a sequence (spec 6.1): its ids are made
// rank 3, [rows, steps, values of a step]. TensorFlow: SequenceCategoricalColumn.
#pragma once

#include "columns/column.hpp"

namespace fcol {

class SequenceCategorical final : public Column, public CategoricalColumn {
 public:
  // Requires `wrapped` to be categorical.
  SequenceCategorical(std::string_view type, ColumnPointer wrapped, uint32_t slot)
      : Column(wrapped->name()), CategoricalColumn(slot), type_(type), wrapped_(std::move(wrapped)) {}

  std::string_view type() const override { return type_; }
  const CategoricalColumn* categorical() const override { return this; }
  void parseSpec(ParseSpec& features) const override { wrapped_->parseSpec(features); }
  Result<void> explain(Transformation& features, JsonWriter& json) const override;
  Result<void> cover(Coverage& coverage) const override { return wrapped_->cover(coverage); }
  const ColumnPointer& wrapped() const { return wrapped_; }

  int64_t numBuckets() const override { return wrapped_->categorical()->numBuckets(); }
  bool isSequence() const override { return true; }
  // Errors: those of the wrapped column; InvalidBatch for a sparse tensor that is not in row-major order.
  Result<void> transform(Transformation& features, IdBatch& out) const override;

 private:
  std::string type_;
  ColumnPointer wrapped_;
};

}  // namespace fcol
