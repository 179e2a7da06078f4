// Eight values of a narrow row at a time: what widenRowScalar says, in vectors. For widening a row, and for adding rows as they are
// widened.
#pragma once

#include <cstring>

#include "base/simd.hpp"
#include "embedding/table_format.hpp"

namespace fcol {

struct Eight {
  v128_t low, high;
};

// A row's scale and bias in every lane.
struct WideScale {
  v128_t scale, bias;
  explicit WideScale(RowScale row) : scale(wasm_f32x4_splat(row.scale)), bias(wasm_f32x4_splat(row.bias)) {}
};

constexpr size_t kEight = 8;

// Bytes of eight codes.
constexpr size_t eightBytes(TableFormat format) { return static_cast<size_t>(rowBytesOf(format, kEight)); }

// Four halves in the upper halves of the lanes, none of them infinite or NaN. Sign and magnitude as they are, the exponent in the
// place of a float's: the float is the half by 2^-112, also of subnormals, and no bit is rounded away.
inline v128_t halvesToFloats(v128_t bits) {
  const v128_t placed = wasm_v128_and(wasm_i32x4_shr(bits, 3), wasm_i32x4_splat(static_cast<int32_t>(0x8fffe000)));
  return wasm_f32x4_mul(placed, wasm_f32x4_splat(0x1p112f));
}

// Eight integers in [0, 2^16), less `zero`, scaled. Under the upper half of 2^23 an integer is the float 2^23 more than it; the
// difference is exact. That is no slower than a conversion, and clang 14 takes the lanes of one behind a widening one by one.
inline Eight scaledEight(v128_t q, float zero, const WideScale& row) {
  const v128_t power = wasm_i16x8_splat(0x4b00), offset = wasm_f32x4_splat(0x1p23f + zero);
  const v128_t low = wasm_f32x4_sub(wasm_i16x8_shuffle(q, power, 0, 8, 1, 9, 2, 10, 3, 11), offset);
  const v128_t high = wasm_f32x4_sub(wasm_i16x8_shuffle(q, power, 4, 12, 5, 13, 6, 14, 7, 15), offset);
  return {wasm_f32x4_add(wasm_f32x4_mul(low, row.scale), row.bias), wasm_f32x4_add(wasm_f32x4_mul(high, row.scale), row.bias)};
}

// Four bytes to eight integers in [0, 16).
inline v128_t nibbles(const uint8_t* codes) {
  uint32_t packed;
  std::memcpy(&packed, codes, sizeof packed);
  const v128_t bytes = wasm_u16x8_extend_low_u8x16(wasm_i32x4_splat(static_cast<int32_t>(packed)));  // the first four count
  // The low half of a byte, and the high one behind it, each in the place of a byte.
  const v128_t pairs = wasm_v128_and(wasm_v128_or(bytes, wasm_i16x8_shl(bytes, 4)), wasm_i16x8_splat(0x0f0f));
  return wasm_u16x8_extend_low_u8x16(pairs);
}

// The eight values whose codes begin there.
template <TableFormat Format>
inline Eight widenEight(const uint8_t* codes, [[maybe_unused]] const WideScale& row) {
  if constexpr (Format == TableFormat::Float16) {
    const v128_t bits = wasm_v128_load(codes), zero = wasm_i32x4_splat(0);
    const v128_t largest = wasm_i16x8_splat(0x7c00 - 1), magnitude = wasm_v128_and(bits, wasm_i16x8_splat(0x7fff));
    if (wasm_v128_any_true(wasm_i16x8_gt(magnitude, largest))) {  // infinite, or NaN
      float room[kEight];
      widenRowScalar(Format, codes, {}, 0, kEight, room);
      return {wasm_v128_load(room), wasm_v128_load(room + 4)};
    }
    return {halvesToFloats(wasm_i16x8_shuffle(zero, bits, 0, 8, 1, 9, 2, 10, 3, 11)), halvesToFloats(wasm_i16x8_shuffle(zero, bits, 4, 12, 5, 13, 6, 14, 7, 15))};
  } else if constexpr (Format == TableFormat::BFloat16) {
    return {wasm_i32x4_shl(wasm_u32x4_load16x4(codes), 16), wasm_i32x4_shl(wasm_u32x4_load16x4(codes + 8), 16)};
  } else if constexpr (Format == TableFormat::Int8) {
    return scaledEight(wasm_v128_xor(wasm_u16x8_load8x8(codes), wasm_i16x8_splat(0x80)), 128, row);
  } else {
    static_assert(Format == TableFormat::Int4);
    return scaledEight(nibbles(codes), 0, row);
  }
}

}  // namespace fcol
