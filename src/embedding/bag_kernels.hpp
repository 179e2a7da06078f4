// The additions of one bag, in TensorFlow's order (spec 3.3). Vectors lie across the dimension, never across rows, so that every
// column is summed exactly as TensorFlow sums it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "embedding/table_format.hpp"

namespace fcol {

// What is done to a finished sum.
struct Finish {
  enum class How : unsigned char { Keep, Multiply, Divide } how = How::Keep;
  float by = 1;
};

// SparseSegmentSum and its kin. With r = n mod 8 and a first group of r rows (8 for r = 0, 9 for r = 1):
//   out = ((e_0 + e_1) + …) of the first group;  out += ((e_k + e_{k+1}) + … + e_{k+7}) for each further group;  finish
// Requires n >= 1; rows[k] points at `dimension` floats; out does not overlap them.
void sumRows(const float* const* rows, size_t n, size_t dimension, const Finish& finish, float* out);

// The same of the rows ids[0] … ids[n) of a table, each of which is in it.
void sumRowsOf(const float* table, const int64_t* ids, size_t n, size_t dimension, const Finish& finish, float* out);

// A table of any format but float32.
struct NarrowTable {
  TableFormat format;
  const uint8_t* codes;
  size_t row_bytes;
  const float* scales;  // of int8 and int4, as the next; those of a row are at id * step
  const float* biases;
  size_t step;
  RowScale scaleOf(uint32_t id) const { return {scales[id * step], biases[id * step]}; }
};

// The same of the rows of a narrow one, widened as they are added: the sums are those of the widened table. Requires n >= 1.
void sumNarrowRowsOf(const NarrowTable& table, const int64_t* ids, size_t n, size_t dimension, const Finish& finish, float* out);

// SegmentSum of e_k * w_k, each product rounded:
//   n = 1: the product.  n < 16: 0 + p_0 + p_1 + …
//   n >= 16: columns inside full packets of 8 floats keep four sums, k mod 4, joined ((a0 + a1) + a2) + a3, and the last n mod 4
//   rows are added one by one; the columns left over as for n < 16
// Requires n >= 1.
void sumWeightedRows(const float* const* rows, const float* weights, size_t n, size_t dimension, const Finish& finish, float* out);

// out = row * c / max(norm, c), the multiplication and the division rounded each (spec 3.4). NaN stays NaN.
void clipRow(const float* row, size_t dimension, float norm, float c, float* out);

}  // namespace fcol
