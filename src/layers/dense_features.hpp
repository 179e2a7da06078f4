// DenseFeatures: dense columns side by side, sorted by name. tf.keras.layers.DenseFeatures, and compat.v1 input_layer. Spec 2.12.
#pragma once

#include "columns/transformation.hpp"
#include "layers/layer.hpp"

namespace fcol {

// The columns of a dense layer and where each stands; also the input of a deep network.
class DenseColumns {
 public:
  // Errors: InvalidDefinition for a column that is not dense, with TensorFlow's phrases.
  static Result<DenseColumns> fromSpec(const Json& columns, const Resources& resources, Inputs& inputs);

  uint32_t width() const { return width_; }
  std::span<const ColumnSlice> slices() const { return slices_; }
  std::span<const ColumnPointer> columns() const { return columns_; }
  // out[row * width + offset of column …] for all rows of the batch.
  Result<void> write(Transformation& features, float* out) const;
  // "columns": [{"name", "offset", "width", "values", "column": how they came to be}, …] of a batch of one row.
  Result<void> explain(Transformation& features, JsonWriter& json) const;

 private:
  std::vector<ColumnPointer> columns_;
  std::vector<ColumnSlice> slices_;
  uint32_t width_ = 0;
};

Result<std::unique_ptr<Layer>> makeDenseFeatures(const Json& spec, const Resources& resources);

}  // namespace fcol
