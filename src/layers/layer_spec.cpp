#include "layers/layer_spec.hpp"

#include "layers/dense_features.hpp"
#include "layers/estimator.hpp"
#include "layers/linear_columns.hpp"
#include "layers/sequence_features.hpp"

namespace fcol {

Result<void> checkMembers(const Json& spec, std::string_view what, std::span<const std::string_view> known) {
  if (!spec.isObject()) return error(ErrorCode::InvalidSpec, "{} must be a JSON object", what);
  for (const auto& key : spec.keys()) {
    bool found = false;
    std::string list;
    for (const auto each : known) {
      found = found || each == key;
      list.append(list.empty() ? "" : ", ").append(each);
    }
    if (!found) return error(ErrorCode::InvalidSpec, "{} has no field {}; its fields are {}", what, quoted(key), list);
  }
  return {};
}

Result<uint32_t> wholeNumber(const Json& spec, std::string_view field, uint32_t fallback) {
  const Json& value = spec[field];
  if (value.isNull()) return fallback;
  const auto number = value.integer();
  if (!number || *number < 1 || *number > UINT32_MAX)
    return error(ErrorCode::InvalidDefinition, "Invalid {} {}: it must be a whole number of at least 1", field, value.source().substr(0, 40));
  return static_cast<uint32_t>(*number);
}

Result<std::shared_ptr<const EmbeddingTable>> tableOf(const Json& handle, std::string_view what, const Resources& resources) {
  const auto number = handle.integer();
  auto table = number && *number > 0 && *number <= UINT32_MAX ? resources.table(static_cast<uint32_t>(*number)) : nullptr;
  if (!table) return error(ErrorCode::InvalidSpec, "{} needs weights: give the handle of a loaded table", quoted(what));
  if (table->format() != TableFormat::Float32) return table->widened();
  return table;
}

namespace {

constexpr std::string_view kFeatures[] = {"version", "layer", "columns"};
constexpr std::string_view kLinearModel[] = {"version", "layer", "columns", "units", "sparse_combiner", "weights", "bias", "ckpt_to_load_from", "scope"};
constexpr std::string_view kDnnClassifier[] = {"version", "layer", "dnn", "n_classes"};
constexpr std::string_view kDnnRegressor[] = {"version", "layer", "dnn", "label_dimension"};
constexpr std::string_view kLinearClassifier[] = {"version", "layer", "linear", "n_classes"};
constexpr std::string_view kLinearRegressor[] = {"version", "layer", "linear", "label_dimension"};
constexpr std::string_view kCombinedClassifier[] = {"version", "layer", "dnn", "linear", "n_classes"};
constexpr std::string_view kCombinedRegressor[] = {"version", "layer", "dnn", "linear", "label_dimension"};

struct Kind {
  std::string_view name;
  Result<std::unique_ptr<Layer>> (*make)(const Json&, const Resources&);
  std::span<const std::string_view> members;
};

constexpr Kind kKinds[] = {
    {"dense_features", makeDenseFeatures, kFeatures},
    {"sequence_features", makeSequenceFeatures, kFeatures},
    {"linear_model", makeLinearModel, kLinearModel},
    {"dnn_classifier", makeEstimator, kDnnClassifier},
    {"dnn_regressor", makeEstimator, kDnnRegressor},
    {"linear_classifier", makeEstimator, kLinearClassifier},
    {"linear_regressor", makeEstimator, kLinearRegressor},
    {"dnn_linear_combined_classifier", makeEstimator, kCombinedClassifier},
    {"dnn_linear_combined_regressor", makeEstimator, kCombinedRegressor},
};

}  // namespace

Result<std::unique_ptr<Layer>> layerFromSpec(std::string_view json, const Resources& resources) {
  FCOL_ASSIGN(spec, Json::parse(json));
  return layerFromSpec(spec, resources);
}

Result<std::unique_ptr<Layer>> layerFromSpec(const Json& spec, const Resources& resources) {
  if (!spec.isObject()) return error(ErrorCode::InvalidSpec, "the spec of a layer must be a JSON object");
  if (spec.has("version") && spec["version"].integer() != 1)
    return error(ErrorCode::InvalidSpec, "version {} of the spec is not known: this package reads version 1", spec["version"].source().substr(0, 20));
  const std::string& name = spec["layer"].isNull() ? std::string("dense_features") : spec["layer"].string();
  for (const auto& kind : kKinds) {
    if (kind.name != name) continue;
    FCOL_TRY(checkMembers(spec, name, kind.members));
    return kind.make(spec, resources);
  }
  std::string known;
  for (const auto& kind : kKinds) known.append(known.empty() ? "" : ", ").append(kind.name);
  return error(ErrorCode::InvalidSpec, "there is no layer {}; the layers are {}", quoted(name), known);
}

}  // namespace fcol
