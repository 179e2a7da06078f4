// Narrow tables: SIMD against the scalar values and against plain arithmetic, bit for bit, and lookups against the lookup of
// the widened table.
#include "embedding/table_format.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

#include "catch.hpp"
#include "embedding/embedding_lookup.hpp"

using namespace fcol;

namespace {

constexpr TableFormat kNarrow[] = {TableFormat::Float16, TableFormat::BFloat16, TableFormat::Int8, TableFormat::Int4};
constexpr size_t kLargest = 130;
constexpr float kGuard = -12345.5f;

uint32_t bitsOf(float value) { return std::bit_cast<uint32_t>(value); }

// Any bytes; of 16-bit formats finite ones, so that norms and sums are too.
void fill(TableFormat format, uint8_t* codes, size_t bytes, std::mt19937& random) {
  for (size_t i = 0; i < bytes; ++i) codes[i] = static_cast<uint8_t>(random());
  if (hasScales(format)) return;
  for (size_t i = 1; i < bytes; i += 2) codes[i] &= 0xbb;  // clears the highest bits of either exponent
}

std::shared_ptr<EmbeddingTable> randomTable(TableFormat format, uint32_t rows, uint32_t dimension) {
  std::mt19937 random(dimension);
  auto table = *EmbeddingTable::make(rows, dimension, "t", format);
  size_t before = 0;
  if (hasScales(format)) {
    std::vector<float> scales(2 * rows);
    for (float& scale : scales) scale = std::uniform_real_distribution<float>(-1, 1)(random);
    before = scales.size() * sizeof(float);
    if (rows > 0) std::memcpy(table->memory(), scales.data(), before);
  }
  fill(format, table->memory() + before, rows * table->rowBytes(), random);
  return table;
}

}  // namespace

