// CRC-32C against its definition, bit by bit, and TensorFlow's mask (spec 7.3).
#include "base/crc32c.hpp"

#include <string_view>
#include <vector>

#include "catch.hpp"

using namespace fcol;

namespace {

uint32_t bitByBit(Bytes bytes) {
  uint32_t crc = 0xffffffffu;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
  }
  return ~crc;
}

Bytes bytesOf(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

}  // namespace

TEST_CASE("CRC-32C of the vectors of RFC 3720", "[crc32c]") {
  CHECK(crc32c({}) == 0);
  CHECK(crc32c(bytesOf("123456789")) == 0xe3069283u);
  CHECK(crc32c(std::vector<uint8_t>(32, 0x00)) == 0x8a9136aau);
  CHECK(crc32c(std::vector<uint8_t>(32, 0xff)) == 0x62a8ab43u);
  std::vector<uint8_t> rising(32);
  for (size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<uint8_t>(i);
  CHECK(crc32c(rising) == 0x46dd794eu);
}

TEST_CASE("CRC-32C of every length and alignment, whole and in two parts", "[crc32c]") {
  std::vector<uint8_t> noise(80);
  uint32_t state = 1;
  for (uint8_t& byte : noise) byte = static_cast<uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
  for (size_t from = 0; from < 8; ++from)
    for (size_t length = 0; from + length <= noise.size(); ++length) {
      const std::vector<uint8_t> exact(noise.begin() + static_cast<ptrdiff_t>(from), noise.begin() + static_cast<ptrdiff_t>(from + length));
      const uint32_t expected = bitByBit(exact);
      REQUIRE(crc32c(exact) == expected);
      REQUIRE(crc32c(Bytes(noise).subspan(from, length)) == expected);
      const Bytes whole(exact);
      REQUIRE(crc32c(whole.subspan(length / 3), crc32c(whole.first(length / 3))) == expected);
    }
}

TEST_CASE("CRC-32C of long runs: lengths around those of the vectors' window and steps, from any start", "[crc32c]") {
  std::vector<uint8_t> noise(32000);
  uint32_t state = 7;
  for (uint8_t& byte : noise) byte = static_cast<uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
  constexpr size_t kWindow = 209 * 16, kStep = 512 * 16;
  for (const size_t around : {kWindow, 2 * kWindow, kWindow + kStep, 2 * kWindow + kStep, kWindow + 2 * kStep, size_t{30000}})
    for (size_t length = around - 33; length <= around + 33; length += 3)
      for (const size_t from : {0, 1, 17}) {
        const Bytes bytes = Bytes(noise).subspan(from, length);
        const uint32_t expected = bitByBit(bytes);
        REQUIRE(crc32c(bytes) == expected);
        for (const size_t cut : {size_t{5}, length / 2, length - 16}) REQUIRE(crc32c(bytes.subspan(cut), crc32c(bytes.first(cut))) == expected);
      }
  // One bit anywhere is told, and told apart from its neighbours.
  std::vector<uint8_t> zeros(2 * kWindow + kStep + 7);
  const uint32_t none = crc32c(zeros);
  CHECK(none == bitByBit(zeros));
  for (size_t bit = 0; bit < zeros.size() * 8; bit += 331) {
    zeros[bit / 8] = static_cast<uint8_t>(1 << bit % 8);
    const uint32_t one = crc32c(zeros);
    REQUIRE(one == bitByBit(zeros));
    REQUIRE(one != none);
    zeros[bit / 8] = 0;
  }
}

TEST_CASE("the mask of TFRecords and checkpoints", "[crc32c]") {
  // The record "omar" of TensorFlow's own wire_vocabulary.tfrecord.gz.
  const uint8_t length[] = {4, 0, 0, 0, 0, 0, 0, 0};
  CHECK(maskedCrc32c(length) == 0x04524542u);
  CHECK(maskedCrc32c(bytesOf("omar")) == 0x0544e67cu);
  for (const uint32_t crc : {0u, 1u, 0x12345678u, 0x80000000u, 0xffffffffu}) {
    CHECK(unmaskCrc32c(maskCrc32c(crc)) == crc);
    CHECK(maskCrc32c(crc) != crc);
  }
}
