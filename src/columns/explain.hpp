// How one row becomes what a layer gives: each step from the raw value to the output, as JSON. A column kind tells its own part
// (Column::explain) with the functions that transform uses, on a batch of one row.
#pragma once

#include "base/json_writer.hpp"
#include "columns/transformation.hpp"
#include "embedding/embedding_lookup.hpp"

namespace fcol {

// {"name", "type", what the kind tells}. Errors: those of its transform.
Result<void> explainColumn(const Column& column, Transformation& features, JsonWriter& json);

// Ids and weights of a bag, and what was left out. {"entries": [{"id", "weight"?, "dropped"?, "vector", "norm"?, "clipped"?}, …],
// "finish": "keep" | "multiply" | "divide" | "zero", "by"?}: the vectors (clipped, times weight) are added in TensorFlow's order
// and then multiplied or divided. Errors: OutOfMemory.
Result<void> explainBag(const EmbeddingTable& table, std::span<const int64_t> ids, std::span<const float> weights, const LookupOptions& options,
                        JsonWriter& json);

}  // namespace fcol
