// Feature: the raw values of one feature for all rows of a batch, before any column looks at them.
//
//   rank 1   [rows]            one value a row                          (splits empty)
//   rank 2   [rows, width]     row r has values [row_splits[r], row_splits[r+1])
//   rank 3+  [rows, width, *]  row r has steps [row_splits[r], row_splits[r+1]), step s has values
//                              [step_splits[s], step_splits[s+1]); dimensions after the second are folded into the values
//
// Dense features are ragged arrays that TensorFlow would pad: padding is not stored. In them '' and -1 (0.0 as weights)
// mean "missing" to categorical columns; in sparse features every value is a value (spec 1.2).
// A Feature owns nothing: whoever made the batch keeps the memory.
#pragma once

#include <cstdint>
#include <span>

#include "base/dtype.hpp"
#include "text/utf8_batch.hpp"

namespace fcol {

struct Feature {
  DType dtype = DType::None;  // None: the batch has no such feature
  bool sparse = false;
  bool ordered = true;        // false: indices of a sparse tensor were not in row-major order, or a cell has two values
  bool moved = false;         // not even the rows (of rank 3: the steps) were in order: values are regrouped by them, stably
  bool absent = false;        // every row is null or not there: rank 2 without values
  uint32_t rank = 1;
  uint32_t rows = 0;
  uint32_t count = 0;         // number of values
  uint32_t width = 1;         // TensorFlow's dense_shape[1]: columns, or steps of a sequence
  uint32_t inner = 0;         // sparse, rank 3: the product of dense_shape[2], …: cells of a step

  int64_t missing = -1;       // of dense integers: the one that means "missing". TensorFlow casts -1 to their dtype: of uint8 it is 255

  Utf8Batch strings;              // String: of each value, or of each entry of a dictionary
  std::span<const uint32_t> keys; // String with a dictionary: the entry of each value; empty: value i is string i
  const void* numbers = nullptr;  // Int64: int64_t, Int32: int32_t, Float32: float, Float64 and Number: double

  std::span<const uint32_t> row_splits;   // rows + 1; empty for rank 1
  std::span<const uint32_t> step_splits;  // steps + 1; empty for rank 1 and 2
  std::span<const uint32_t> positions;    // cell of each value within its row (rank 2) or step, ascending if ordered; empty: 0, 1, 2, …
  std::span<const uint8_t> nulls;         // 1 where the value is null (its number is then -1 or 0, its string ''); empty: none

  template <typename T>
  std::span<const T> as() const { return {static_cast<const T*>(numbers), count}; }
  std::string_view text(size_t i) const { return strings[keys.empty() ? i : keys[i]]; }  // of value i of a String
  bool isNull(size_t i) const { return !nulls.empty() && nulls[i]; }
  uint32_t firstOf(uint32_t row) const {  // index of the first value of a row; of row `rows`: count
    if (rank == 1) return row;
    return rank == 2 ? row_splits[row] : step_splits[row_splits[row]];
  }
  uint32_t rowOf(uint32_t value) const {  // the row of a value, for messages. Requires value < count
    uint32_t low = 0, high = rows - 1;    // the row is the first whose end lies behind the value
    while (low < high) {
      const uint32_t middle = low + (high - low) / 2;
      if (firstOf(middle + 1) > value) high = middle;
      else low = middle + 1;
    }
    return low;
  }
};

}  // namespace fcol
