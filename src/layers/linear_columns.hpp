// The sum of a linear model: each column's weights for what it has, and a bias. compat.v1 linear_model, the estimators'
// LinearModel. Spec 5.
#pragma once

#include "columns/transformation.hpp"
#include "embedding/embedding_lookup.hpp"
#include "layers/layer.hpp"

namespace fcol {

class LinearColumns {
 public:
  // {"columns": […], "weights": [handle, …] in the order of the sorted columns, "bias": handle, "sparse_combiner": "sum"}.
  // `units`: 0 takes the bias's. Errors: InvalidDefinition, InvalidSpec, ShapeMismatch.
  static Result<LinearColumns> fromSpec(const Json& spec, uint32_t units, const Resources& resources, Inputs& inputs);

  uint32_t units() const { return bias_->dimension(); }
  std::span<const ColumnPointer> columns() const { return columns_; }
  // out[row * units + unit] = AddN(columns) + bias.
  Result<void> write(Transformation& features, float* out);
  // "columns": [{"name", "values": what it adds to each unit, its weights, "column": its inputs}, …], "bias", "values", of a
  // batch of one row.
  Result<void> explain(Transformation& features, JsonWriter& json);

 private:
  Result<void> writeColumn(size_t column, Transformation& features, float* out);

  std::vector<ColumnPointer> columns_;
  std::vector<std::shared_ptr<const EmbeddingTable>> weights_;
  std::shared_ptr<const EmbeddingTable> bias_;
  Combiner combiner_ = Combiner::Sum;
  Buffer<float> dense_, parts_;  // kept for their memory only
  std::vector<uint32_t> splits_;
};

Result<std::unique_ptr<Layer>> makeLinearModel(const Json& spec, const Resources& resources);

}  // namespace fcol
