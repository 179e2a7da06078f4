// The arguments that embedding_column and shared_embeddings share (spec 2.10, 3.6).
#pragma once

#include "columns/column_maker.hpp"
#include "embedding/embedding_lookup.hpp"

namespace fcol {

struct EmbeddingOptions {
  uint32_t dimension = 0;
  LookupOptions lookup;
  std::shared_ptr<const EmbeddingTable> table;  // null: not given

  // The checks of TensorFlow's function in its order: dimension, checkpoint arguments, initializer; then combiner, max_norm
  // and use_safe_embedding_lookup, which TensorFlow reads when the column is used; then the handle "table".
  // `column`: what messages call it. Errors: InvalidDefinition with TensorFlow's phrases.
  static Result<EmbeddingOptions> fromSpec(const ColumnSpec& spec, std::string_view column, const Resources& resources);

  // The table must be there and be [num_buckets, dimension]. `variable`: TensorFlow's name of the weights.
  // Errors: InvalidDefinition without a table, ShapeMismatch "Shape of variable … doesn't match with shape of tensor …".
  Result<void> checkTable(const ColumnSpec& spec, std::string_view column, std::string_view variable, int64_t num_buckets) const;
};

}  // namespace fcol
