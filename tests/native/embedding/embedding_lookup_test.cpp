// The kernels against the scalar reference, bit for bit, for every combiner, width, count and kind of weight.
#include "embedding/embedding_lookup.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "catch.hpp"
#include "reference/embedding_lookup.hpp"

using namespace fcol;

namespace {

constexpr uint32_t kRows = 50;
constexpr size_t kGuard = 8;  // floats around the output that nobody may write

enum class WeightKind { Absent, Positive, Mixed };  // mixed: zero, negative and NaN too

bool sameBits(float a, float b) { return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b) || (std::isnan(a) && std::isnan(b)); }

struct Fixture {
  explicit Fixture(size_t dimension) : table(*EmbeddingTable::make(kRows, dimension, "t")), plain(kRows, std::vector<float>(dimension)) {
    std::mt19937 random(static_cast<uint32_t>(dimension));
    std::normal_distribution<float> normal(0, 1);
    for (uint32_t row = 0; row < kRows; ++row)
      for (size_t i = 0; i < dimension; ++i) plain[row][i] = table->data()[row * dimension + i] = row == 7 ? 0 : normal(random) * std::pow(10.0f, static_cast<float>(row % 5) - 2);
  }
  std::shared_ptr<EmbeddingTable> table;
  std::vector<std::vector<float>> plain;
};

}  // namespace

TEST_CASE("lookups equal the scalar reference in every bit", "[embedding]") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  std::mt19937 random(7);
  for (const size_t dimension : {1, 2, 3, 4, 5, 7, 8, 10, 16, 17, 19, 31, 32, 33, 48, 64, 85}) {
    const Fixture fixture(dimension);
    std::vector<size_t> counts;
    for (size_t n = 0; n <= 40; ++n) counts.push_back(n);
    counts.insert(counts.end(), {100, 137, 256});
    for (const Combiner combiner : {Combiner::Mean, Combiner::Sqrtn, Combiner::Sum}) {
      for (const WeightKind kind : {WeightKind::Absent, WeightKind::Positive, WeightKind::Mixed}) {
        for (const std::optional<float> max_norm : {std::optional<float>(), std::optional<float>(1.5f), std::optional<float>(0.0f)}) {
          const LookupOptions options{combiner, max_norm, true};
          std::vector<int64_t> ids;
          std::vector<float> weights;
          std::vector<uint32_t> splits{0};
          for (const size_t n : counts) {
            for (size_t k = 0; k < n; ++k) {
              ids.push_back(random() % 10 == 0 ? -1 - static_cast<int64_t>(random() % 3) : static_cast<int64_t>(random() % kRows));
              const float weight = static_cast<float>(1 + random() % 1000) / 137;
              const float odd[] = {0, -weight, kNan, 1};
              weights.push_back(kind == WeightKind::Mixed && random() % 4 == 0 ? odd[random() % 4] : weight);
            }
            splits.push_back(static_cast<uint32_t>(ids.size()));
          }
          const bool weighted = kind != WeightKind::Absent;
          const size_t stride = dimension + 3;
          std::vector<float> out(kGuard + counts.size() * stride, 12345.0f);
          const auto result = embeddingLookup(*fixture.table, {ids, splits, weighted ? std::span<const float>(weights) : std::span<const float>()}, options,
                                              {out.data() + kGuard, stride});
          REQUIRE(result.ok());
          for (size_t i = 0; i < kGuard; ++i) REQUIRE(out[i] == 12345.0f);
          for (size_t bag = 0; bag < counts.size(); ++bag) {
            const std::vector<int64_t> own(ids.begin() + splits[bag], ids.begin() + splits[bag + 1]);
            const std::vector<float> own_weights(weights.begin() + splits[bag], weights.begin() + splits[bag + 1]);
            const auto expected = reference::lookup(fixture.plain, dimension, own, weighted ? &own_weights : nullptr, options);
            REQUIRE(expected.has_value());
            for (size_t i = 0; i < stride; ++i) {
              const float ours = out[kGuard + bag * stride + i], theirs = i < dimension ? (*expected)[i] : 12345.0f;
              if (sameBits(ours, theirs)) continue;
              FAIL(combinerName(combiner) << " dimension " << dimension << " n " << counts[bag] << " column " << i << ": " << ours << " instead of " << theirs);
            }
          }
        }
      }
    }
  }
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
  CHECK(embeddingLookup(*table, {{}, no_rows, {}}, {}, {out, 3}).ok());
  CHECK(!EmbeddingTable::make(uint64_t{1} << 31, uint64_t{1} << 31, "huge").ok());
}
