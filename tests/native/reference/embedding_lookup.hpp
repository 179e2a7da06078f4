// The scalar reference of the lookup: one bag, one column, one addition at a time, as the specification words it (spec 3).
#pragma once

#include <optional>
#include <vector>

#include "embedding/embedding_lookup.hpp"

namespace fcol::reference {

// The vector of one bag; nullopt where an id is out of range.
std::optional<std::vector<float>> lookup(const std::vector<std::vector<float>>& table, size_t dimension, const std::vector<int64_t>& ids,
                                         const std::vector<float>* weights, const LookupOptions& options);

}  // namespace fcol::reference
