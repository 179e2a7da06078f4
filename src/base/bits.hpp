#pragma once
// The bits of numbers.
#include <cstdint>

namespace fcol {

// The bits of a value as a type of the same size: std::bit_cast, which libc++ 13 has not.
template <typename To, typename From>
constexpr To bitCast(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  return __builtin_bit_cast(To, from);
}

// An IEEE half as a float: exact, NaN and its payload included.
inline float halfToFloat(uint32_t bits) {
  constexpr uint32_t kMagnitude = 0x7fff, kInfinity = 0x7c00, kNormal = 0x0400;
  constexpr uint32_t kRebias = 112u << 23;     // between the exponents of halves and of floats
  constexpr uint32_t kSubnormal = 113u << 23;  // 2^-14, the smallest normal half, as the bits of a float
  const uint32_t sign = (bits & 0x8000) << 16, magnitude = bits & kMagnitude;
  uint32_t wide = magnitude << 13;
  if (magnitude >= kInfinity) wide += 2 * kRebias;
  else if (magnitude >= kNormal) wide += kRebias;
  // A subnormal half is f * 2^-24 = (1 + f / 1024) * 2^-14 - 2^-14, without rounding.
  else wide = bitCast<uint32_t>(bitCast<float>(wide + kSubnormal) - bitCast<float>(kSubnormal));
  return bitCast<float>(sign | wide);
}

}  // namespace fcol
