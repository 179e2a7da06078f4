#include "columns/id_bags.hpp"

#include "base/room.hpp"
#include "columns/column_error.hpp"

namespace fcol {

Result<std::span<const uint32_t>> rowBags(const IdBatch& ids, std::string_view column, std::vector<uint32_t>& scratch) {
  if (ids.rank == 2) return std::span<const uint32_t>(ids.row_splits);
  if (ids.width > 1 && ids.rows > 0) {
    uint32_t row = 0;
    while (row < ids.rows && ids.row_splits[row + 1] - ids.row_splits[row] <= 1) ++row;
    return columnErrorAt(row < ids.rows ? int64_t{row} : -1, ErrorCode::ShapeMismatch, column,
                         "ids of rank {} make a vector for each of {} steps: Cannot reshape a tensor to one vector a row; use a "
                         "sequence_categorical_column and sequence_features, or flat arrays", ids.rank, ids.width);
  }
  FCOL_TRY(makeRoom(scratch, uint64_t{ids.rows} + 1));
  for (uint32_t row = 0; row <= ids.rows; ++row) scratch[row] = ids.firstOf(row);
  return std::span<const uint32_t>(scratch.data(), size_t{ids.rows} + 1);
}

Result<std::span<const uint32_t>> stepBags(const IdBatch& ids, uint32_t steps, std::vector<uint32_t>& scratch) {
  const uint64_t bags = uint64_t{ids.rows} * steps;
  if (ids.step_splits.size() == bags + 1) return std::span<const uint32_t>(ids.step_splits);  // no row is shorter
  FCOL_TRY(makeRoom(scratch, bags + 1));
  uint32_t* at = scratch.data();
  for (uint32_t row = 0; row < ids.rows; ++row) {
    const uint32_t begin = ids.row_splits[row], present = ids.row_splits[row + 1] - begin;
    FCOL_ASSERT(present <= steps);
    for (uint32_t step = 0; step < steps; ++step) *at++ = ids.step_splits[begin + (step < present ? step : present)];
  }
  *at = static_cast<uint32_t>(ids.ids.size());
  return std::span<const uint32_t>(scratch.data(), static_cast<size_t>(bags) + 1);
}

void sequenceLengths(const IdBatch& ids, int32_t* lengths) {
  for (uint32_t row = 0; row < ids.rows; ++row) {
    uint32_t step = ids.row_splits[row + 1];
    while (step > ids.row_splits[row] && ids.step_splits[step] == ids.step_splits[step - 1]) --step;
    lengths[row] = static_cast<int32_t>(step - ids.row_splits[row]);
  }
}

}  // namespace fcol
