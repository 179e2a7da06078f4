#include "base/crc32c.hpp"

#include <array>
#include <cstring>

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

}  // namespace

uint32_t crc32c(Bytes bytes, uint32_t start) {
  static const Table table = makeTable();
  uint32_t crc = ~start;
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    uint32_t low, high;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + 4, 4);
    low ^= crc;
    crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^ table[5][low >> 16 & 255] ^ table[4][low >> 24] ^ table[3][high & 255] ^
          table[2][high >> 8 & 255] ^ table[1][high >> 16 & 255] ^ table[0][high >> 24];
  }
  for (; left > 0; ++at, --left) crc = crc >> 8 ^ table[0][(crc ^ *at) & 255];
  return ~crc;
}

}  // namespace fcol
