// Bags with weights, and bags of rows clipped by max_norm: each row, or its product, is made before it is added (spec 3.3, 3.4).
#pragma once

#include "embedding/embedding_lookup.hpp"

namespace fcol {

// embeddingLookup of a table whose slots `bags.ids` are; `ids`: what messages call them. Requires weights or max_norm, and bags.
Result<void> weightedLookup(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, std::span<const int64_t> ids, DenseOutput out);

// What is done to the sum of n >= 1 rows; `weights`: n, or none. No value: the vector is zero (div_no_nan).
std::optional<Finish> finishOf(Combiner combiner, size_t n, std::span<const float> weights);

}  // namespace fcol
