// Missing values: TensorFlow's dense-to-sparse with dropping (spec 1.2). In a dense feature '' and -1 (for weights 0.0)
// are missing to categorical columns; in a sparse one every value is a value. Null is missing in both.
#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"
#include "batch/feature.hpp"
#include "columns/id_batch.hpp"

namespace fcol {

enum class MissingRule : uint8_t {
  Ids,      // '' and -1
  Weights,  // 0 of any dtype
  Cells,    // nothing in a dense feature: a cross takes raw cells
};

// A flag for each value, or empty if none is missing; the flags live in `flags`. Errors: OutOfMemory.
Result<std::span<const uint8_t>> findMissing(const Feature& feature, MissingRule rule, std::vector<uint8_t>& flags);

// Gives `out` the shape of `feature` without its missing values, and closes the gaps they leave in out.ids, which holds an
// id for each value of the feature. Errors: OutOfMemory.
Result<void> takeShape(const Feature& feature, std::span<const uint8_t> missing, IdBatch& out);

}  // namespace fcol
