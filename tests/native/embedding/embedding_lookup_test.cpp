// The kernels against the scalar reference, bit for bit, for every combiner, width, count and kind of weight.
#include "embedding/embedding_lookup.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "catch.hpp"
#include "reference/embedding_lookup.hpp"

using namespace fcol;

namespace {

constexpr uint32_t kRows = 50;
constexpr uint32_t kGuardBits = 0x7fc0beef;  // a NaN of its own around the output, which nobody may write, nor read into a sum
constexpr size_t kGuard = 8;
constexpr size_t kGap = 3;  // floats between two rows of the output, of other columns

enum class WeightKind { Absent, Positive, Mixed };  // mixed: zero, negative and NaN too

bool sameBits(float a, float b) { return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b); }
bool agree(float a, float b) { return sameBits(a, b) || (std::isnan(a) && std::isnan(b)); }

struct Fixture {
  // A narrow table: any codes, and the numbers that they stand for, one after the other.
  Fixture(TableFormat format, size_t dimension, uint32_t rows = kRows) : table(*EmbeddingTable::make(rows, dimension, "t", format)), plain(rows, std::vector<float>(dimension)) {
    std::mt19937 random(static_cast<uint32_t>(dimension));
    std::vector<float> scales(hasScales(format) ? 2 * rows : 0);
    for (uint32_t row = 0; row < rows && hasScales(format); ++row) {
      scales[row] = std::pow(10.0f, static_cast<float>(row % 5) - 4);
      scales[rows + row] = row == 9 ? -0.0f : std::normal_distribution<float>(0, 1)(random);
    }
    if (!scales.empty()) std::memcpy(table->memory(), scales.data(), scales.size() * sizeof(float));
    uint8_t* codes = table->memory() + scales.size() * sizeof(float);
    for (size_t i = 0; i < rows * table->rowBytes(); ++i) {
      codes[i] = static_cast<uint8_t>(random());
      if (!hasScales(format) && i % 2 == 1 && random() % 64 != 0) codes[i] &= 0xbb;  // few infinities and NaNs
    }
    for (uint32_t row = 0; row < rows; ++row) {
      const RowScale scale = hasScales(format) ? RowScale{scales[row], scales[rows + row]} : RowScale{};
      widenRowScalar(format, codes + row * table->rowBytes(), scale, 0, dimension, plain[row].data());
    }
  }

  explicit Fixture(size_t dimension, uint32_t rows = kRows) : table(*EmbeddingTable::make(rows, dimension, "t")), plain(rows, std::vector<float>(dimension)) {
    std::mt19937 random(static_cast<uint32_t>(dimension));
    std::normal_distribution<float> normal(0, 1);
    for (uint32_t row = 0; row < rows; ++row)
      for (size_t i = 0; i < dimension; ++i) {
        // Row 7 is zero, row 9 negative zero; the others are of several magnitudes, so that every order of additions tells.
        const float value = row == 7 ? 0.0f : row == 9 ? -0.0f : normal(random) * std::pow(10.0f, static_cast<float>(row % 5) - 2);
        plain[row][i] = table->data()[row * dimension + i] = value;
      }
  }
  std::shared_ptr<EmbeddingTable> table;
  std::vector<std::vector<float>> plain;
};

// Bags of these sizes with random ids and weights.
struct RandomBags {
  RandomBags(const std::vector<size_t>& counts, uint32_t rows, bool pruned, WeightKind kind, std::mt19937& random) : kind_(kind) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    for (const size_t n : counts) {
      for (size_t k = 0; k < n; ++k) {
        ids.push_back(pruned && random() % 10 == 0 ? -1 - static_cast<int64_t>(random() % 3) : static_cast<int64_t>(random() % rows));
        const float weight = static_cast<float>(1 + random() % 1000) / 137;
        const float odd[] = {0, -weight, kNan, 1};
        weights.push_back(kind == WeightKind::Mixed && random() % 4 == 0 ? odd[random() % 4] : weight);
      }
      splits.push_back(static_cast<uint32_t>(ids.size()));
    }
  }
  bool weighted() const { return kind_ != WeightKind::Absent; }
  Bags bags() const { return {ids, splits, weighted() ? std::span<const float>(weights) : std::span<const float>()}; }

  std::vector<int64_t> ids;
  std::vector<float> weights;
  std::vector<uint32_t> splits{0};

 private:
  WeightKind kind_;
};

