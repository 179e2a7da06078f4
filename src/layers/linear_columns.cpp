#include "layers/linear_columns.hpp"

#include <cstring>

#include "base/room.hpp"
#include "columns/column_spec.hpp"
#include "columns/explain.hpp"
#include "embedding/bag_kernels.hpp"
#include "layers/layer_spec.hpp"
#include "layers/output_buffer.hpp"

namespace fcol {
namespace {

class LinearModel final : public Layer {
 public:
  static Result<std::unique_ptr<Layer>> make(const Json& spec, const Resources& resources) {
    auto layer = std::make_unique<LinearModel>();
    FCOL_ASSIGN(units, wholeNumber(spec, "units", 1));
    FCOL_ASSIGN(columns, LinearColumns::fromSpec(spec, units, resources, layer->inputs_));
    layer->columns_ = std::move(columns);
    return std::unique_ptr<Layer>(std::move(layer));
  }

  uint32_t width() const override { return columns_.units(); }

  Result<void> run(const FeatureBatch& batch, std::vector<OutputTensor>& outputs) const override {
    if (!features_) features_ = std::make_unique<Transformation>(batch, inputs(), false);  // linear_model casts nothing beforehand
    features_->reset(batch);
    FCOL_TRY(makeRoom(data_, batch.rows, width()));
    FCOL_TRY(columns_.write(*features_, data_.data()));
    outputs.resize(1);
    handOver(outputs[0], "data", {batch.rows, width()}, data_);
    return {};
  }

  Result<void> explain(const FeatureBatch& batch, JsonWriter& json) const override {
    Transformation features(batch, inputs(), false);
    return columns_.explain(features, json);
  }

 private:
  ColumnLists columnLists() const override { return {columns_.columns()}; }