TEST_CASE("every half is the float of the same value", "[table_format]") {
  std::vector<uint16_t> halves(65536);
  for (size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<uint16_t>(i);
  std::vector<float> simd(halves.size()), scalar(halves.size());
  const auto* codes = reinterpret_cast<const uint8_t*>(halves.data());
  widenRow(TableFormat::Float16, codes, {}, halves.size(), simd.data());
  widenRowScalar(TableFormat::Float16, codes, {}, 0, halves.size(), scalar.data());
  size_t different = 0;
  for (uint32_t bits = 0; bits < halves.size(); ++bits) {
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    uint32_t expected;
    if (exponent == 31) expected = (bits & 0x8000) << 16 | 0x7f800000u | static_cast<uint32_t>(fraction) << 13;
    else {
      const double magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      expected = bitsOf(static_cast<float>(magnitude)) | (bits & 0x8000) << 16;
    }
    different += bitsOf(simd[bits]) != expected || bitsOf(scalar[bits]) != expected;
  }
  CHECK(different == 0);
}

TEST_CASE("SIMD and scalar widen the same row to the same bits", "[table_format]") {
  for (const TableFormat format : kNarrow)
    for (size_t n = 1; n <= kLargest; ++n) {
      std::mt19937 random(static_cast<uint32_t>(n));
      // Of exactly the row's size, so that a sanitizer sees a read beyond it.
      std::vector<uint8_t> codes(rowBytesOf(format, n));
      for (uint8_t& code : codes) code = static_cast<uint8_t>(random());
      const RowScale scale{0.0123f * static_cast<float>(n), -1.7f};
      std::vector<float> simd(n + 1, kGuard), scalar(n + 1, kGuard);
      widenRow(format, codes.data(), scale, n, simd.data());
      widenRowScalar(format, codes.data(), scale, 0, n, scalar.data());
      INFO("format " << static_cast<int>(format) << ", dimension " << n);
      CHECK(std::memcmp(simd.data(), scalar.data(), simd.size() * sizeof(float)) == 0);
    }
}

TEST_CASE("int8 and int4 are q * scale + bias, rounded twice", "[table_format]") {
  const uint8_t bytes[] = {0x80, 0xff, 0x00, 0x7f};
  float out[8];
  widenRow(TableFormat::Int8, bytes, {0.1f, 0.3f}, 4, out);
  const int signed_values[] = {-128, -1, 0, 127};
  for (int i = 0; i < 4; ++i) {
    const float product = static_cast<float>(signed_values[i]) * 0.1f;
    CHECK(bitsOf(out[i]) == bitsOf(product + 0.3f));
  }
  const uint8_t nibbles[] = {0x10, 0x32, 0xfe, 0x84};
  widenRow(TableFormat::Int4, nibbles, {0.1f, 0.3f}, 8, out);
  const int halves[] = {0, 1, 2, 3, 14, 15, 4, 8};
  for (int i = 0; i < 8; ++i) {
    const float product = static_cast<float>(halves[i]) * 0.1f;
    CHECK(bitsOf(out[i]) == bitsOf(product + 0.3f));
  }
}

TEST_CASE("a lookup in a narrow table is the lookup in the widened one", "[table_format]") {
  constexpr uint32_t kRows = 20;
  for (const TableFormat format : kNarrow)
    for (uint32_t dimension = 1; dimension <= kLargest; ++dimension) {
      const auto table = randomTable(format, kRows, dimension);
      const auto wide = *table->widened();
      std::mt19937 random(dimension);
      std::vector<int64_t> ids;
      std::vector<float> weights;
      std::vector<uint32_t> splits{0};
      for (const bool missing : {false, true})  // without a missing id rows are widened as they are added, else one by one
        for (const size_t n : {0u, 1u, 2u, 8u, 9u, 17u, 40u}) {
          for (size_t k = 0; k < n; ++k) {
            ids.push_back(missing && random() % 10 == 0 ? -1 : static_cast<int64_t>(random() % kRows));
            weights.push_back(static_cast<float>(static_cast<int>(random() % 100) - 10) / 7);
          }
          splits.push_back(static_cast<uint32_t>(ids.size()));
        }
      if (dimension % 2 == 0) table->pairScales();
      const size_t bags = splits.size() - 1;
      for (const Combiner combiner : {Combiner::Mean, Combiner::Sqrtn, Combiner::Sum})
        for (const bool weighted : {false, true})
          for (const std::optional<float> max_norm : {std::optional<float>(), std::optional<float>(0.5f)}) {
            const Bags input{ids, splits, weighted ? std::span<const float>(weights) : std::span<const float>()};
            std::vector<float> narrow_out(bags * dimension, kGuard), wide_out(bags * dimension, kGuard - 1);
            REQUIRE(embeddingLookup(*table, input, {combiner, max_norm, true}, {narrow_out.data(), dimension}).ok());
            REQUIRE(embeddingLookup(*wide, input, {combiner, max_norm, true}, {wide_out.data(), dimension}).ok());
            INFO("format " << static_cast<int>(format) << ", dimension " << dimension);
            REQUIRE(std::memcmp(narrow_out.data(), wide_out.data(), narrow_out.size() * sizeof(float)) == 0);
          }
    }
}

TEST_CASE("pairing scales and biases moves no number", "[table_format]") {
  for (const TableFormat format : kNarrow)
    for (const uint32_t rows : {0u, 1u, 2u, 3u, 20u}) {
      const auto table = randomTable(format, rows, 13);
      const auto before = *table->widened();
      table->pairScales();
      table->pairScales();
      const auto after = *table->widened();
      CHECK(table->narrow().step == (hasScales(format) ? 2 : 1));
      CHECK(std::memcmp(before->data(), after->data(), rows * 13 * sizeof(float)) == 0);
    }
  const auto partial = *EmbeddingTable::makePartial(40, 20, 13, "t", TableFormat::Int8);
  partial->pairScales();  // slots are filled one by one, scales and biases apart
  CHECK(partial->narrow().step == 1);
}

TEST_CASE("a narrow table takes the memory of its codes and scales", "[table_format]") {
  CHECK((*EmbeddingTable::make(10, 64, "t", TableFormat::Float16))->bytes() == 10 * 64 * 2);
  CHECK((*EmbeddingTable::make(10, 64, "t", TableFormat::Int8))->bytes() == 10 * (64 + 8));
  CHECK((*EmbeddingTable::make(10, 63, "t", TableFormat::Int4))->bytes() == 10 * (32 + 8));
  CHECK(!EmbeddingTable::make(UINT32_MAX, UINT32_MAX, "huge", TableFormat::Int4).ok());
}
