// The hash of the lookup tables. Not TensorFlow's (that one decides ids of hash buckets and is in text/): this one only has to
// be quick and even, and reads no byte beyond the key. `seed` lets a table choose another function when keys collide.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace fcol {

inline uint64_t mixBits(uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  return x ^ x >> 32;
}

inline uint64_t hashInteger(int64_t key, uint64_t seed) { return mixBits(static_cast<uint64_t>(key) ^ seed); }

inline uint64_t hashKey(std::string_view key, uint64_t seed) {
  constexpr uint64_t kMultiplier = 0x9fb21c651e98df25u;
  const char* at = key.data();
  size_t n = key.size();
  const auto load8 = [](const char* from) { uint64_t value; std::memcpy(&value, from, 8); return value; };
  const auto load4 = [](const char* from) { uint32_t value; std::memcpy(&value, from, 4); return uint64_t{value}; };
  uint64_t state = seed ^ n * kMultiplier;
  for (; n > 16; at += 8, n -= 8) {
    state = (state ^ load8(at)) * kMultiplier;
    state ^= state >> 29;
  }
  uint64_t a, b;
  if (n >= 8) {  // the two halves may overlap
    a = load8(at);
    b = load8(at + n - 8);
  } else if (n >= 4) {
    a = load4(at);
    b = load4(at + n - 4);
  } else {
    a = n > 0 ? static_cast<unsigned char>(at[0]) | static_cast<uint64_t>(static_cast<unsigned char>(at[n / 2])) << 8 : 0;
    b = n > 0 ? static_cast<unsigned char>(at[n - 1]) : 0;
  }
  state = (state ^ a) * kMultiplier;
  state ^= state >> 32;
  return mixBits(state ^ b);
}

// Equality of keys, eight bytes at a time; with `Line`, of keys that have no '\n' in them.
template <bool Line>
inline bool equalBytes(const char* a, const char* b, size_t n) {
  constexpr uint64_t kLow = 0x0101010101010101u;
  if (n < 8) {
    for (size_t i = 0; i < n; ++i)
      if (a[i] != b[i] || (Line && a[i] == '\n')) return false;
    return true;
  }
  // Not 0 if the words differ or have a '\n': bytes that become 0 lend from the next, so the high bit of at least one is set.
  const auto differ = [&](size_t i) {
    uint64_t x, y;
    std::memcpy(&x, a + i, 8);
    std::memcpy(&y, b + i, 8);
    const uint64_t lines = x ^ '\n' * kLow;
    return (x ^ y) | (Line ? (lines - kLow) & ~lines & 0x80 * kLow : 0);
  };
  for (size_t i = 0; i + 8 < n; i += 8)
    if (differ(i)) return false;
  return !differ(n - 8);
}
inline bool sameBytes(const char* a, const char* b, size_t n) { return equalBytes<false>(a, b, n); }
inline bool sameLine(const char* a, const char* b, size_t n) { return equalBytes<true>(a, b, n); }

}  // namespace fcol
