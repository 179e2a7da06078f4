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

// wasm has no instruction for checksums, but 16 lookups of 4 bits at once. A block of 128 bytes is 4 planes of 32; the bytes of one
// lane, one of each plane, stand for 32 bits of the register (at this distance the 4 of them are independent; at 16 they are not).
// A step replaces a block and the one behind it by one block with the same checksum: block ^ fold(block before), where fold is the
// same linear map of 32 bits in each lane. kFold[k] is what becomes of bit k.
constexpr size_t kPlanes = 4, kVectors = 2, kVector = 16, kBlock = kPlanes * kVectors * kVector;
constexpr uint32_t kFold[32] = {
  0x108825e6, 0xb29011e0, 0x8d7754e4, 0x6dd23146, 0x44cf8d26, 0x89ad7955, 0xf7e63008, 0x0b70a2b2, 0xdba44d7b, 0x53f45854, 0x38835f02,
  0xee6d51ae, 0xabe63bd2, 0xbf9b0080, 0x97617624, 0x5515c140, 0x06c13a78, 0x92e99b5a, 0x5e3678a5, 0xb08744cc, 0x8959febc, 0xfad6e945,
  0x8e489c9b, 0xf4f42d0b, 0x46beda51, 0x8d4fd7bb, 0xf2fabb4b, 0x9e103887, 0x4b1ce980, 0x058bea35, 0x0b25b773, 0x8912e255,
};

// nibbles[h][to][n]: the byte of plane `to` that becomes of the half byte n, the h-th of the four planes' eight.
struct FoldTables {
  uint8_t nibbles[2 * kPlanes][kPlanes][kVector];
  FoldTables() {
    for (size_t h = 0; h < 2 * kPlanes; ++h)
      for (size_t n = 0; n < kVector; ++n) {
        uint32_t folded = 0;
        for (size_t bit = 0; bit < 4; ++bit) folded ^= n >> bit & 1 ? kFold[4 * h + bit] : 0;
        for (size_t to = 0; to < kPlanes; ++to) nibbles[h][to][n] = static_cast<uint8_t>(folded >> 8 * to);
      }
  }
};

// The register after whole blocks, at least two of them.
uint32_t foldBlocks(uint32_t crc, const uint8_t* at, size_t blocks) {
  static const FoldTables tables;
  v128_t state[kPlanes][kVectors];
  const v128_t low = wasm_i8x16_splat(15);
  for (size_t p = 0; p < kPlanes; ++p)
    for (size_t v = 0; v < kVectors; ++v) state[p][v] = wasm_v128_load(at + (p * kVectors + v) * kVector);
  state[0][0] = wasm_v128_xor(state[0][0], wasm_i32x4_make(static_cast<int32_t>(crc), 0, 0, 0));
  while (--blocks > 0) {
    at += kBlock;
    v128_t next[kPlanes][kVectors];
    for (size_t p = 0; p < kPlanes; ++p)
      for (size_t v = 0; v < kVectors; ++v) next[p][v] = wasm_v128_load(at + (p * kVectors + v) * kVector);
    for (size_t p = 0; p < kPlanes; ++p)
      for (size_t v = 0; v < kVectors; ++v) {
        const v128_t lows = wasm_v128_and(state[p][v], low), highs = wasm_v128_and(wasm_u16x8_shr(state[p][v], 4), low);
        for (size_t to = 0; to < kPlanes; ++to)
          next[to][v] = wasm_v128_xor(next[to][v], wasm_v128_xor(wasm_i8x16_swizzle(wasm_v128_load(tables.nibbles[2 * p][to]), lows),
                                                                 wasm_i8x16_swizzle(wasm_v128_load(tables.nibbles[2 * p + 1][to]), highs)));
      }
    std::memcpy(state, next, sizeof state);
  }
  return foldBytes(0, reinterpret_cast<const uint8_t*>(state), kBlock);
}

}  // namespace

uint32_t crc32c(Bytes bytes, uint32_t start) {
  uint32_t crc = ~start;
  size_t done = 0;
  if (const size_t blocks = bytes.size() / kBlock; blocks > 1) {
    crc = foldBlocks(crc, bytes.data(), blocks);
    done = blocks * kBlock;
  }
  return ~foldBytes(crc, bytes.data() + done, bytes.size() - done);
}

}  // namespace fcol
