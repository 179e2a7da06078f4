// How the numbers of a table are stored, and back to float32 (docs/tables.md). A table is never widened as a whole: a row is,
// when a bag needs it.
//
//   float16, bfloat16: exactly the float32 of the same value
//   int8: q * scale + bias, q signed;  int4: the same, q in [0, 16), two to a byte, the first in the low half
//
// scale and bias are float32, one a row; product and sum are rounded each (no FMA), so that scalar and SIMD agree to the last bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fcol {

// The numbers are those of js/src/loading/table_format.ts.
enum class TableFormat : uint8_t { Float32, Float16, BFloat16, Int8, Int4 };

constexpr bool hasScales(TableFormat format) { return format == TableFormat::Int8 || format == TableFormat::Int4; }

// Bytes of the codes of one row.
constexpr uint64_t rowBytesOf(TableFormat format, uint64_t dimension) {
  switch (format) {
    case TableFormat::Float32: return dimension * 4;
    case TableFormat::Float16: case TableFormat::BFloat16: return dimension * 2;
    case TableFormat::Int8: return dimension;
    case TableFormat::Int4: return (dimension + 1) / 2;
  }
  return 0;
}

// A row's scale and bias; of formats without them, neither is used.
struct RowScale {
  float scale = 1, bias = 0;
};

// `codes`: rowBytesOf(format, n) bytes, anywhere; `out`: n floats.
void widenRow(TableFormat format, const uint8_t* codes, RowScale scale, size_t n, float* out);

// The values [from, n) of a row, one after the other: what widenRow gives, said plainly. Also its last few values.
void widenRowScalar(TableFormat format, const uint8_t* codes, RowScale scale, size_t from, size_t n, float* out);

}  // namespace fcol
