#include "layers/dense_network.hpp"

#include <cmath>

#include "layers/layer_spec.hpp"

namespace fcol {
namespace {

// What tf.estimator adds to the moving variance.
constexpr double kBatchNormEpsilon = 0.001;

struct NamedActivation {
  std::string_view name;
  double (*function)(double);
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double elu(double x) { return x < 0 ? std::expm1(x) : x; }

// The activation functions of tf.nn, by its names.
constexpr NamedActivation kActivations[] = {
    {"relu", [](double x) { return x > 0 ? x : x == x ? 0 : x; }},
    {"relu6", [](double x) { return x > 6 ? 6 : x > 0 ? x : x == x ? 0 : x; }},
    {"elu", elu},
    {"selu", [](double x) { return 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * std::expm1(x) : x); }},
    {"sigmoid", sigmoid},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"softplus", [](double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }},
    {"softsign", [](double x) { return x / (1 + std::fabs(x)); }},
    {"leaky_relu", [](double x) { return x < 0 ? 0.2 * x : x; }},
    {"swish", [](double x) { return x * sigmoid(x); }},
    {"silu", [](double x) { return x * sigmoid(x); }},
    {"gelu", [](double x) { return 0.5 * x * (1 + std::erf(x * 0.7071067811865476)); }},
    {"linear", [](double x) { return x; }},
    {"identity", [](double x) { return x; }},
};

}  // namespace

Result<DenseNetwork> DenseNetwork::fromSpec(const Json& layers, const Json& activation, uint32_t inputs, const Resources& resources) {
  DenseNetwork network;
  const std::string& wanted = activation.isNull() ? std::string("relu") : activation.string();
  for (const auto& each : kActivations)
    if (each.name == wanted) network.activation_ = each.function;
  if (!network.activation_) {
    std::string known;
    for (const auto& each : kActivations) known.append(known.empty() ? "" : ", ").append(each.name);
    return error(ErrorCode::InvalidDefinition, "activation_fn {} is not known; known are {}", quoted(wanted), known);
  }
  if (!layers.isArray() || layers.items().empty()) return error(ErrorCode::InvalidSpec, "\"layers\" of a deep network must list at least the logits layer");
  for (const Json& spec : layers.items()) {
    FCOL_TRY(checkMembers(spec, "a layer of a deep network", {"kernel", "bias", "batch_norm"}));
    DenseLayer layer;
    FCOL_ASSIGN(kernel, tableOf(spec["kernel"], "kernel", resources));
    FCOL_ASSIGN(bias, tableOf(spec["bias"], "bias", resources));
    const auto mismatch = [&](const EmbeddingTable& table, uint32_t rows, uint32_t columns) {
      return error(ErrorCode::ShapeMismatch, "Shape of variable (({}, {})) doesn't match with shape of tensor {} ([{}, {}]) from checkpoint reader: "
                                             "the checkpoint is of other columns or "
                                             "layers", rows, columns, table.name(), table.rows(), table.dimension());
    };
    if (kernel->rows() != inputs) return mismatch(*kernel, inputs, kernel->dimension());
    inputs = kernel->dimension();
    if (bias->rows() != 1 || bias->dimension() != inputs) return mismatch(*bias, 1, inputs);
    layer.kernel = kernel;
    layer.bias = bias;
    if (const Json& norm = spec["batch_norm"]; !norm.isNull()) {
      FCOL_TRY(checkMembers(norm, "batch_norm", {"gamma", "beta", "moving_mean", "moving_variance"}));
      const std::pair<std::string_view, Table*> parts[] = {
          {"gamma", &layer.norm.gamma}, {"beta", &layer.norm.beta}, {"moving_mean", &layer.norm.moving_mean}, {"moving_variance", &layer.norm.moving_variance}};
      for (const auto& [name, part] : parts) {
        FCOL_ASSIGN(table, tableOf(norm[name], name, resources));
        if (table->rows() != 1 || table->dimension() != inputs) return mismatch(*table, 1, inputs);
        *part = table;
      }
    }
    network.layers_.push_back(std::move(layer));
  }
  return network;
}

void DenseNetwork::runLayer(const DenseLayer& layer, bool hidden, const std::vector<float>& x, std::vector<float>& y, std::vector<double>& sums) const {
  const uint32_t units = layer.kernel->dimension();
  sums.assign(units, 0);
  for (uint32_t i = 0; i < layer.kernel->rows(); ++i) {
    const double input = x[i];
    const float* row = layer.kernel->row(i);
    for (uint32_t j = 0; j < units; ++j) sums[j] += input * row[j];
  }
  y.resize(units);
  for (uint32_t j = 0; j < units; ++j) {
    y[j] = static_cast<float>(sums[j] + layer.bias->data()[j]);
    if (hidden) y[j] = static_cast<float>(activation_(y[j]));
    if (layer.norm.gamma) {  // after the activation, as tf.estimator has it
      const double scale = layer.norm.gamma->data()[j] / std::sqrt(layer.norm.moving_variance->data()[j] + kBatchNormEpsilon);
      y[j] = static_cast<float>(y[j] * scale + (layer.norm.beta->data()[j] - layer.norm.moving_mean->data()[j] * scale));
    }
  }
}

void DenseNetwork::run(const float* x, uint32_t rows, float* out, bool add) const {
  const uint32_t inputs = layers_.front().kernel->rows();
  std::vector<float> from, to;
  std::vector<double> sums;
  for (uint32_t row = 0; row < rows; ++row) {
    from.assign(x + size_t{row} * inputs, x + (size_t{row} + 1) * inputs);
    for (size_t i = 0; i < layers_.size(); ++i) {
      runLayer(layers_[i], i + 1 < layers_.size(), from, to, sums);
      std::swap(from, to);
    }
    float* target = out + size_t{row} * outputs();
    for (uint32_t j = 0; j < outputs(); ++j) target[j] = add ? target[j] + from[j] : from[j];
  }
}

}  // namespace fcol
