// The hidden and logits layers of a deep estimator. Spec 15.
#pragma once

#include "columns/from_spec.hpp"

namespace fcol {

class DenseNetwork {
 public:
  // `layers`: [{"kernel", "bias", "batch_norm"?: {"gamma", "beta", "moving_mean", "moving_variance"}}, …], handles of tables, the
  // logits layer last; `activation`: a name of tf.nn, of the hidden layers. Errors: InvalidDefinition, InvalidSpec, ShapeMismatch.
  static Result<DenseNetwork> fromSpec(const Json& layers, const Json& activation, uint32_t inputs, const Resources& resources);

  uint32_t outputs() const { return layers_.back().kernel->dimension(); }
  // x [rows, inputs] → out [rows, outputs()]; added to out if `add`. Sums are kept in double and rounded once a layer, so that the
  // result is as near to TensorFlow's, whose order of additions is its own, as float32 allows.
  void run(const float* x, uint32_t rows, float* out, bool add) const;

 private:
  using Table = std::shared_ptr<const EmbeddingTable>;
  using Activation = double (*)(double);
  struct BatchNorm {
    Table gamma, beta, moving_mean, moving_variance;
  };
  struct DenseLayer {
    Table kernel, bias;
    BatchNorm norm;  // null tables: none
  };
  void runLayer(const DenseLayer& layer, bool hidden, const std::vector<float>& x, std::vector<float>& y, std::vector<double>& sums) const;

  std::vector<DenseLayer> layers_;
  Activation activation_ = nullptr;
};

}  // namespace fcol
