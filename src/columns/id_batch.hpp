// IdBatch: the ids of one categorical column over a batch, and their weights: TensorFlow's pair of SparseTensors from
// get_sparse_tensors, with missing values already dropped. The same shape as Feature, of ids.
#pragma once

#include <cstdint>
#include <vector>

namespace fcol {

struct IdBatch {
  uint32_t rows = 0;
  uint32_t rank = 2;           // 2, or 3 and more (then step_splits are set). Sequence columns are always made rank 3
  uint32_t width = 0;          // dense_shape[1]: columns, or steps of a sequence; padding and dropped cells included
  bool ordered = true;         // false: the indices were not in row-major order, or a cell had two values
  bool moved = false;          // not even the rows were in order: ids are regrouped by row, stably
  bool weighted = false;
  std::vector<int64_t> ids;
  std::vector<float> weights;  // as many as ids if weighted
  std::vector<uint32_t> row_splits;   // rows + 1, over ids (rank 2) or over steps (rank 3)
  std::vector<uint32_t> step_splits;  // rank 3: steps + 1, over ids
  std::vector<uint32_t> positions;    // rank 2: column of each id in its row; empty: 0, 1, 2, …

  // Keeps the capacity of the vectors for the next batch. `ids` and `row_splits`, which every transform sizes, keep their contents
  // too: clearing them would have the next makeRoom fill them with zeros first.
  void clear() {
    rows = width = 0;
    rank = 2;
    ordered = true;
    moved = false;
    weighted = false;
    weights.clear();
    step_splits.clear();
    positions.clear();
  }
  // Index of the first id of a row; of row `rows`: ids.size().
  uint32_t firstOf(uint32_t row) const { return rank == 2 ? row_splits[row] : step_splits[row_splits[row]]; }
};

}  // namespace fcol
