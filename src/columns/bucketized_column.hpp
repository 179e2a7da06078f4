// bucketized_column: which interval a number falls into; dense (one-hot) and categorical at once (spec 2.2).
// TensorFlow: BucketizedColumn.
#pragma once

#include "columns/numeric_column.hpp"
#include "columns/transformation.hpp"

namespace fcol {

class BucketizedColumn final : public Column, public DenseColumn, public CategoricalColumn {
 public:
  // `boundaries` rise (as doubles; rounded to float32 neighbours may be equal) and are not empty.
  BucketizedColumn(std::shared_ptr<const NumericColumn> source, std::vector<float> boundaries, uint32_t slot)
      : Column(source->name() + "_bucketized"), CategoricalColumn(slot), source_(std::move(source)), boundaries_(std::move(boundaries)) {}

  std::string_view type() const override { return "bucketized_column"; }
  const CategoricalColumn* categorical() const override { return this; }
  const DenseColumn* dense() const override { return this; }
  void parseSpec(ParseSpec& features) const override { source_->parseSpec(features); }

  Result<void> explain(Transformation& features, JsonWriter& json) const override;
  Result<void> cover(Coverage& coverage) const override { return source_->cover(coverage); }
  uint32_t width() const override { return depth() * source_->width(); }
  Result<void> write(Transformation& features, DenseOutput out) const override;
  int64_t numBuckets() const override { return width(); }
  // Ids are bucket + (boundaries + 1) * dimension; no value is ever missing.
  Result<void> transform(Transformation& features, IdBatch& out) const override;
  // The same without the offset of the dimension: what TensorFlow gives to weighted_categorical_column (spec 2.2, end).
  Result<void> transformBuckets(Transformation& features, IdBatch& out) const;

 private:
  uint32_t depth() const { return static_cast<uint32_t>(boundaries_.size()) + 1; }
  uint32_t bucketOf(float value) const;
  // The source's values, row after row, in the scratch memory.
  Result<std::span<const float>> values(Transformation& features) const;
  Result<void> fill(Transformation& features, uint32_t offset, IdBatch& out) const;

  std::shared_ptr<const NumericColumn> source_;
  std::vector<float> boundaries_;
};

}  // namespace fcol
