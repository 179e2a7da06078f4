// Bags: which ids are combined into one vector: those of a row in a dense layer, those of a step in a sequence layer.
#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"
#include "columns/id_batch.hpp"

namespace fcol {

// One bag a row: splits of rows + 1. Ids of rank 3 and more make one vector a step, which a dense layer takes only if there
// is one step. Errors: ShapeMismatch, with the first row of more steps; OutOfMemory.
Result<std::span<const uint32_t>> rowBags(const IdBatch& ids, std::string_view column, std::vector<uint32_t>& scratch);

// `steps` bags a row, rows after rows: splits of rows * steps + 1. Requires rank 3 and steps >= those of any row.
// Errors: OutOfMemory.
Result<std::span<const uint32_t>> stepBags(const IdBatch& ids, uint32_t steps, std::vector<uint32_t>& scratch);

// lengths[r] = 1 + the last step of the row that has an id, of whatever value; 0 if none has (spec 6.2). Requires rank 3.
void sequenceLengths(const IdBatch& ids, int32_t* lengths);

}  // namespace fcol
