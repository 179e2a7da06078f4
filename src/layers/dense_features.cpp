#include "layers/dense_features.hpp"

#include "base/room.hpp"
#include "columns/column_error.hpp"
#include "columns/explain.hpp"
#include "layers/output_buffer.hpp"

namespace fcol {
namespace {

Failure notDense(const Column& column) {
  if (column.sequenceDense() && column.type() != "sequence_numeric_column") {
    return columnError(ErrorCode::InvalidDefinition, column.name(), "In {}: {}. categorical_column must not be of type SequenceCategoricalColumn. "
                                                                    "Suggested fix A: If you wish to use DenseFeatures, use a non-sequence "
                                                                    "categorical_column_with_*. Suggested fix B: If you wish to create sequence "
                                                                    "input, use SequenceFeatures instead of DenseFeatures.", column.type(), column.name());
  }
  return columnError(ErrorCode::InvalidDefinition, column.name(), "Items of feature_columns must be a DenseColumn. You can wrap a categorical column "
                                                                  "with an embedding_column or indicator_column. Given: {} {}", column.type(), column.name());
}

class DenseFeatures final : public Layer {
 public:
  static Result<std::unique_ptr<Layer>> make(const Json& spec, const Resources& resources) {
    auto layer = std::make_unique<DenseFeatures>();
    FCOL_ASSIGN(columns, DenseColumns::fromSpec(spec["columns"], resources, layer->inputs_));
    layer->columns_ = std::move(columns);
    return std::unique_ptr<Layer>(std::move(layer));
  }

  std::span<const ColumnSlice> slices() const override { return columns_.slices(); }
  uint32_t width() const override { return columns_.width(); }

  Result<void> run(const FeatureBatch& batch, std::vector<OutputTensor>& outputs) const override {
    if (!features_) features_ = std::make_unique<Transformation>(batch, inputs(), true);
    features_->reset(batch);
    FCOL_TRY(makeRoom(data_, batch.rows, width()));
    FCOL_TRY(columns_.write(*features_, data_.data()));
    outputs.resize(1);
    handOver(outputs[0], "data", {batch.rows, width()}, data_);
    return {};
  }

  Result<void> explain(const FeatureBatch& batch, JsonWriter& json) const override {
    Transformation features(batch, inputs(), true);
    return columns_.explain(features, json);
  }

 private:
  ColumnLists columnLists() const override { return {columns_.columns()}; }

  DenseColumns columns_;
  mutable std::unique_ptr<Transformation> features_;  // these two are kept for their memory only
  mutable Buffer<float> data_;
};

}  // namespace

Result<DenseColumns> DenseColumns::fromSpec(const Json& spec, const Resources& resources, Inputs& inputs) {
  FCOL_ASSIGN(unsorted, columnsFromSpec(spec, resources, inputs));
  FCOL_ASSIGN(columns, normalizeColumns(std::move(unsorted)));
  DenseColumns dense;
  uint64_t width = 0;
  for (const auto& column : columns) {
    if (!column->dense()) return notDense(*column);
    dense.slices_.push_back({column->name(), static_cast<uint32_t>(width), column->dense()->width()});
    width += column->dense()->width();
    if (width > UINT32_MAX) return columnError(ErrorCode::InvalidDefinition, column->name(), "the columns together are wider than 2^32 floats");
  }
  dense.width_ = static_cast<uint32_t>(width);
  dense.columns_ = std::move(columns);
  return dense;
}

Result<void> DenseColumns::write(Transformation& features, float* out) const {
  for (size_t i = 0; i < columns_.size(); ++i) FCOL_TRY(columns_[i]->dense()->write(features, {out + slices_[i].offset, width_}));
  return {};
}

Result<void> DenseColumns::explain(Transformation& features, JsonWriter& json) const {
  std::vector<float> values;
  json.key("columns").open('[');
  for (size_t i = 0; i < columns_.size(); ++i) {
    const ColumnSlice& slice = slices_[i];
    FCOL_TRY(makeRoom(values, slice.width));
    FCOL_TRY(columns_[i]->dense()->write(features, {values.data(), slice.width}));
    json.open('{').key("name").text(slice.name).key("offset").count(slice.offset).key("width").count(slice.width).key("values").floats(values);
    json.key("column");
    FCOL_TRY(explainColumn(*columns_[i], features, json));
    json.close('}');
  }
  json.close(']');
  return {};
}

Result<std::unique_ptr<Layer>> makeDenseFeatures(const Json& spec, const Resources& resources) { return DenseFeatures::make(spec, resources); }

}  // namespace fcol
