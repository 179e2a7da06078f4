#include "layers/estimator.hpp"

#include <cmath>
#include <limits>
#include <optional>

#include "layers/dense_features.hpp"
#include "layers/dense_network.hpp"
#include "layers/layer_spec.hpp"
#include "layers/linear_columns.hpp"
#include "layers/output_buffer.hpp"

namespace fcol {
namespace {

// TensorFlow's softmax of a row.
void softmax(const float* logits, uint32_t n, float* probabilities) {
  double largest = logits[0], sum = 0;
  for (uint32_t i = 1; i < n; ++i) largest = logits[i] > largest ? logits[i] : largest;
  for (uint32_t i = 0; i < n; ++i) sum += std::exp(logits[i] - largest);
  for (uint32_t i = 0; i < n; ++i) probabilities[i] = static_cast<float>(std::exp(logits[i] - largest) / sum);
}

class Estimator final : public Layer {
 public:
  static Result<std::unique_ptr<Layer>> make(const Json& spec, const Resources& resources) {
    auto layer = std::make_unique<Estimator>();
    const std::string& name = spec["layer"].string();
    const auto is = [&](std::string_view part) { return name.find(part) != std::string::npos; };
    const bool deep = is("dnn"), linear = is("linear");
    layer->classifier_ = is("classifier");
    FCOL_ASSIGN(classes, wholeNumber(spec, "n_classes", 2));
    FCOL_ASSIGN(labels, wholeNumber(spec, "label_dimension", 1));
    if (layer->classifier_ && classes < 2) return error(ErrorCode::InvalidDefinition, "n_classes must be > 1, got {}", classes);
    layer->logits_ = !layer->classifier_ ? labels : classes == 2 ? 1 : classes;
    if (deep) FCOL_TRY(layer->readDeep(spec["dnn"], resources));
    if (linear) {
      FCOL_TRY(checkMembers(spec["linear"], "\"linear\"", {"columns", "weights", "bias", "sparse_combiner"}));
      FCOL_ASSIGN(columns, LinearColumns::fromSpec(spec["linear"], layer->logits_, resources, layer->inputs_));
      layer->linear_ = std::move(columns);
    }
    return std::unique_ptr<Layer>(std::move(layer));
  }

  // Of the input layer, where there is one.
  std::span<const ColumnSlice> slices() const override { return deep_ ? deep_->slices() : std::span<const ColumnSlice>{}; }
  uint32_t width() const override { return logits_; }
  Result<void> run(const FeatureBatch& batch, std::vector<OutputTensor>& outputs) const override {
    FCOL_TRY(makeRoom(data_, batch.rows, logits_));
    if (linear_) {
      if (!linear_features_) linear_features_ = std::make_unique<Transformation>(batch, inputs(), false);
      linear_features_->reset(batch);
      FCOL_TRY(linear_->write(*linear_features_, data_.data()));
    }
    if (deep_) {
      if (!deep_features_) deep_features_ = std::make_unique<Transformation>(batch, inputs(), true);
      deep_features_->reset(batch);
      FCOL_TRY(makeRoom(input_layer_, batch.rows, deep_->width()));
      FCOL_TRY(deep_->write(*deep_features_, input_layer_.data()));
      network_->run(input_layer_.data(), batch.rows, data_.data(), linear_.has_value());
    }
    return classifier_ ? classify(batch.rows, outputs) : predict(batch.rows, outputs);
  }

  Result<void> explain(const FeatureBatch& batch, JsonWriter& json) const override {
    if (deep_) {
      Transformation features(batch, inputs(), true);
      json.key("dnn").open('{');
      FCOL_TRY(deep_->explain(features, json));
      json.close('}');
    }
    if (linear_) {
      Transformation features(batch, inputs(), false);
      json.key("linear").open('{');
      FCOL_TRY(linear_->explain(features, json));
      json.close('}');
    }
    return {};
  }

 private:
  ColumnLists columnLists() const override {
    ColumnLists lists;
    if (deep_) lists.push_back(deep_->columns());
    if (linear_) lists.push_back(linear_->columns());
    return lists;
  }

  Result<void> readDeep(const Json& spec, const Resources& resources) {
    FCOL_TRY(checkMembers(spec, "\"dnn\"", {"columns", "layers", "activation"}));
    FCOL_ASSIGN(columns, DenseColumns::fromSpec(spec["columns"], resources, inputs_));
    FCOL_ASSIGN(network, DenseNetwork::fromSpec(spec["layers"], spec["activation"], columns.width(), resources));
    if (network.outputs() != logits_)
      return error(ErrorCode::ShapeMismatch, "the checkpoint has {} logits where {} are needed: n_classes or label_dimension does not fit it",
                   network.outputs(), logits_);
    deep_ = std::move(columns);
    network_ = std::move(network);
    return {};
  }

  Result<void> predict(uint32_t rows, std::vector<OutputTensor>& outputs) const {
    outputs.resize(1);
    handOver(outputs[0], "predictions", {rows, logits_}, data_);
    return {};
  }

  // TensorFlow's ArgMax: never a NaN, unless there is nothing above -infinity; then the first.
  static uint32_t argMax(const float* values, uint32_t count) {
    uint32_t best = 0;
    float most = -std::numeric_limits<float>::infinity();
    for (uint32_t i = 0; i < count; ++i) {
      if (!(values[i] > most)) continue;
      most = values[i];
      best = i;
    }
    return best;
  }

  // Binary: logits, logistic, probabilities, class_ids. More classes: the same without logistic.
  Result<void> classify(uint32_t rows, std::vector<OutputTensor>& outputs) const {
    const bool binary = logits_ == 1;
    const uint32_t classes = binary ? 2 : logits_;
    FCOL_TRY(makeRoom(probabilities_, rows, classes));
    FCOL_TRY(makeRoom(logistic_, rows, 1));
    FCOL_TRY(makeRoom(class_ids_, rows, 1));
    for (uint32_t row = 0; row < rows; ++row) {
      const float* logits = data_.data() + size_t{row} * logits_;
      const float pair[] = {0, logits[0]};  // the head's logits of a binary classifier
      const float* all = binary ? pair : logits;
      softmax(all, classes, probabilities_.data() + size_t{row} * classes);
      logistic_[row] = static_cast<float>(1 / (1 + std::exp(-static_cast<double>(logits[0]))));
      class_ids_[row] = static_cast<int32_t>(argMax(all, classes));
    }
    outputs.resize(binary ? 4 : 3);
    size_t at = 0;
    handOver(outputs[at++], "logits", {rows, logits_}, data_);
    if (binary) handOver(outputs[at++], "logistic", {rows, 1}, logistic_);
    handOver(outputs[at++], "probabilities", {rows, classes}, probabilities_);
    handOver(outputs[at++], "class_ids", {rows, 1}, class_ids_);
    return {};
  }

  bool classifier_ = true;
  uint32_t logits_ = 1;
  std::optional<DenseColumns> deep_;
  std::optional<DenseNetwork> network_;
  mutable std::optional<LinearColumns> linear_;
  mutable std::unique_ptr<Transformation> deep_features_, linear_features_;  // these are kept for their memory only
  mutable Buffer<float> input_layer_, data_, logistic_, probabilities_;
  mutable Buffer<int32_t> class_ids_;
};

}  // namespace

Result<std::unique_ptr<Layer>> makeEstimator(const Json& spec, const Resources& resources) { return Estimator::make(spec, resources); }

}  // namespace fcol
