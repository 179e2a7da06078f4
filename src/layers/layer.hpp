// Layer: columns and resources turned into an immutable plan that runs over batches.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "batch/feature_batch.hpp"
#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "columns/from_spec.hpp"
#include "layers/layer_parse_spec.hpp"

namespace fcol {

// The sizes of a tensor of at most three dimensions.
class Shape {
 public:
  Shape(std::initializer_list<uint32_t> sizes = {}) : rank_(static_cast<uint32_t>(sizes.size())) { std::copy(sizes.begin(), sizes.end(), sizes_); }
  uint32_t rank() const { return rank_; }
  const uint32_t* begin() const { return sizes_; }
  const uint32_t* end() const { return sizes_ + rank_; }
  uint32_t operator[](size_t axis) const { return axis < rank_ ? sizes_[axis] : 1; }
  friend bool operator==(const Shape& shape, std::span<const uint32_t> sizes) { return std::equal(shape.begin(), shape.end(), sizes.begin(), sizes.end()); }

 private:
  uint32_t sizes_[3] = {};
  uint32_t rank_;
};

// A tensor of a layer's answer: `ints` if integer, else `floats`, whose memory may be larger than the shape.
struct OutputTensor {
  std::string_view name;  // a literal: "data", "sequence_length", "logits", "logistic", "probabilities", "class_ids", "predictions"
  Shape shape;
  bool integer = false;
  Buffer<float> floats;
  Buffer<int32_t> ints;
};

// Where a column stands in the last dimension of "data".
struct ColumnSlice {
  std::string name;
  uint32_t offset;
  uint32_t width;
};

class Layer {
 public:
  virtual ~Layer() = default;

  std::span<const std::string> inputs() const { return inputs_.keys(); }
  virtual std::span<const ColumnSlice> slices() const { return {}; }
  virtual uint32_t width() const = 0;  // floats in the last dimension of the first output
  // The parse spec of its columns (spec 2.11), one for each input, in their order. Errors: InvalidDefinition if two columns disagree.
  Result<std::vector<ParsedFeature>> parseSpec() const { return parseSpecOf(inputs(), columnLists()); }
  // The dtype in which its columns would parse each input; None where they disagree.
  std::vector<DType> dtypes() const { return parsedDtypesOf(inputs(), columnLists()); }
  // Leaves `outputs` untouched on an error. Buffers in `outputs` are reused where they are large enough.
  virtual Result<void> run(const FeatureBatch& batch, std::vector<OutputTensor>& outputs) const = 0;

  // Members that tell how the one row of `batch` becomes the output: "columns", …. Errors: as run().
  virtual Result<void> explain(const FeatureBatch& batch, JsonWriter& json) const = 0;
  // A list of what the columns know of a batch, each reading of a feature once (columns/coverage.hpp). Errors: DtypeMismatch.
  Result<void> cover(const FeatureBatch& batch, size_t top, JsonWriter& json) const;

 protected:
  virtual ColumnLists columnLists() const = 0;

  Inputs inputs_;
};

// By its spec: {"layer": "dense_features" | "sequence_features" | "linear_model" | an estimator, "columns": […], …}.
// Beyond the public spec, loaded weights are given by handle of Resources::table:
//   linear_model        "weights": [n, …] in the order of the sorted columns, "bias": n
//   estimators          "dnn": {"columns": […], "layers": [{"kernel": n, "bias": n, "batch_norm"?: {"gamma", "beta",
//                       "moving_mean", "moving_variance": n}}, …, the logits layer last], "activation": "relu"}
//                       "linear": {"columns": […], "weights": [n, …], "bias": n, "sparse_combiner"}
//                       either or both; "n_classes"; "layer" tells classifier from regressor
Result<std::unique_ptr<Layer>> layerFromSpec(const Json& spec, const Resources& resources);
Result<std::unique_ptr<Layer>> layerFromSpec(std::string_view json, const Resources& resources);

}  // namespace fcol