  mutable LinearColumns columns_;
  mutable std::unique_ptr<Transformation> features_;
  mutable Buffer<float> data_;
};

}  // namespace

Result<LinearColumns> LinearColumns::fromSpec(const Json& spec, uint32_t units, const Resources& resources, Inputs& inputs) {
  LinearColumns linear;
  FCOL_ASSIGN(unsorted, columnsFromSpec(spec["columns"], resources, inputs));
  FCOL_ASSIGN(columns, normalizeColumns(std::move(unsorted)));
  if (const Json& name = spec["sparse_combiner"]; !name.isNull()) {
    const auto combiner = name.isString() ? combinerFromName(name.string()) : std::nullopt;
    if (!combiner) return error(ErrorCode::InvalidDefinition, "combiner must be one of 'mean', 'sqrtn' or 'sum', got {}", shown(name));
    linear.combiner_ = *combiner;
  }
  FCOL_ASSIGN(bias, tableOf(spec["bias"], "bias", resources));
  if (bias->rows() != 1 || (units > 0 && bias->dimension() != units))
    return error(ErrorCode::ShapeMismatch,
                 "bias_weights: Shape of variable (({},)) doesn't match with shape of "
                 "tensor {} ([{}]) from checkpoint reader.", units > 0 ? units : bias->dimension(), bias->name(), bias->dimension());
  linear.bias_ = bias;
  const Json& weights = spec["weights"];
  if (!weights.isArray() || weights.items().size() != columns.size())
    return error(ErrorCode::InvalidSpec, "\"weights\" needs one table for each of the {} columns, sorted by name", columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column& column = *columns[i];
    const auto* categorical = column.categorical();  // a bucketized column is both, and counts as this
    if (!categorical && !column.dense())
      return columnError(ErrorCode::InvalidDefinition, column.name(),
                         "Items of feature_columns must be either a DenseColumn or CategoricalColumn. Given: {}", column.type());
    const int64_t rows = categorical ? categorical->numBuckets() : column.dense()->width();
    FCOL_ASSIGN(table, tableOf(weights.items()[i], column.name(), resources));
    if (table->rows() != rows || table->dimension() != bias->dimension())
      return columnError(ErrorCode::ShapeMismatch, column.name(),
                         "Shape of variable {}/weights (({}, {})) doesn't match with shape of "
                         "tensor {} ([{}, {}]) from checkpoint reader.", column.name(), rows, bias->dimension(),
                         table->name(), table->rows(), table->dimension());
    linear.weights_.push_back(table);
  }
  linear.columns_ = std::move(columns);
  return linear;
}

Result<void> LinearColumns::writeColumn(size_t index, Transformation& features, float* out) {
  const Column& column = *columns_[index];
  const EmbeddingTable& weights = *weights_[index];
  const uint32_t units = weights.dimension();
  if (const auto* categorical = column.categorical()) {
    FCOL_ASSIGN(ids, features.ids(*categorical));
    FCOL_TRY(makeRoom(splits_, uint64_t{ids->rows} + 1));
    for (uint32_t row = 0; row <= ids->rows; ++row) splits_[row] = ids->firstOf(row);  // steps of a sequence count as one bag
    auto result = embeddingLookup(weights, {ids->ids, {splits_.data(), size_t{ids->rows} + 1}, ids->weights}, {combiner_, std::nullopt, true}, {out, units});
    if (result) return {};
    Failure problem = result.takeFailure();
    if (problem->code != ErrorCode::OutOfRange) return problem;
    problem->message = format("column {}: id {} in row {} is out of range, {}", quoted(column.name()), problem->value, problem->row, problem->message);
    problem->at(column.name(), problem->row);
    return problem;
  }
  const uint32_t width = column.dense()->width();
  FCOL_TRY(makeRoom(dense_, features.rows(), width));
  FCOL_TRY(column.dense()->write(features, {dense_.data(), width}));
  for (uint32_t row = 0; row < features.rows(); ++row) {
    const float* x = dense_.data() + size_t{row} * width;
    float* sum = out + size_t{row} * units;
    for (uint32_t unit = 0; unit < units; ++unit) sum[unit] = 0;
    for (uint32_t i = 0; i < width; ++i)
      for (uint32_t unit = 0; unit < units; ++unit) {
        const float product = x[i] * weights.row(i)[unit];
        sum[unit] += product;
      }
  }
  return {};
}

Result<void> LinearColumns::write(Transformation& features, float* out) {
  const size_t size = size_t{features.rows()} * units();
  FCOL_TRY(makeRoom(parts_, columns_.size(), features.rows(), units()));
  std::vector<const float*> parts;
  for (size_t i = 0; i < columns_.size(); ++i) {
    float* part = parts_.data() + i * size;
    FCOL_TRY(writeColumn(i, features, part));
    parts.push_back(part);
  }
  if (size == 0) return {};
  sumRows(parts.data(), parts.size(), size, {}, out);  // AddN adds in the order of a segment sum (spec 5.1)
  for (uint32_t row = 0; row < features.rows(); ++row)
    for (uint32_t unit = 0; unit < units(); ++unit) out[size_t{row} * units() + unit] += bias_->data()[unit];
  return {};
}

Result<void> LinearColumns::explain(Transformation& features, JsonWriter& json) {
  std::vector<float> values;
  FCOL_TRY(makeRoom(values, units()));
  json.key("columns").open('[');
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = *columns_[i];
    FCOL_TRY(writeColumn(i, features, values.data()));
    json.open('{').key("name").text(column.name()).key("values").floats(values);
    if (const auto* categorical = column.categorical()) {
      FCOL_ASSIGN(ids, features.ids(*categorical));
      json.key("combiner").text(combinerName(combiner_)).key("bag");
      FCOL_TRY(explainBag(*weights_[i], ids->ids, ids->weights, {combiner_, std::nullopt, true}, json));
    } else {
      json.key("inputs").floats(dense_.span().first(column.dense()->width())).key("weights").open('[');
      for (uint32_t row = 0; row < weights_[i]->rows(); ++row) json.floats({weights_[i]->row(row), units()});
      json.close(']');
    }
    json.key("column");
    FCOL_TRY(explainColumn(column, features, json));
    json.close('}');
  }
  json.close(']').key("bias").floats({bias_->data(), units()});
  FCOL_TRY(write(features, values.data()));
  json.key("values").floats(values);
  return {};
}

Result<std::unique_ptr<Layer>> makeLinearModel(const Json& spec, const Resources& resources) { return LinearModel::make(spec, resources); }

}  // namespace fcol
