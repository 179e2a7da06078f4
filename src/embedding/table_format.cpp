#include "embedding/table_format.hpp"

#include <cstring>

#include "base/bits.hpp"
#include "base/simd.hpp"

namespace fcol {
namespace {

constexpr uint32_t kHalfMagnitude = 0x7fff, kHalfInfinity = 0x7c00, kHalfNormal = 0x0400;
constexpr uint32_t kRebias = 112u << 23;           // between the exponents of halves and of floats
constexpr uint32_t kSubnormal = 113u << 23;        // 2^-14, the smallest normal half, as the bits of a float
constexpr size_t kBlock = 8;                       // values at a time

uint16_t twoBytes(const uint8_t* at) {
  uint16_t bits;
  std::memcpy(&bits, at, sizeof bits);
  return bits;
}

float scaled(int q, RowScale scale) {
  const float product = static_cast<float>(q) * scale.scale;
  return product + scale.bias;
}

// Four halves in the upper halves of the lanes, none of them infinite or NaN. Sign and magnitude as they are, the exponent in the
// place of a float's: the float is the half by 2^-112, also of subnormals, and no bit is rounded away.
inline v128_t halvesToFloats(v128_t bits) {
  const v128_t placed = wasm_v128_and(wasm_i32x4_shr(bits, 3), wasm_i32x4_splat(static_cast<int32_t>(0x8fffe000)));
  return wasm_f32x4_mul(placed, wasm_f32x4_splat(0x1p112f));
}

// Eight halves.
inline void storeHalves(const uint8_t* codes, float* out) {
  const v128_t bits = wasm_v128_load(codes);
  const v128_t largest = wasm_i16x8_splat(kHalfInfinity - 1), magnitude = wasm_v128_and(bits, wasm_i16x8_splat(kHalfMagnitude));
  if (wasm_v128_any_true(wasm_i16x8_gt(magnitude, largest))) {
    for (size_t i = 0; i < kBlock; ++i) out[i] = halfToFloat(twoBytes(codes + 2 * i));
    return;
  }
  const v128_t zero = wasm_i32x4_splat(0);
  wasm_v128_store(out, halvesToFloats(wasm_i16x8_shuffle(zero, bits, 0, 8, 1, 9, 2, 10, 3, 11)));
  wasm_v128_store(out + 4, halvesToFloats(wasm_i16x8_shuffle(zero, bits, 4, 12, 5, 13, 6, 14, 7, 15)));
}

// clang 14 makes one step of widening integers and making floats of them, for which wasm has no instruction, and takes the lanes
// one by one. Behind this it does not know what it converts.
inline v128_t floats(v128_t integers) {
#if defined(__wasm__)
  asm("" : "+r"(integers));
#endif
  return wasm_f32x4_convert_i32x4(integers);
}

// Eight 16-bit integers, scaled.
inline void storeScaled(v128_t q, v128_t scale, v128_t bias, float* out) {
  const v128_t low = floats(wasm_i32x4_extend_low_i16x8(q)), high = floats(wasm_i32x4_extend_high_i16x8(q));
  wasm_v128_store(out, wasm_f32x4_add(wasm_f32x4_mul(low, scale), bias));
  wasm_v128_store(out + 4, wasm_f32x4_add(wasm_f32x4_mul(high, scale), bias));
}

// Four bytes to eight integers in [0, 16).
inline v128_t nibbles(const uint8_t* codes) {
  uint32_t packed;
  std::memcpy(&packed, codes, sizeof packed);
  const v128_t bytes = wasm_u16x8_extend_low_u8x16(wasm_i32x4_splat(static_cast<int32_t>(packed)));  // the first four count
  const v128_t pairs = wasm_u32x4_extend_low_u16x8(bytes);
  // Low half in the low 16 bits of each lane, high half in the high ones.
  return wasm_v128_or(wasm_v128_and(pairs, wasm_i32x4_splat(15)), wasm_i32x4_shl(wasm_u32x4_shr(pairs, 4), 16));
}

}  // namespace

void widenRowScalar(TableFormat format, const uint8_t* codes, RowScale scale, size_t from, size_t n, float* out) {
  for (size_t i = from; i < n; ++i) switch (format) {
    case TableFormat::Float32: std::memcpy(out + i, codes + 4 * i, sizeof(float)); break;
    case TableFormat::Float16: out[i] = halfToFloat(twoBytes(codes + 2 * i)); break;
    case TableFormat::BFloat16: out[i] = bitCast<float>(static_cast<uint32_t>(twoBytes(codes + 2 * i)) << 16); break;
    case TableFormat::Int8: out[i] = scaled(static_cast<int8_t>(codes[i]), scale); break;
    case TableFormat::Int4: out[i] = scaled(codes[i / 2] >> (i % 2 * 4) & 15, scale); break;
  }
}

void widenRow(TableFormat format, const uint8_t* codes, RowScale row, size_t n, float* out) {
  const v128_t scale = wasm_f32x4_splat(row.scale), bias = wasm_f32x4_splat(row.bias);
  const size_t whole = n / kBlock * kBlock;
  switch (format) {
    case TableFormat::Float32: std::memcpy(out, codes, n * sizeof(float)); return;
    case TableFormat::Float16:
      for (size_t i = 0; i < whole; i += kBlock) storeHalves(codes + 2 * i, out + i);
      break;
    case TableFormat::BFloat16:
      for (size_t i = 0; i < whole; i += 4) wasm_v128_store(out + i, wasm_i32x4_shl(wasm_u32x4_load16x4(codes + 2 * i), 16));
      break;
    case TableFormat::Int8:
      for (size_t i = 0; i < whole; i += kBlock) storeScaled(wasm_i16x8_load8x8(codes + i), scale, bias, out + i);
      break;
    case TableFormat::Int4:
      for (size_t i = 0; i < whole; i += kBlock) storeScaled(nibbles(codes + i / 2), scale, bias, out + i);
      break;
  }
  widenRowScalar(format, codes, row, whole, n, out);
}

}  // namespace fcol
