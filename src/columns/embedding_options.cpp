#include "columns/embedding_options.hpp"

#include <algorithm>

namespace fcol {
namespace {

// TensorFlow's and Keras' initializers, without case, underscores and a trailing "initializer".
constexpr std::string_view kInitializers[] = {
    "constant",   "glorotnormal", "glorotuniform", "henormal",     "heuniform",     "identity",        "lecunnormal", "lecununiform",
    "ones",       "orthogonal",   "randomnormal",  "randomuniform", "truncatednormal", "uniformunitscaling", "variancescaling", "zeros",
};

bool namesInitializer(const Json& json) {
  const Json& name = json.isObject() ? json["class_name"] : json;
  if (!name.isString()) return false;
  std::string plain;
  for (const char c : name.string())
    if (c != '_') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::string_view kSuffix = "initializer";
  if (plain.size() > kSuffix.size() && plain.ends_with(kSuffix)) plain.resize(plain.size() - kSuffix.size());
  return std::find(std::begin(kInitializers), std::end(kInitializers), plain) != std::end(kInitializers);
}

}  // namespace

Result<EmbeddingOptions> EmbeddingOptions::fromSpec(const ColumnSpec& spec, std::string_view column, const Resources& resources) {
  EmbeddingOptions options;
  FCOL_ASSIGN(dimension, spec.integer("dimension"));
  if (!dimension || *dimension < 1 || *dimension > INT32_MAX) return invalidDefinition(column, "Invalid dimension {}.", shown(spec["dimension"]));
  options.dimension = static_cast<uint32_t>(*dimension);
  if (spec["ckpt_to_load_from"].isNull() != spec["tensor_name_in_ckpt"].isNull())
    return invalidDefinition(column, "Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.");
  const Json& initializer = spec["initializer"];
  if (!initializer.isNull() && !namesInitializer(initializer))
    return invalidDefinition(column, "initializer must be callable if specified. Embedding of column_name: {}. Given: {}; in a spec it is the name "
                                     "of an initializer or {\"class_name\", \"config\"}", column, shown(initializer));
  const Json& combiner = spec["combiner"];
  if (!combiner.isNull()) {
    const auto known = combiner.isString() ? combinerFromName(combiner.string()) : std::nullopt;
    if (!known) return invalidDefinition(column, "combiner must be one of 'mean', 'sqrtn' or 'sum', got {}", shown(combiner));
    options.lookup.combiner = *known;
  }
  const Json& max_norm = spec["max_norm"];
  if (!max_norm.isNull() && !max_norm.isNumber()) return invalidDefinition(column, "max_norm must be a number. Given: {}", shown(max_norm));
  if (max_norm.isNumber()) options.lookup.max_norm = static_cast<float>(max_norm.number());
  FCOL_TRY(spec.boolean("trainable", true));
  FCOL_ASSIGN(safe, spec.boolean("use_safe_embedding_lookup", true));
  options.lookup.safe = safe;
  FCOL_ASSIGN(handle, spec.handle("table"));
  if (handle) {
    options.table = resources.table(*handle);
    if (!options.table) return invalidDefinition(column, "there is no table {}: it was released", *handle);
    options.table->pairScales();
  }
  return options;
}

Result<void> EmbeddingOptions::checkTable(const ColumnSpec& spec, std::string_view column, std::string_view variable, int64_t num_buckets) const {
  if (!table)
    return columnError(ErrorCode::InvalidDefinition, column,
                       "an embedding needs its trained weights, for random initial values cannot be reproduced: give ckpt_to_load_from and "
                       "tensor_name_in_ckpt, or a table");
  if (table->rows() == num_buckets && table->dimension() == dimension) return {};
  const Json& tensor = spec["tensor_name_in_ckpt"];
  return columnError(ErrorCode::ShapeMismatch, column,
                     "Shape of variable {} (({}, {})) doesn't match with shape of tensor {} ([{}, {}]) from checkpoint reader; rows must be the "
                     "column's number of buckets, columns its dimension", variable, num_buckets, dimension,
                     tensor.isString() ? tensor.string() : table->name(), table->rows(), table->dimension());
}

}  // namespace fcol
