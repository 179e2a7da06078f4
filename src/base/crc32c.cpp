#include "base/crc32c.hpp"

#include <array>
#include <cstring>

#include "base/simd.hpp"

namespace fcol {
namespace {

constexpr uint32_t kReflectedPolynomial = 0x82f63b78u;
using Table = std::array<std::array<uint32_t, 256>, 8>;

// table[k][b]: the checksum of byte b followed by k zero bytes, so that eight bytes are folded in at a time. Made at the first
// use: 8 KB that need not be downloaded, which is why the compiler must not make them either.
Table makeTable() {
  Table table;
  uint32_t bytes = 256;
  asm volatile("" : "+r"(bytes));
  for (uint32_t byte = 0; byte < bytes; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? kReflectedPolynomial : 0);
    table[0][byte] = crc;
  }
  for (size_t k = 1; k < table.size(); ++k)
    for (size_t byte = 0; byte < 256; ++byte) table[k][byte] = table[k - 1][byte] >> 8 ^ table[0][table[k - 1][byte] & 255];
  return table;
}

// The register after these bytes, eight at a time.
uint32_t foldBytes(uint32_t crc, const uint8_t* at, size_t left) {
  static const Table table = makeTable();
  for (; left >= 8; at += 8, left -= 8) {
    uint32_t low, high;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + 4, 4);
    low ^= crc;
    crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^ table[5][low >> 16 & 255] ^ table[4][low >> 24] ^ table[3][high & 255] ^
          table[2][high >> 8 & 255] ^ table[1][high >> 16 & 255] ^ table[0][high >> 24];
  }
  for (; left > 0; ++at, --left) crc = crc >> 8 ^ table[0][(crc ^ *at) & 255];
  return crc;
}

// wasm has no instruction for checksums, but exclusive-or of 16 bytes. Of such vectors v of a message, each is worth so many vectors
// later what it was worth before: as x^209 + x^144 + x^54 + x^39 + x^14 + 1 is a multiple of the checksum's polynomial P, and with it
// its 128th power, a polynomial in x^128. So a vector may be added to those at these distances behind it, and left out. The distances
// are far apart: no sum waits for the one before. They are the shortest of six terms; fewer terms need a window beyond any cache.
constexpr size_t kDistances[] = {65, 155, 170, 195, 209};
constexpr size_t kWindow = 209, kAtOnce = 1024, kUnrolled = 8, kVector = sizeof(v128_t);
constexpr size_t kWorthwhile = 2 * kWindow;  // vectors
static_assert(kDistances[4] == kWindow);

// The register after so many vectors, more than kWindow.
uint32_t foldVectors(uint32_t crc, const uint8_t* at, size_t vectors) {
  v128_t sums[kWindow + kAtOnce];  // of vectors with what was added to them: the last kWindow, and the next
  std::memset(sums, 0, kWindow * kVector);
  sums[0] = wasm_i32x4_make(static_cast<int32_t>(crc), 0, 0, 0);  // as the farthest of the first vector's, and of no other
  for (size_t left = vectors - kWindow; left > 0;) {
    const size_t count = left < kAtOnce ? left : kAtOnce;
    // At constants above one pointer, which moves: wasm's loads have such an offset in them; for each below it they would subtract.
    v128_t* from = sums;
    const auto add = [&](size_t i) {
      v128_t sum = wasm_v128_load(at + i * kVector);
      for (const size_t distance : kDistances) sum = wasm_v128_xor(sum, from[kWindow - distance + i]);
      from[kWindow + i] = sum;
    };
    for (size_t steps = count / kUnrolled; steps > 0; --steps, at += kUnrolled * kVector, from += kUnrolled)
      for (size_t i = 0; i < kUnrolled; ++i) add(i);
    for (size_t i = count % kUnrolled; i > 0; --i, at += kVector, ++from) add(0);
    std::memmove(sums, sums + count, kWindow * kVector);
    left -= count;
  }
  // What is left of the message: its last vectors, with what was added to them.
  v128_t rest[kWindow];
  for (size_t i = 0; i < kWindow; ++i, at += kVector) {
    rest[i] = wasm_v128_load(at);
    for (const size_t distance : kDistances)
      if (i < distance) rest[i] = wasm_v128_xor(rest[i], sums[kWindow + i - distance]);
  }
  return foldBytes(0, reinterpret_cast<const uint8_t*>(rest), sizeof rest);
}

}  // namespace

uint32_t crc32c(Bytes bytes, uint32_t start) {
  uint32_t crc = ~start;
  size_t done = 0;
  if (const size_t vectors = bytes.size() / kVector; vectors >= kWorthwhile) {
    crc = foldVectors(crc, bytes.data(), vectors);
    done = vectors * kVector;
  }
  return ~foldBytes(crc, bytes.data() + done, bytes.size() - done);
}

}  // namespace fcol
