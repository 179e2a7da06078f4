// Bags over a partial table: where the rows of their ids are.
#pragma once

#include "embedding/embedding_lookup.hpp"

namespace fcol {

// As many slots as ids: a lookup of them leaves out the same ones, and fails at the same ones, as that of the ids. Rows that are
// needed and not held are missing afterwards (EmbeddingTable::missing). Errors: OutOfMemory.
Result<void> slotsOfBags(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, std::vector<int64_t>& slots);

}  // namespace fcol
