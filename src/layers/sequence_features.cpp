// SequenceFeatures: sequence columns side by side for each step. tf.keras.experimental.SequenceFeatures. Spec 6.
#include "layers/sequence_features.hpp"

#include "base/room.hpp"
#include "columns/column_error.hpp"
#include "columns/explain.hpp"
#include "columns/transformation.hpp"
#include "layers/output_buffer.hpp"

namespace fcol {
namespace {

Failure notSequence(const Column& column) {
  if (column.dense() && column.type() != "numeric_column" && column.type() != "bucketized_column") {
    return columnError(ErrorCode::InvalidDefinition, column.name(), "In {}: {}. categorical_column must be of type SequenceCategoricalColumn to use "
                                                                    "SequenceFeatures. Suggested fix: Use one of "
                                                                    "sequence_categorical_column_with_*.", column.type(), column.name());
  }
  return columnError(ErrorCode::InvalidDefinition, column.name(), "Items of feature_columns must be a SequenceDenseColumn. You can wrap a "
                                                                  "sequence_categorical_column with an embedding_column or indicator_column. Given: "
                                                                  "{} {}", column.type(), column.name());
}

class SequenceFeatures final : public Layer {
 public:
  static Result<std::unique_ptr<Layer>> make(const Json& spec, const Resources& resources) {
    auto layer = std::make_unique<SequenceFeatures>();
    FCOL_ASSIGN(unsorted, columnsFromSpec(spec["columns"], resources, layer->inputs_));
    FCOL_ASSIGN(columns, normalizeColumns(std::move(unsorted)));
    uint64_t width = 0;
    for (const auto& column : columns) {
      if (!column->sequenceDense()) return notSequence(*column);
      layer->slices_.push_back({column->name(), static_cast<uint32_t>(width), column->sequenceDense()->width()});
      width += column->sequenceDense()->width();
      if (width > UINT32_MAX) return columnError(ErrorCode::InvalidDefinition, column->name(), "the columns together are wider than 2^32 floats");
    }
    layer->width_ = static_cast<uint32_t>(width);
    layer->columns_ = std::move(columns);
    return std::unique_ptr<Layer>(std::move(layer));
  }

  std::span<const ColumnSlice> slices() const override { return slices_; }
  uint32_t width() const override { return width_; }

  Result<void> run(const FeatureBatch& batch, std::vector<OutputTensor>& outputs) const override {
    if (!features_) features_ = std::make_unique<Transformation>(batch, inputs(), true);
    features_->reset(batch);
    FCOL_ASSIGN(steps, commonSteps());
    FCOL_TRY(makeRoom(data_, batch.rows, steps, width_));
    FCOL_TRY(makeRoom(lengths_, batch.rows, 1));
    FCOL_TRY(makeRoom(other_lengths_, batch.rows, 1));
    for (size_t i = 0; i < columns_.size(); ++i) {
      auto& lengths = i == 0 ? lengths_ : other_lengths_;
      FCOL_TRY(columns_[i]->sequenceDense()->writeSequence(*features_, steps, {data_.data() + slices_[i].offset, width_}, lengths.data()));
      if (i > 0) FCOL_TRY(sameLengths(i, batch.rows));
    }
    outputs.resize(2);
    handOver(outputs[0], "data", {batch.rows, steps, width_}, data_);
    handOver(outputs[1], "sequence_length", {batch.rows}, lengths_);
    return {};
  }

  Result<void> explain(const FeatureBatch& batch, JsonWriter& json) const override {
    Transformation features(batch, inputs(), true);
    std::vector<float> values;
    json.key("columns").open('[');
    for (size_t i = 0; i < columns_.size(); ++i) {
      const ColumnSlice& slice = slices_[i];
      FCOL_ASSIGN(steps, columns_[i]->sequenceDense()->steps(features));
      FCOL_TRY(makeRoom(values, uint64_t{steps} * slice.width));
      int32_t length = 0;
      FCOL_TRY(columns_[i]->sequenceDense()->writeSequence(features, steps, {values.data(), slice.width}, &length));
      json.open('{').key("name").text(slice.name).key("offset").count(slice.offset).key("width").count(slice.width);
      json.key("sequenceLength").count(static_cast<uint64_t>(length)).key("values").floats(values).key("column");
      FCOL_TRY(explainColumn(*columns_[i], features, json));
      json.close('}');
    }
    json.close(']');
    return {};
  }

 private:
  ColumnLists columnLists() const override { return {columns_}; }

  // All columns must have as many steps: their tensors are concatenated.
  Result<uint32_t> commonSteps() const {
    uint32_t common = 0;
    for (size_t i = 0; i < columns_.size(); ++i) {
      FCOL_ASSIGN(steps, columns_[i]->sequenceDense()->steps(*features_));
      if (i > 0 && steps != common)
        return columnError(ErrorCode::ShapeMismatch, columns_[i]->name(),
                           "Dimension 1 in both shapes must be equal, but are {} and {}: it has {} steps where {} has {}; all sequences of a "
                           "layer must have the same steps", steps, common, steps, columns_[0]->name(), common);
      common = steps;
    }
    return common;
  }

  Result<void> sameLengths(size_t column, uint32_t rows) const {
    for (uint32_t row = 0; row < rows; ++row) {
      if (lengths_[row] == other_lengths_[row]) continue;
      return columnErrorAt(row, ErrorCode::ShapeMismatch, columns_[column]->name(),
                           "Condition x == y did not hold element-wise: sequence_length is {} and {} for {}; all sequences of a row must have the "
                           "same length", other_lengths_[row], lengths_[row], columns_[0]->name());
    }
    return {};
  }

  std::vector<ColumnPointer> columns_;
  std::vector<ColumnSlice> slices_;
  uint32_t width_ = 0;
  mutable std::unique_ptr<Transformation> features_;  // these are kept for their memory only
  mutable Buffer<float> data_;
  mutable Buffer<int32_t> lengths_, other_lengths_;
};

}  // namespace

Result<std::unique_ptr<Layer>> makeSequenceFeatures(const Json& spec, const Resources& resources) { return SequenceFeatures::make(spec, resources); }

}  // namespace fcol