void checkAgainstReference(const Fixture& fixture, const RandomBags& random_bags, const LookupOptions& options) {
  const size_t dimension = fixture.table->dimension(), stride = dimension + kGap, count = random_bags.splits.size() - 1;
  const float guard = std::bit_cast<float>(kGuardBits);
  std::vector<float> out(kGuard + count * stride + kGuard, guard);
  const auto result = embeddingLookup(*fixture.table, random_bags.bags(), options, {out.data() + kGuard, stride});
  REQUIRE(result.ok());
  size_t touched = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    const bool inside = i >= kGuard && i < kGuard + count * stride && (i - kGuard) % stride < dimension;
    touched += !inside && !sameBits(out[i], guard);
  }
  REQUIRE(touched == 0);
  for (size_t bag = 0; bag < count; ++bag) {
    const auto from = random_bags.splits[bag], to = random_bags.splits[bag + 1];
    const std::vector<int64_t> ids(random_bags.ids.begin() + from, random_bags.ids.begin() + to);
    const std::vector<float> weights(random_bags.weights.begin() + from, random_bags.weights.begin() + to);
    const auto expected = reference::lookup(fixture.plain, dimension, ids, random_bags.weighted() ? &weights : nullptr, options);
    REQUIRE(expected.has_value());
    for (size_t i = 0; i < dimension; ++i) {
      const float ours = out[kGuard + bag * stride + i];
      if (agree(ours, (*expected)[i])) continue;
      FAIL(combinerName(options.combiner) << (options.safe ? " safe" : " unsafe") << " dimension " << dimension << " n " << ids.size() << " column " << i << ": "
                                          << ours << " instead of " << (*expected)[i]);
    }
  }
}

}  // namespace

TEST_CASE("lookups equal the scalar reference in every bit", "[embedding]") {
  std::mt19937 random(7);
  std::vector<size_t> counts;
  for (size_t n = 0; n <= 40; ++n) counts.push_back(n);
  counts.insert(counts.end(), {100, 137, 256, 1});
  for (const size_t dimension : {1, 2, 3, 4, 5, 7, 8, 10, 16, 17, 19, 31, 32, 33, 48, 64, 85}) {
    const Fixture fixture(dimension);
    for (const Combiner combiner : {Combiner::Mean, Combiner::Sqrtn, Combiner::Sum})
      for (const WeightKind kind : {WeightKind::Absent, WeightKind::Positive, WeightKind::Mixed})
        for (const std::optional<float> max_norm : {std::optional<float>(), std::optional<float>(1.5f), std::optional<float>(0.0f), std::optional<float>(-2.0f)})
          for (const bool safe : {true, false})
            checkAgainstReference(fixture, RandomBags(counts, kRows, safe, kind, random), {combiner, max_norm, safe});
  }
}

TEST_CASE("lookups in narrow tables equal the scalar reference over their numbers in every bit", "[embedding]") {
  std::mt19937 random(9);
  const std::vector<size_t> counts = {0, 1, 2, 3, 7, 8, 9, 10, 15, 16, 17, 24, 25, 40, 137, 1, 0, 1};
  for (const TableFormat format : {TableFormat::Float16, TableFormat::BFloat16, TableFormat::Int8, TableFormat::Int4})
    for (size_t dimension = 1; dimension <= 130; dimension += dimension < 40 ? 1 : 9) {
      const Fixture fixture(format, dimension);
      for (const Combiner combiner : {Combiner::Mean, Combiner::Sqrtn, Combiner::Sum})
        for (const WeightKind kind : {WeightKind::Absent, WeightKind::Mixed})
          for (const std::optional<float> max_norm : {std::optional<float>(), std::optional<float>(1.5f)})
            for (const bool safe : {true, false})
              checkAgainstReference(fixture, RandomBags(counts, kRows, safe, kind, random), {combiner, max_norm, safe});
    }
}

TEST_CASE("narrow tables beyond the cache are touched within their memory", "[embedding]") {
  std::mt19937 random(10);
  for (const TableFormat format : {TableFormat::Float16, TableFormat::BFloat16, TableFormat::Int8, TableFormat::Int4}) {
    constexpr uint32_t kMany = 60000;
    const Fixture fixture(format, 70, kMany);
    REQUIRE(fixture.table->bytes() > 1 << 20);
    checkAgainstReference(fixture, RandomBags({0, 3, 200, 1, 64, 65, 1, 1, 17}, kMany, true, WeightKind::Absent, random), {Combiner::Mean, std::nullopt, true});
    const std::vector<int64_t> last = {kMany - 1, kMany - 1};
    const std::vector<uint32_t> splits = {0, 2};
    std::vector<float> out(70);
    CHECK(embeddingLookup(*fixture.table, {last, splits, {}}, {}, {out.data(), 70}).ok());
    fixture.table->pairScales();
    checkAgainstReference(fixture, RandomBags({2, 200, 64, 17}, kMany, true, WeightKind::Absent, random), {Combiner::Mean, std::nullopt, true});
    CHECK(embeddingLookup(*fixture.table, {last, splits, {}}, {}, {out.data(), 70}).ok());
  }
}

