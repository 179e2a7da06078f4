#include "text/fingerprint64.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace fcol {
namespace {

constexpr uint64_t k0 = 0xc3a5c85c97cb3127u;
constexpr uint64_t k1 = 0xb492b66fbe98f273u;
constexpr uint64_t k2 = 0x9ae16a3b2f90404fu;

uint64_t load8(const char* at) {
  uint64_t value;
  std::memcpy(&value, at, 8);
  return value;
}

uint64_t load4(const char* at) {
  uint32_t value;
  std::memcpy(&value, at, 4);
  return value;
}

uint64_t rotate(uint64_t x, int n) { return std::rotr(x, n); }
uint64_t shiftMix(uint64_t x) { return x ^ x >> 47; }

uint64_t mix(uint64_t u, uint64_t v, uint64_t m) {
  const uint64_t a = shiftMix((u ^ v) * m);
  return shiftMix((v ^ a) * m) * m;
}

struct Pair {
  uint64_t first, second;
};

// Folds 32 bytes into a pair.
Pair weak(const char* p, uint64_t a, uint64_t b) {
  const uint64_t w = load8(p), x = load8(p + 8), y = load8(p + 16), z = load8(p + 24);
  a += w;
  b = rotate(b + a + z, 21);
  const uint64_t c = a;
  a += x + y;
  b += rotate(a, 44);
  return {a + z, b + c};
}

uint64_t upTo16(const char* s, size_t n) {
  if (n >= 8) {
    const uint64_t m = k2 + 2 * n, a = load8(s) + k2, b = load8(s + n - 8);
    return mix(rotate(b, 37) * m + a, (rotate(a, 25) + b) * m, m);
  }
  if (n >= 4) return mix(n + (load4(s) << 3), load4(s + n - 4), k2 + 2 * n);
  if (n == 0) return k2;
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(s[i])); };
  const uint32_t y = byte(0) + (byte(n >> 1) << 8);
  const uint32_t z = static_cast<uint32_t>(n) + (byte(n - 1) << 2);
  return shiftMix(y * k2 ^ z * k0) * k2;
}

uint64_t upTo64(const char* s, size_t n) {
  const uint64_t m = k2 + 2 * n, a = load8(s) * (n <= 32 ? k1 : k2), b = load8(s + 8), c = load8(s + n - 8) * m, d = load8(s + n - 16) * k2;
  const uint64_t y = rotate(a + b, 43) + rotate(c, 30) + d;
  const uint64_t z = a + rotate(b + k2, 18) + c;
  if (n <= 32) return mix(y, z, m);
  const uint64_t w = mix(y, z, m);
  const uint64_t e = load8(s + 16) * m, f = load8(s + 24), g = (y + load8(s + n - 32)) * m, h = (w + load8(s + n - 24)) * m;
  return mix(rotate(e + f, 43) + rotate(g, 30) + h, e + rotate(f + a, 18) + g, m);
}

uint64_t longer(const char* s, size_t n) {
  uint64_t x = 81, y = 81 * k1 + 113, z = shiftMix(y * k2 + 113) * k2;
  Pair v{0, 0}, w{0, 0};
  x = x * k2 + load8(s);
  // One step over 64 bytes; the last one uses other multipliers.
  const auto step = [&](const char* p, uint64_t m, uint64_t nine) {
    x = rotate(x + y + v.first + load8(p + 8), 37) * m;
    y = rotate(y + v.second + load8(p + 48), 42) * m;
    x ^= w.second * nine;
    y += v.first * nine + load8(p + 40);
    z = rotate(z + w.first, 33) * m;
    v = weak(p, v.second * m, x + w.first);
    w = weak(p + 32, z + w.second, y + load8(p + 16));
    std::swap(z, x);
  };
  for (const char *p = s, *end = s + (n - 1) / 64 * 64; p < end; p += 64) step(p, k1, 1);
  const uint64_t m = k1 + ((z & 0xff) << 1);
  w.first += (n - 1) & 63;
  v.first += w.first;
  w.first += v.first;
  step(s + n - 64, m, 9);  // the last 64 bytes, which may overlap those already seen
  return mix(mix(v.first, w.first, m) + shiftMix(y) * k0 + z, mix(v.second, w.second, m) + x, m);
}

}  // namespace

uint64_t fingerprint64(std::string_view bytes) {
  const size_t n = bytes.size();
  return n <= 16 ? upTo16(bytes.data(), n) : n <= 64 ? upTo64(bytes.data(), n) : longer(bytes.data(), n);
}

void hashBuckets(const Utf8Batch& strings, uint64_t buckets, int64_t* ids) {
  for (size_t i = 0; i < strings.size(); ++i) ids[i] = static_cast<int64_t>(fingerprint64(strings[i]) % buckets);
}

uint64_t fingerprintCat64(uint64_t a, uint64_t b) {
  constexpr uint64_t m = 0xc6a4a7935bd1e995u;
  const uint64_t r = (a ^ m ^ shiftMix(b * m) * m) * m;
  return shiftMix(shiftMix(r) * m);
}

}  // namespace fcol
