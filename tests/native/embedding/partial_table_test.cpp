// Partial tables: what a lookup misses is told, and with these rows in their slots it is the lookup in the whole table.
#include <algorithm>
#include <cstring>
#include <random>

#include "catch.hpp"
#include "embedding/embedding_lookup.hpp"

using namespace fcol;

namespace {

constexpr TableFormat kFormats[] = {TableFormat::Float32, TableFormat::Float16, TableFormat::BFloat16, TableFormat::Int8, TableFormat::Int4};
constexpr uint32_t kRows = 40, kSlots = 9, kDimension = 11;

// Codes of moderate numbers, in any format.
std::shared_ptr<EmbeddingTable> randomTable(TableFormat format) {
  auto table = *EmbeddingTable::make(kRows, kDimension, "t", format);
  std::mt19937 random(static_cast<unsigned>(format));
  uint8_t* memory = table->memory();
  const size_t floats = format == TableFormat::Float32 ? size_t{kRows} * kDimension : hasScales(format) ? size_t{kRows} * 2 : 0;
  for (size_t i = 0; i < floats; ++i) {
    const float value = static_cast<float>(static_cast<int>(random() % 2001) - 1000) / 300;
    std::memcpy(memory + i * sizeof(float), &value, sizeof(float));
  }
  if (format != TableFormat::Float32)
    for (size_t i = floats * sizeof(float); i < floats * sizeof(float) + kRows * table->rowBytes(); ++i) memory[i] = static_cast<uint8_t>(random() % 2 ? 0x3c : random() % 0x40);
  return table;
}

void copyRow(EmbeddingTable& whole, uint32_t id, EmbeddingTable& partial, uint32_t slot) {
  const size_t bytes = whole.rowBytes();
  const bool scales = hasScales(whole.format());
  if (scales)
    for (const size_t part : {0u, 1u}) std::memcpy(partial.memory() + (part * kSlots + slot) * 4, whole.memory() + (part * kRows + id) * 4, 4);
  std::memcpy(partial.memory() + (scales ? kSlots * 8 : 0) + slot * bytes, whole.memory() + (scales ? kRows * 8 : 0) + id * bytes, bytes);
}

std::vector<uint32_t> distinct(std::span<const uint32_t> ids) {
  std::vector<uint32_t> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

}  // namespace

TEST_CASE("a partial table tells what it misses, and is then the whole table", "[partial_table]") {
  for (const TableFormat format : kFormats) {
    const auto whole = randomTable(format);
    const auto partial = *EmbeddingTable::makePartial(kRows, kSlots, kDimension, "t", format);
    CHECK(partial->rows() == kRows);
    CHECK(partial->bytes() == (kSlots * (partial->rowBytes() + (hasScales(format) ? 8 : 0)) + 3) / 4 * 4);
    std::mt19937 random(7);
    for (int round = 0; round < 20; ++round) {
      const uint32_t first = random() % (kRows - kSlots);
      std::vector<int64_t> ids;
      std::vector<float> weights;
      std::vector<uint32_t> splits{0};
      for (const size_t n : {0u, 1u, 2u, 9u, 17u}) {
        for (size_t k = 0; k < n; ++k) {
          ids.push_back(random() % 8 == 0 ? -1 : static_cast<int64_t>(first + random() % kSlots));
          weights.push_back(static_cast<float>(static_cast<int>(random() % 100) - 20) / 7);
        }
        splits.push_back(static_cast<uint32_t>(ids.size()));
      }
      const bool weighted = round % 2, clipped = round % 3 == 0;
      const Bags bags{ids, splits, weighted ? std::span<const float>(weights) : std::span<const float>()};
      const LookupOptions options{static_cast<Combiner>(round % 3), clipped ? std::optional<float>(0.5f) : std::nullopt, true};
      std::vector<float> wanted((splits.size() - 1) * kDimension), found(wanted.size());
      REQUIRE(embeddingLookup(*whole, bags, options, {wanted.data(), kDimension}).ok());

      partial->hold({}, {});
      REQUIRE(embeddingLookup(*partial, bags, options, {found.data(), kDimension}).ok());
      const auto missing = distinct(partial->missing());
      std::vector<uint32_t> expected;
      for (size_t k = 0; k < ids.size(); ++k)
        if (!isPruned(options, ids[k], weighted ? &weights[k] : nullptr)) expected.push_back(static_cast<uint32_t>(ids[k]));
      REQUIRE(missing == distinct(expected));
      REQUIRE(missing.size() <= kSlots);

      // Slots in any order; those of no row are never read.
      std::vector<uint32_t> slots(kSlots);
      for (uint32_t slot = 0; slot < kSlots; ++slot) slots[slot] = slot;
      std::shuffle(slots.begin(), slots.end(), random);
      slots.resize(missing.size());
      for (size_t k = 0; k < missing.size(); ++k) copyRow(*whole, missing[k], *partial, slots[k]);
      partial->hold(missing, slots);
      REQUIRE(embeddingLookup(*partial, bags, options, {found.data(), kDimension}).ok());
      REQUIRE(partial->missing().empty());
      REQUIRE(std::memcmp(wanted.data(), found.data(), wanted.size() * sizeof(float)) == 0);
    }
  }
}

TEST_CASE("an id beyond the real rows is the same error, whatever is held", "[partial_table]") {
  const auto whole = randomTable(TableFormat::Int8);
  const auto partial = *EmbeddingTable::makePartial(kRows, 1, kDimension, "t", TableFormat::Int8);
  const int64_t ids[] = {3, -1, kRows};
  const uint32_t splits[] = {0, 2, 3};
  std::vector<float> out(2 * kDimension);
  partial->hold({}, {});
  const auto wanted = embeddingLookup(*whole, {ids, splits, {}}, {}, {out.data(), kDimension});
  const auto found = embeddingLookup(*partial, {ids, splits, {}}, {}, {out.data(), kDimension});
  REQUIRE(!wanted.ok());
  REQUIRE(!found.ok());
  CHECK(found.error().message == wanted.error().message);
  CHECK(found.error().code == ErrorCode::OutOfRange);
  CHECK(found.error().row == wanted.error().row);
}

TEST_CASE("a partial table of many rows takes the memory of its slots", "[partial_table]") {
  const auto table = EmbeddingTable::makePartial(UINT32_MAX, 2, 1000, "huge", TableFormat::Float32);
  REQUIRE(table.ok());
  CHECK((*table)->bytes() == 8000);
  CHECK(!EmbeddingTable::makePartial(UINT32_MAX, UINT32_MAX, UINT32_MAX, "huge", TableFormat::Float32).ok());
}