TEST_CASE("tables beyond the cache are touched ahead, and give the same bits", "[embedding]") {
  constexpr uint32_t kMany = 20000;
  const Fixture fixture(19, kMany);
  REQUIRE(fixture.table->bytes() > 1 << 20);
  std::mt19937 random(8);
  const std::vector<size_t> counts = {0, 3, 200, 1, 64, 65, 0, 63, 17, 2, 128, 9};
  for (const WeightKind kind : {WeightKind::Absent, WeightKind::Mixed})
    checkAgainstReference(fixture, RandomBags(counts, kMany, true, kind, random), {Combiner::Mean, std::nullopt, true});

  // What is ahead may be out of range: it is skipped there, and refused in its turn.
  const std::vector<int64_t> ids = {1, 2, INT64_MIN, INT64_MAX, kMany, -1};
  const std::vector<uint32_t> splits = {0, 2, 3, 4, 6};
  std::vector<float> out(4 * 19);
  const auto result = embeddingLookup(*fixture.table, {ids, splits, {}}, {}, {out.data(), 19});
  REQUIRE(!result.ok());
  CHECK(result.error().row == 2);
  CHECK(result.error().value == "9223372036854775807");
  // Two ids in the gather, a dummy for the row whose only id is pruned, then this one.
  CHECK(result.error().message.find("indices[3] = 9223372036854775807 is not in [0, 20000)") != std::string::npos);
}

TEST_CASE("an id that weighs nothing is pruned before it is looked at, unless weights are summed", "[embedding]") {
  const Fixture fixture(4);
  const std::vector<int64_t> ids = {1, 999};
  const std::vector<uint32_t> splits = {0, 2};
  const std::vector<float> weights = {2, 0};
  float out[4];
  for (const Combiner combiner : {Combiner::Mean, Combiner::Sqrtn}) CHECK(embeddingLookup(*fixture.table, {ids, splits, weights}, {combiner, std::nullopt, true}, {out, 4}).ok());
  CHECK(!embeddingLookup(*fixture.table, {ids, splits, weights}, {Combiner::Sum, std::nullopt, true}, {out, 4}).ok());
  CHECK(!embeddingLookup(*fixture.table, {ids, splits, weights}, {Combiner::Mean, std::nullopt, false}, {out, 4}).ok());
}

TEST_CASE("ids out of range are refused before they are read", "[embedding]") {
  const Fixture fixture(4);
  float out[8];
  struct Case { std::vector<int64_t> ids; std::vector<uint32_t> splits; bool safe; int64_t row; std::string_view phrase; };
  const Case cases[] = {
      {{0, 50}, {0, 1, 2}, true, 1, "indices[1] = 50 is not in [0, 50)"},
      {{0, int64_t{1} << 40}, {0, 2}, true, 0, "indices[1] = 1099511627776 is not in [0, 50)"},
      {{-1, 50}, {0, 1, 2}, true, 1, "indices[1] = 50 is not in [0, 50)"},  // the empty row has a dummy entry in TensorFlow's gather
      {{0, -1}, {0, 1, 2}, false, 1, "indices[1] = -1 is not in [0, 50)"},
  };
  for (const auto& each : cases) {
    const auto result = embeddingLookup(*fixture.table, {each.ids, each.splits, {}}, {Combiner::Mean, std::nullopt, each.safe}, {out, 4});
    REQUIRE(!result.ok());
    CHECK(result.error().code == ErrorCode::OutOfRange);
    CHECK(result.error().row == each.row);
    CHECK(result.error().message.find(each.phrase) != std::string::npos);
  }
}

TEST_CASE("a table without rows always fails, a batch without rows never", "[embedding]") {
  const auto table = *EmbeddingTable::make(0, 3, "t");
  const uint32_t one_empty_row[] = {0, 0}, no_rows[] = {0};
  float out[3];
  CHECK(!embeddingLookup(*table, {{}, one_empty_row, {}}, {}, {out, 3}).ok());
  CHECK(embeddingLookup(*table, {{}, one_empty_row, {}}, {Combiner::Mean, std::nullopt, false}, {out, 3}).ok());  // nothing is gathered
  CHECK(embeddingLookup(*table, {{}, no_rows, {}}, {}, {out, 3}).ok());
  CHECK(!EmbeddingTable::make(uint64_t{1} << 31, uint64_t{1} << 31, "huge").ok());
}
